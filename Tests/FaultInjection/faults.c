// Makes system calls of a program fail, or signals come, at a chosen moment. Loaded with LD_PRELOAD (Linux, glibc).
//
//   FAULT=CALL:N:ERRNO   the N-th call fails; with a + behind it, all later ones too
//   SIGNAL=CALL:N:NUMBER at the N-th call the thread that makes it gets a signal, before the call is made
//   EINTR=M              each M-th call that may wait is interrupted
//   SHORT=K              reads and writes take at most K bytes
//   COUNT=FILE           how often each call was made
//
// Calls on standard input, output and error and on /proc are left alone; so are those that Swift's own libraries make there.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum call {
    WRITE, PWRITE, READ, PREAD, OPEN, OPENAT, CLOSE, FSYNC, FTRUNCATE, RENAME, RENAMEAT, LINK, LINKAT, UNLINK, UNLINKAT,
    MKDIR, MKDIRAT, SYMLINKAT, MKNODAT, FCHMOD, FCHOWN, FUTIMENS, MMAP, CALLS
};
static const char *const names[CALLS] = {
    "write", "pwrite", "read", "pread", "open", "openat", "close", "fsync", "ftruncate", "rename", "renameat", "link",
    "linkat", "unlink", "unlinkat", "mkdir", "mkdirat", "symlinkat", "mknodat", "fchmod", "fchown", "futimens", "mmap",
};

struct moment { int call, number, value, andLater; };

static atomic_int made[CALLS], waits;
static struct moment fault = {-1}, sent = {-1};
static int interruptEach, ready;
static size_t limit;

static struct moment parse(const char *text) {
    struct moment moment = {-1};
    if (!text) return moment;
    const char *end = strchr(text, ':');
    for (int call = 0; end && call < CALLS; call++)
        if (strlen(names[call]) == (size_t)(end - text) && !strncmp(names[call], text, end - text)) moment.call = call;
    if (moment.call < 0 || sscanf(end, ":%d:%d", &moment.number, &moment.value) != 2) {
        fprintf(stderr, "faults: cannot read '%s'\n", text);
        _exit(99);
    }
    moment.andLater = strchr(text, '+') != NULL;
    return moment;
}

__attribute__((constructor)) static void begin(void) {
    fault = parse(getenv("FAULT"));
    sent = parse(getenv("SIGNAL"));
    if (getenv("EINTR")) interruptEach = atoi(getenv("EINTR"));
    if (getenv("SHORT")) limit = strtoul(getenv("SHORT"), NULL, 10);
    ready = 1;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("COUNT");
    if (!path) return;
    ready = 0;
    FILE *file = fopen(path, "w");
    for (int call = 0; file && call < CALLS; call++) fprintf(file, "%s %d\n", names[call], (int)made[call]);
    if (file) fclose(file);
}

// Whether the call is to fail; errno says how.
static int fails(enum call call) {
    if (!ready) return 0;
    int number = ++made[call];
    if (sent.call == (int)call && sent.number == number) raise(sent.value);
    if (fault.call == (int)call && (fault.number == number || (fault.andLater && number > fault.number))) {
        errno = fault.value;
        return 1;
    }
    int mayWait = call == WRITE || call == PWRITE || call == READ || call == PREAD || call == OPEN || call == OPENAT ||
                  call == FSYNC || call == FTRUNCATE;
    if (interruptEach && mayWait && ++waits % interruptEach == 0) {
        errno = EINTR;
        return 1;
    }
    return 0;
}

static int isFile(int file) {
    struct stat status;
    return file > 2 && syscall(SYS_fstat, file, &status) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

static int isProc(const char *path) { return !strncmp(path, "/proc/", 6) || !strncmp(path, "/sys/", 5); }
static size_t at_most(size_t count) { return limit && count > limit ? limit : count; }

#define REAL(result, name, ...)                                                                                       \
    static result (*real)(__VA_ARGS__);                                                                               \
    if (!real) real = dlsym(RTLD_NEXT, #name)

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(ssize_t, write, int, const void *, size_t);
    if (!isFile(file)) return real(file, bytes, count);
    return fails(WRITE) ? -1 : real(file, bytes, at_most(count));
}
ssize_t read(int file, void *bytes, size_t count) {
    REAL(ssize_t, read, int, void *, size_t);
    if (!isFile(file)) return real(file, bytes, count);
    return fails(READ) ? -1 : real(file, bytes, at_most(count));
}
#define POSITIONED(name, call, type)                                                                                  \
    ssize_t name(int file, type bytes, size_t count, off64_t offset) {                                                 \
        REAL(ssize_t, name, int, type, size_t, off64_t);                                                              \
        return fails(call) ? -1 : real(file, bytes, at_most(count), offset);                                          \
    }
POSITIONED(pwrite, PWRITE, const void *)
POSITIONED(pwrite64, PWRITE, const void *)
POSITIONED(pread, PREAD, void *)
POSITIONED(pread64, PREAD, void *)

#define OPENING(name)                                                                                                 \
    int name(const char *path, int flags, ...) {                                                                      \
        REAL(int, name, const char *, int, ...);                                                                      \
        va_list rest;                                                                                                 \
        va_start(rest, flags);                                                                                        \
        mode_t mode = va_arg(rest, mode_t);                                                                           \
        va_end(rest);                                                                                                 \
        return !isProc(path) && fails(OPEN) ? -1 : real(path, flags, mode);                                           \
    }
OPENING(open)
OPENING(open64)
#define OPENING_AT(name)                                                                                              \
    int name(int directory, const char *path, int flags, ...) {                                                       \
        REAL(int, name, int, const char *, int, ...);                                                                 \
        va_list rest;                                                                                                 \
        va_start(rest, flags);                                                                                        \
        mode_t mode = va_arg(rest, mode_t);                                                                           \
        va_end(rest);                                                                                                 \
        return !isProc(path) && fails(OPENAT) ? -1 : real(directory, path, flags, mode);                              \
    }
OPENING_AT(openat)
OPENING_AT(openat64)

int close(int file) {
    REAL(int, close, int);
    // Only files tell anything when they are closed, and they are closed all the same.
    if (isFile(file) && fails(CLOSE)) {
        int problem = errno;
        real(file);
        errno = problem;
        return -1;
    }
    return real(file);
}
int fsync(int file) {
    REAL(int, fsync, int);
    return fails(FSYNC) ? -1 : real(file);
}
#define TRUNCATING(name)                                                                                              \
    int name(int file, off64_t size) {                                                                                \
        REAL(int, name, int, off64_t);                                                                                \
        return fails(FTRUNCATE) ? -1 : real(file, size);                                                              \
    }
TRUNCATING(ftruncate)
TRUNCATING(ftruncate64)
int rename(const char *from, const char *to) {
    REAL(int, rename, const char *, const char *);
    return fails(RENAME) ? -1 : real(from, to);
}
int renameat(int one, const char *from, int other, const char *to) {
    REAL(int, renameat, int, const char *, int, const char *);
    return fails(RENAMEAT) ? -1 : real(one, from, other, to);
}
int link(const char *from, const char *to) {
    REAL(int, link, const char *, const char *);
    return fails(LINK) ? -1 : real(from, to);
}
int linkat(int one, const char *from, int other, const char *to, int flags) {
    REAL(int, linkat, int, const char *, int, const char *, int);
    return fails(LINKAT) ? -1 : real(one, from, other, to, flags);
}
int unlink(const char *path) {
    REAL(int, unlink, const char *);
    return fails(UNLINK) ? -1 : real(path);
}
int unlinkat(int directory, const char *path, int flags) {
    REAL(int, unlinkat, int, const char *, int);
    return fails(UNLINKAT) ? -1 : real(directory, path, flags);
}
int mkdir(const char *path, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    return fails(MKDIR) ? -1 : real(path, mode);
}
int mkdirat(int directory, const char *path, mode_t mode) {
    REAL(int, mkdirat, int, const char *, mode_t);
    return fails(MKDIRAT) ? -1 : real(directory, path, mode);
}
int symlinkat(const char *target, int directory, const char *path) {
    REAL(int, symlinkat, const char *, int, const char *);
    return fails(SYMLINKAT) ? -1 : real(target, directory, path);
}
int mknodat(int directory, const char *path, mode_t mode, dev_t device) {
    REAL(int, mknodat, int, const char *, mode_t, dev_t);
    return fails(MKNODAT) ? -1 : real(directory, path, mode, device);
}
int fchmod(int file, mode_t mode) {
    REAL(int, fchmod, int, mode_t);
    return fails(FCHMOD) ? -1 : real(file, mode);
}
int fchown(int file, uid_t user, gid_t group) {
    REAL(int, fchown, int, uid_t, gid_t);
    return fails(FCHOWN) ? -1 : real(file, user, group);
}
int futimens(int file, const struct timespec times[2]) {
    REAL(int, futimens, int, const struct timespec *);
    return fails(FUTIMENS) ? -1 : real(file, times);
}
#define MAPPING(name)                                                                                                 \
    void *name(void *place, size_t size, int protection, int flags, int file, off64_t offset) {                        \
        REAL(void *, name, void *, size_t, int, int, int, off64_t);                                                   \
        return file > 2 && fails(MMAP) ? MAP_FAILED : real(place, size, protection, flags, file, offset);             \
    }
MAPPING(mmap)
MAPPING(mmap64)
