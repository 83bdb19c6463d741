/* Guest-side helper (static): what busybox lacks.
 *   guest walk DIR            manifest of DIR, one JSON object a line; byte strings as hex; ends at 64 levels of folders
 *   guest setfattr PATH NAME HEX | guest rmfattr PATH NAME
 *   guest mksock PATH
 *   guest utime PATH SECONDS  sets atime and mtime of PATH itself (also a symlink)
 *   guest erase /dev/mtdN
 *   guest oob /dev/mtdN       all pages, each with its spare area behind it, on stdout
 *   guest putoob /dev/mtdN    writes such pages from stdin, as nandwrite -o does; those that are erased are left alone
 *   guest rnd SEED BYTES      the same incompressible bytes for the same seed, on stdout
 *   guest txt SEED BYTES      the same log-like (compressible) text for the same seed
 *   guest play FILE           many operations, one a line (see play()); says at the end what failed, and never fails itself
 *   guest tear OLD NEW PART   NEW gets back what OLD had in the last of the changed bytes: all but PART of a thousand
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mtd/mtd-user.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>

/* ---- SHA-256 (FIPS 180-4) ---- */
typedef struct { uint32_t h[8]; uint64_t len; unsigned char b[64]; } sha;

static uint32_t K[64];

static uint32_t ror(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void sha_block(sha *s, const unsigned char *p)
{
	uint32_t w[64], v[8];
	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 | p[4 * i + 3];
	for (int i = 16; i < 64; i++)
		w[i] = w[i - 16] + (ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3)
		     + w[i - 7] + (ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10);
	memcpy(v, s->h, 32);
	for (int i = 0; i < 64; i++) {
		uint32_t a = v[0], e = v[4];
		uint32_t t1 = v[7] + (ror(e, 6) ^ ror(e, 11) ^ ror(e, 25)) + ((e & v[5]) ^ (~e & v[6])) + K[i] + w[i];
		uint32_t t2 = (ror(a, 2) ^ ror(a, 13) ^ ror(a, 22)) + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
		memmove(v + 1, v, 28);
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		s->h[i] += v[i];
}

/* The constants are the first 32 bits of the fractional parts of cube (square) roots of primes. */
static uint32_t frac_root(int prime, int k)
{
	unsigned __int128 lo = 0, hi = (unsigned __int128)20 << 32, n = (unsigned __int128)prime << (k == 3 ? 96 : 64);
	while (hi - lo > 1) {
		unsigned __int128 m = (lo + hi) / 2;
		if ((k == 3 ? m * m * m : m * m) <= n) lo = m; else hi = m;
	}
	return (uint32_t)lo;
}

static uint32_t H0[8];

static void sha_setup(void)
{
	for (int n = 0, p = 2; n < 64; p++) {
		int d = 2;
		while (d * d <= p && p % d) d++;
		if (d * d <= p) continue;
		K[n] = frac_root(p, 3);
		if (n < 8) H0[n] = frac_root(p, 2);
		n++;
	}
}

static void sha_init(sha *s) { memcpy(s->h, H0, 32); s->len = 0; }

static void sha_add(sha *s, const void *data, size_t n)
{
	const unsigned char *p = data;
	while (n--) {
		s->b[s->len++ % 64] = *p++;
		if (s->len % 64 == 0) sha_block(s, s->b);
	}
}

static void sha_hex(sha *s, char *out)
{
	uint64_t bits = s->len * 8;
	sha_add(s, "\x80", 1);
	while (s->len % 64 != 56) sha_add(s, "", 1);
	for (int i = 56; i >= 0; i -= 8) {
		unsigned char c = bits >> i;
		sha_add(s, &c, 1);
	}
	for (int i = 0; i < 8; i++) sprintf(out + 8 * i, "%08x", s->h[i]);
}

/* ---- the manifest ---- */
static void hex(const char *key, const void *data, size_t n)
{
	printf(",\"%s\":\"", key);
	for (size_t i = 0; i < n; i++) printf("%02x", ((const unsigned char *)data)[i]);
	printf("\"");
}

static void content(const char *path)
{
	static char buf[1 << 16];
	char out[65];
	sha s;
	ssize_t n;
	int fd = open(path, O_RDONLY);
	if (fd < 0) { printf(",\"read_error\":%d", errno); return; }
	sha_init(&s);
	while ((n = read(fd, buf, sizeof buf)) > 0) sha_add(&s, buf, n);
	if (n < 0) printf(",\"read_error\":%d", errno);
	else { sha_hex(&s, out); printf(",\"sha256\":\"%s\"", out); }
	close(fd);
}

static void xattrs(const char *path)
{
	static char names[1 << 16], val[1 << 16];
	ssize_t n = llistxattr(path, names, sizeof names);
	if (n < 0 && errno != EOPNOTSUPP) printf(",\"xattr_error\":%d", errno);
	if (n <= 0) return;
	printf(",\"xattrs\":[");
	for (char *p = names; p < names + n; p += strlen(p) + 1) {
		ssize_t m = lgetxattr(path, p, val, sizeof val);
		printf("%s{\"_\":0", p == names ? "" : ",");
		hex("name", p, strlen(p));
		if (m < 0) printf(",\"error\":%d", errno); else hex("value", val, m);
		printf("}");
	}
	printf("]");
}

static void walk(const char *path, const char *rel, int depth)
{
	struct stat st;
	printf("{\"_\":0");
	hex("path", rel, strlen(rel));
	if (lstat(path, &st) < 0) { printf(",\"stat_error\":%d}\n", errno); return; }
	printf(",\"ino\":%llu,\"mode\":%u,\"uid\":%u,\"gid\":%u,\"nlink\":%lu,\"size\":%lld,\"mtime\":%lld,\"ctime\":%lld",
	       (unsigned long long)st.st_ino, st.st_mode, st.st_uid, st.st_gid, (unsigned long)st.st_nlink,
	       (long long)st.st_size, (long long)st.st_mtime, (long long)st.st_ctime);
	if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
		printf(",\"rdev\":[%u,%u]", major(st.st_rdev), minor(st.st_rdev));
	if (S_ISLNK(st.st_mode)) {
		static char t[1 << 16];
		ssize_t n = readlink(path, t, sizeof t);
		if (n < 0) printf(",\"read_error\":%d", errno); else hex("target", t, n);
	}
	if (S_ISREG(st.st_mode)) content(path);
	xattrs(path);
	if (!S_ISDIR(st.st_mode)) { printf("}\n"); return; }

	/* A hostile image may nest folders without end. */
	struct dirent **list;
	int n = depth < 64 ? scandir(path, &list, NULL, NULL) : (errno = ELOOP, -1);
	if (n < 0) printf(",\"read_error\":%d", errno);
	printf("}\n");
	for (int i = 0; i < n; i++) {
		char *name = list[i]->d_name, *p, *r;
		if (strcmp(name, ".") && strcmp(name, "..")) {
			if (asprintf(&p, "%s/%s", path, name) < 0 || asprintf(&r, "%s%s%s", rel, *rel ? "/" : "", name) < 0) exit(2);
			walk(p, r, depth + 1);
			free(p);
			free(r);
		}
		free(list[i]);
	}
	if (n >= 0) free(list);
}

/* ---- reproducible content ---- */
static void make(FILE *out, uint64_t x, long n, int text)
{
	static const char *word[] = {"eth0", "link", "up", "down", "dhcp", "lease", "kernel", "flash", "retry", "error",
		"192.168.1.1", "timeout", "config", "saved", "admin", "login"};
	x = x * 0x9e3779b97f4a7c15ull + 1;
	for (long at = 0, line = 0; at < n; ) {
		char b[64];
		x ^= x << 13; x ^= x >> 7; x ^= x << 17;
		int k = text ? sprintf(b, "%06ld %s %s %u\n", line++, word[x >> 60], word[x >> 56 & 15], (unsigned)(x >> 20 & 255)) : 8;
		if (!text) memcpy(b, &x, 8);
		if (k > n - at) k = n - at;
		fwrite(b, 1, k, out);
		at += k;
	}
}

static int with_spare(const char *path)
{
	static unsigned char page[1 << 16], spare[1 << 12];
	struct mtd_info_user mtd;
	int fd = open(path, O_RDWR);
	if (fd < 0 || ioctl(fd, MEMGETINFO, &mtd)) return -1;
	if (mtd.writesize > sizeof page || mtd.oobsize > sizeof spare) { errno = ERANGE; return -1; }
	for (uint32_t at = 0; at < mtd.size; at += mtd.writesize) {
		struct mtd_oob_buf oob = {at, mtd.oobsize, spare};
		if (pread(fd, page, mtd.writesize, at) != (ssize_t)mtd.writesize || ioctl(fd, MEMREADOOB, &oob)) return -1;
		if (fwrite(page, mtd.writesize, 1, stdout) != 1 || fwrite(spare, mtd.oobsize, 1, stdout) != 1) return -1;
	}
	return fflush(stdout);
}

static int put_with_spare(const char *path)
{
	static unsigned char both[(1 << 16) + (1 << 12)];
	struct mtd_info_user mtd;
	int fd = open(path, O_RDWR);
	if (fd < 0 || ioctl(fd, MEMGETINFO, &mtd)) return -1;
	size_t size = mtd.writesize + mtd.oobsize;
	if (size > sizeof both) { errno = ERANGE; return -1; }
	for (uint32_t at = 0; at < mtd.size && fread(both, size, 1, stdin) == 1; at += mtd.writesize) {
		size_t used = 0;
		while (used < size && both[used] == 0xff) used++;
		if (used == size) continue;
		struct mtd_write_req request = {
			.start = at, .len = mtd.writesize, .ooblen = mtd.oobsize, .usr_data = (uintptr_t)both,
			.usr_oob = (uintptr_t)(both + mtd.writesize), .mode = MTD_OPS_PLACE_OOB};
		if (ioctl(fd, MEMWRITE, &request)) return -1;
	}
	return 0;
}

/* ---- many operations in one process ---- */
static int from_hex(const char *hex, unsigned char *out, size_t room)
{
	size_t n = strlen(hex) / 2;
	if (n > room) n = room;
	for (size_t i = 0; i < n; i++) sscanf(hex + 2 * i, "%2hhx", out + i);
	return n;
}

/* %XX stands for a byte, so that a word can be any name. */
static char *word(char *w)
{
	char *to = w;
	for (char *p = w; *p; to++)
		if (*p == '%' && sscanf(p + 1, "%2hhx", (unsigned char *)to) == 1) p += 3; else *to = *p++;
	*to = 0;
	return w;
}

/* One write of made content; at -1: at the end. */
static int put(int fd, long at, long n, uint64_t seed, char kind)
{
	char *data;
	size_t size;
	FILE *f = open_memstream(&data, &size);
	if (!f) return -1;
	if (kind == 'z') for (long i = 0; i < n; i++) fputc(0, f);
	else make(f, seed, n, kind == 't');
	fclose(f);
	if (at < 0) at = lseek(fd, 0, SEEK_END);
	ssize_t done = pwrite(fd, data, size, at);
	free(data);
	return done < 0 ? -1 : 0;
}

static int remove_all(const char *path)
{
	struct stat st;
	if (lstat(path, &st)) return -1;
	if (!S_ISDIR(st.st_mode)) return unlink(path);
	struct dirent **list;
	int n = scandir(path, &list, NULL, NULL), bad = 0;
	for (int i = 0; i < n; i++) {
		char *p;
		if (strcmp(list[i]->d_name, ".") && strcmp(list[i]->d_name, "..")) {
			if (asprintf(&p, "%s/%s", path, list[i]->d_name) < 0) exit(2);
			bad |= remove_all(p);
			free(p);
		}
		free(list[i]);
	}
	if (n >= 0) free(list);
	return bad ? bad : !strcmp(path, ".") ? 0 : rmdir(path);
}

/* The flash as it is now: a snapshot, or before and after for what crash() of the scripts mounts. */
static int copy_flash(const char *name)
{
	static char part[1 << 16], path[256];
	const char *job = getenv("JOB");
	int n, from = open("/dev/mtd0", O_RDONLY);
	if (strcmp(name, "before") && strcmp(name, "after")) snprintf(path, sizeof path, "%s/snap-%s.img", job ? job : "", name);
	else snprintf(path, sizeof path, "/tmp/%s", name);
	int to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (from < 0 || to < 0) return -1;
	while ((n = read(from, part, sizeof part)) > 0) if (write(to, part, n) != n) return -1;
	return close(from) | close(to);
}

static int operation(char **w)
{
	static int slot[16];
	static unsigned char value[1 << 16];
	int fd, bad;
#define N(i) strtol(w[i], NULL, 0)
	switch (w[0][0]) {
	/* w PATH AT BYTES SEED KIND: write into the file; c PATH BYTES SEED KIND: make it anew; KIND r(andom) t(ext) z(eros) */
	case 'w': case 'c':
		if ((fd = open(w[1], O_RDWR | O_CREAT | (w[0][0] == 'c' ? O_TRUNC : 0), 0644)) < 0) return -1;
		bad = w[0][0] == 'w' ? put(fd, N(2), N(3), N(4), *w[5]) : put(fd, 0, N(2), N(3), *w[4]);
		return close(fd) | bad;
	case 'f': /* fsync */
		if ((fd = open(w[1], O_RDWR)) < 0) return -1;
		bad = fsync(fd);
		return close(fd) | bad;
	case 'S': sync(); return 0;
	/* O SLOT PATH, W SLOT AT BYTES SEED KIND, F SLOT, C SLOT: a file that stays open */
	case 'O': return (slot[N(1)] = open(w[2], O_RDWR | O_CREAT, 0600)) < 0 ? -1 : 0;
	case 'W': return put(slot[N(1)], N(2), N(3), N(4), *w[5]);
	case 'F': return fsync(slot[N(1)]);
	case 'C': fd = slot[N(1)]; slot[N(1)] = -1; return close(fd);
	case 't': return truncate(w[1], N(2));
	case 'm': return rename(w[1], w[2]);
	case 'l': return link(w[1], w[2]);
	case 'y': return symlink(w[2], w[1]);
	case 'u': return unlink(w[1]);
	case 'd': return mkdir(w[1], 0755);
	case 'D': return rmdir(w[1]);
	case 'R': return remove_all(w[1]);
	case 'k': return mknod(w[1], strtol(w[2], NULL, 8), makedev(N(3), N(4)));
	case 'h': return chmod(w[1], strtol(w[2], NULL, 8));
	case 'o': return lchown(w[1], N(2), N(3));
	case 'i': { /* PATH SECONDS */
		struct timespec t[2] = {{atoll(w[2]), 0}, {atoll(w[2]), 0}};
		return utimensat(AT_FDCWD, w[1], t, AT_SYMLINK_NOFOLLOW);
	}
	case 'x': return lsetxattr(w[1], w[2], value, w[3] ? from_hex(w[3], value, sizeof value) : 0, 0);
	case 'X': return lremovexattr(w[1], w[2]);
	case 'L': { /* SECONDS later */
		struct timeval now;
		gettimeofday(&now, NULL);
		now.tv_sec += N(1);
		return settimeofday(&now, NULL);
	}
	case 'p': usleep(N(1)); return 0;
	case 'P': return copy_flash(w[1]);
	}
	errno = EINVAL;
	return -1;
#undef N
}

static int play(const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	int failed[256] = {0}, done = 0;
	if (!f) return -1;
	while (getline(&line, &room, f) > 0) {
		char *w[8] = {0}, *rest = line, *next;
		int n = 0;
		while (n < 7 && (next = strsep(&rest, " \n"))) if (*next) w[n++] = word(next);
		if (!n) continue;
		done++;
		if (operation(w)) failed[errno & 255]++;
	}
	printf("%d operations", done);
	for (int i = 0; i < 256; i++) if (failed[i]) printf(", %d times %s", failed[i], strerror(i));
	printf("\n");
	return 0;
}

static unsigned char *whole(int fd, size_t *size)
{
	struct stat st;
	if (fd < 0 || fstat(fd, &st)) return NULL;
	unsigned char *bytes = malloc(*size = st.st_size);
	return bytes && pread(fd, bytes, *size, 0) == (ssize_t)*size ? bytes : NULL;
}

static int tear(const char *old, const char *new, long part)
{
	size_t sizes[2];
	int fd = open(new, O_RDWR);
	unsigned char *a = whole(open(old, O_RDONLY), sizes), *b = whole(fd, sizes + 1);
	long changed = 0, seen = 0;
	if (!a || !b || sizes[0] != sizes[1]) return -1;
	for (size_t i = 0; i < sizes[0]; i++) changed += a[i] != b[i];
	for (size_t i = 0; i < sizes[0]; i++)
		if (a[i] != b[i] && seen++ >= changed * part / 1000) b[i] = a[i];
	return pwrite(fd, b, sizes[1], 0) == (ssize_t)sizes[1] ? 0 : -1;
}

static int fail(const char *what) { perror(what); return 1; }

int main(int argc, char **argv)
{
	const char *cmd = argc > 2 ? argv[1] : "";
	if (!strcmp(cmd, "walk")) { sha_setup(); walk(argv[2], "", 0); return 0; }
	if (!strcmp(cmd, "mksock")) return mknod(argv[2], S_IFSOCK | 0666, 0) ? fail(argv[2]) : 0;
	if (!strcmp(cmd, "utime") && argc == 4) {
		struct timespec t[2] = {{atoll(argv[3]), 0}, {atoll(argv[3]), 0}};
		return utimensat(AT_FDCWD, argv[2], t, AT_SYMLINK_NOFOLLOW) ? fail(argv[2]) : 0;
	}
	if (!strcmp(cmd, "erase")) {
		struct mtd_info_user mtd;
		int fd = open(argv[2], O_RDWR);
		if (fd < 0 || ioctl(fd, MEMGETINFO, &mtd)) return fail(argv[2]);
		struct erase_info_user all = {0, mtd.size};
		return ioctl(fd, MEMERASE, &all) ? fail(argv[2]) : 0;
	}
	if (!strcmp(cmd, "play")) return play(argv[2]) ? fail(argv[2]) : 0;
	if (!strcmp(cmd, "tear") && argc == 5) return tear(argv[2], argv[3], atol(argv[4])) ? fail(argv[3]) : 0;
	if (!strcmp(cmd, "oob")) return with_spare(argv[2]) ? fail(argv[2]) : 0;
	if (!strcmp(cmd, "putoob")) return put_with_spare(argv[2]) ? fail(argv[2]) : 0;
	if (argc == 4 && (!strcmp(cmd, "rnd") || !strcmp(cmd, "txt"))) {
		make(stdout, strtoull(argv[2], NULL, 0), atol(argv[3]), cmd[0] == 't');
		return 0;
	}
	if (!strcmp(cmd, "rmfattr") && argc == 4) return lremovexattr(argv[2], argv[3]) ? fail(argv[2]) : 0;
	if (!strcmp(cmd, "setfattr") && argc == 5) {
		static unsigned char v[1 << 16];
		size_t n = from_hex(argv[4], v, sizeof v);
		return lsetxattr(argv[2], argv[3], v, n, 0) ? fail(argv[2]) : 0;
	}
	fprintf(stderr, "usage: guest walk DIR | setfattr PATH NAME HEX | rmfattr PATH NAME | mksock PATH | utime PATH SECONDS | erase MTD | oob MTD | putoob MTD | rnd|txt SEED BYTES | play FILE | tear OLD NEW PART\n");
	return 2;
}
