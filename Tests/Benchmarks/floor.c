/* The least that packing a tree costs: every file is read, cut into pages of 4096 bytes, each page is compressed with
 * libdeflate on all cores, and the results are written in one go and synced. No nodes, no names, no check.
 *
 * floor TREE OUT LEVEL JOBS */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 64 };

struct piece {
	const char *path;
	off_t offset;
	size_t size, stored;
	unsigned char *bytes;
};

static struct piece *pieces;
static size_t count, room;
static atomic_size_t next;
static int level;

static void fail(const char *what)
{
	perror(what);
	exit(2);
}

static int visit(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)place;
	if (type != FTW_F || !S_ISREG(status->st_mode))
		return 0;
	const char *name = strdup(path);
	for (off_t at = 0; at < status->st_size; at += PAGE * PAGES) {
		if (count == room)
			pieces = realloc(pieces, (room = room ? 2 * room : 1024) * sizeof *pieces);
		off_t left = status->st_size - at;
		pieces[count++] = (struct piece){ name, at, left < PAGE * PAGES ? left : PAGE * PAGES, 0, 0 };
	}
	return 0;
}

static void *work(void *unused)
{
	struct libdeflate_compressor *deflate = libdeflate_alloc_compressor(level);
	unsigned char *data = malloc(PAGE * PAGES);
	for (size_t index; (index = atomic_fetch_add(&next, 1)) < count;) {
		struct piece *piece = &pieces[index];
		int file = open(piece->path, O_RDONLY);
		if (file < 0 || pread(file, data, piece->size, piece->offset) != (ssize_t)piece->size)
			fail(piece->path);
		close(file);
		piece->bytes = malloc(piece->size + PAGES);
		for (size_t at = 0; at < piece->size; at += PAGE) {
			size_t size = piece->size - at < PAGE ? piece->size - at : PAGE;
			size_t stored = libdeflate_zlib_compress(deflate, data + at, size, piece->bytes + piece->stored, size);
			if (!stored)
				memcpy(piece->bytes + piece->stored, data + at, stored = size);
			piece->stored += stored;
		}
	}
	libdeflate_free_compressor(deflate);
	free(data);
	return unused;
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 64;
	level = atoi(argv[3]);
	int jobs = atoi(argv[4]);
	if (nftw(argv[1], visit, 64, FTW_PHYS))
		fail(argv[1]);
	pthread_t threads[64];
	for (int i = 0; i < jobs && i < 64; i++)
		if (pthread_create(&threads[i], NULL, work, NULL))
			fail("pthread_create");
	for (int i = 0; i < jobs && i < 64; i++)
		pthread_join(threads[i], NULL);
	int out = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0666);
	size_t total = 0, at = 0;
	for (size_t i = 0; i < count; i++)
		total += pieces[i].stored;
	unsigned char *all = malloc(total ? total : 1);
	for (size_t i = 0; i < count; at += pieces[i++].stored)
		memcpy(all + at, pieces[i].bytes, pieces[i].stored);
	for (at = 0; at < total;) {
		ssize_t done = write(out, all + at, total - at);
		if (out < 0 || done <= 0)
			fail(argv[2]);
		at += done;
	}
	if (fsync(out))
		fail(argv[2]);
	return 0;
}
