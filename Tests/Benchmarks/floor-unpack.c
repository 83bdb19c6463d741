/* The least that unpacking costs: every node of an image without obsolete nodes is found by its magic, its page inflated with
 * libdeflate, and the files are written by several threads. No sum is checked, no owner, mode or time is set.
 *
 * floor-unpack IMAGE FOLDER JOBS */
#define _GNU_SOURCE
#include <fcntl.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct inode {
	uint32_t parent, first, mode;
	const uint8_t *name;
	uint8_t length;
};

static const uint8_t *image;
static size_t size;
static struct inode *inodes;
static uint32_t *next, *nodes, count, most;
static atomic_uint at;
static int folder;

static void fail(const char *what)
{
	perror(what);
	exit(2);
}

static uint32_t word(size_t offset)
{
	uint32_t value;
	memcpy(&value, image + offset, 4);
	return value;
}

static char *path(uint32_t number, char *end)
{
	for (*--end = 0; number > 1; number = inodes[number].parent) {
		end -= inodes[number].length;
		memcpy(end, inodes[number].name, inodes[number].length);
		if (inodes[number].parent > 1)
			*--end = '/';
	}
	return end;
}

static void *work(void *unused)
{
	struct libdeflate_decompressor *inflate = libdeflate_alloc_decompressor();
	static __thread char name[65536];
	static __thread uint8_t page[65536];
	for (uint32_t number; (number = atomic_fetch_add(&at, 1)) <= most;) {
		struct inode *inode = &inodes[number];
		if (!inode->name || (inode->mode & S_IFMT) == S_IFDIR)
			continue;
		char *where = path(number, name + sizeof name);
		if ((inode->mode & S_IFMT) == S_IFLNK) {
			size_t node = nodes[inode->first];
			char target[4096] = { 0 };
			memcpy(target, image + node + 68, word(node + 48) < 4095 ? word(node + 48) : 4095);
			if (symlinkat(target, folder, where))
				fail(where);
			continue;
		}
		int file = openat(folder, where, O_WRONLY | O_CREAT | O_EXCL, 0644);
		if (file < 0)
			fail(where);
		for (uint32_t index = inode->first; index; index = next[index]) {
			size_t node = nodes[index], made = word(node + 52);
			const uint8_t *data = image + node + 68;
			if (image[node + 56] == 6) {
				if (libdeflate_deflate_decompress(inflate, data + 2, word(node + 48), page, sizeof page, &made))
					fail("inflate");
				data = page;
			}
			if (made && pwrite(file, data, made, word(node + 44)) != (ssize_t)made)
				fail(where);
		}
		close(file);
	}
	libdeflate_free_decompressor(inflate);
	return unused;
}

int main(int argc, char **argv)
{
	struct stat status;
	int file = argc == 4 ? open(argv[1], O_RDONLY) : -1;
	if (file < 0 || fstat(file, &status))
		fail("open");
	size = status.st_size;
	image = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
	inodes = calloc(size / 68 + 2, sizeof *inodes);
	next = calloc(size / 68 + 2, sizeof *next);
	nodes = calloc(size / 68 + 2, sizeof *nodes);
	for (size_t offset = 0; offset + 12 <= size;) {
		uint32_t head = word(offset), number;
		if ((head & 0xffff) != 0x1985) {
			offset += 4;
			continue;
		}
		if (head >> 16 == 0xe001) {
			number = word(offset + 20);
			inodes[number].parent = word(offset + 12);
			inodes[number].name = image + offset + 40;
			inodes[number].length = image[offset + 28];
			most = number > most ? number : most;
		} else if (head >> 16 == 0xe002) {
			number = word(offset + 12);
			nodes[++count] = offset;
			next[count] = inodes[number].first;
			inodes[number].first = count;
			inodes[number].mode = word(offset + 20);
		}
		offset += (word(offset + 4) + 3) & ~3u;
	}
	static char name[65536];
	if (mkdir(argv[2], 0755) || (folder = open(argv[2], O_RDONLY | O_DIRECTORY)) < 0)
		fail(argv[2]);
	/* mkfs.jffs2 numbers a folder before what is in it. */
	for (uint32_t number = 2; number <= most; number++)
		if (inodes[number].name && (inodes[number].mode & S_IFMT) == S_IFDIR &&
		    mkdirat(folder, path(number, name + sizeof name), 0755))
			fail("mkdir");
	pthread_t threads[64];
	int jobs = atoi(argv[3]) < 64 ? atoi(argv[3]) : 64;
	for (int i = 0; i < jobs; i++)
		if (pthread_create(&threads[i], NULL, work, NULL))
			fail("pthread_create");
	for (int i = 0; i < jobs; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
