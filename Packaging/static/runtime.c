/* What the static program does without. First, writers of libarchive that the program never asks for: it writes archives only in the formats that it reads. Defined here, the
   linker does not fetch them from libarchive.a, nor what they need: for xar that is libxml2, and with it 30 MB of ICU. */

#include <archive.h>
#include <stddef.h>
#include <unistd.h>

int archive_write_set_format_xar(struct archive *archive) {
    (void)archive;
    return ARCHIVE_FATAL;
}

int archive_write_set_format_iso9660(struct archive *archive) {
    (void)archive;
    return ARCHIVE_FATAL;
}

/* The Swift runtime looks for a program of its own that would describe a crash, and ends the program when it cannot even find out
   where it is itself, as in an empty root without /proc. A static program has no such companion. */

char *swift_copyAuxiliaryExecutablePath(const char *name);
const char *swift_getRootPath(void);
const char *swift_getRuntimeLibraryPath(void);

char *swift_copyAuxiliaryExecutablePath(const char *name) {
    (void)name;
    return NULL;
}

const char *swift_getRootPath(void) {
    return NULL;
}

const char *swift_getRuntimeLibraryPath(void) {
    return NULL;
}

/* The runtime reads the arguments from /proc/self/cmdline, which an empty root does not have; glibc hands them to constructors. */

void _swift_stdlib_overrideUnsafeArgvArgc(char **arguments, int count);

__attribute__((constructor)) static void take_arguments(int count, char **arguments) {
    _swift_stdlib_overrideUnsafeArgvArgc(arguments, count);
}

/* libdispatch watches in /proc how many of its threads run, so that it starts more when they wait, and traps where it cannot read
   that. Without /proc it goes without, as it does on systems that have no such thing. The linker sends its calls here (--wrap). */

struct dispatch_queue_global_s;
void __real__dispatch_workq_worker_register(struct dispatch_queue_global_s *queue);
void __real__dispatch_workq_worker_unregister(struct dispatch_queue_global_s *queue);
void __wrap__dispatch_workq_worker_register(struct dispatch_queue_global_s *queue);
void __wrap__dispatch_workq_worker_unregister(struct dispatch_queue_global_s *queue);

static int can_watch;

/* Before there are threads, so that all of them are registered or none is. */
__attribute__((constructor)) static void look_for_proc(void) {
    can_watch = access("/proc/self/stat", R_OK) == 0;
}

void __wrap__dispatch_workq_worker_register(struct dispatch_queue_global_s *queue) {
    if (can_watch) __real__dispatch_workq_worker_register(queue);
}

void __wrap__dispatch_workq_worker_unregister(struct dispatch_queue_global_s *queue) {
    if (can_watch) __real__dispatch_workq_worker_unregister(queue);
}
