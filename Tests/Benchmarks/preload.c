/* What .ci/instructions puts in front of the C library (LD_PRELOAD) of a program that valgrind runs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Valgrind 3.19 writes into the mask, which is in read-only memory in libdispatch, and crashes: so it gets a copy. */
int sigsuspend(const sigset_t *mask)
{
	sigset_t copy = *mask;
	return syscall(SYS_rt_sigsuspend, &copy, _NSIG / 8);
}

/* One processor, so that the number of threads is the same everywhere. */
long sysconf(int name)
{
	static long (*original)(int);
	if (name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF)
		return 1;
	if (!original)
		original = (long (*)(int))dlsym(RTLD_NEXT, "sysconf");
	return original(name);
}
