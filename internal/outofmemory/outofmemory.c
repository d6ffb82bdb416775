// What Go's runtime asks the system by, ending the process in words where the
// system gives nothing. Both are hidden: libraries keep the C library's own, and
// tell in words of theirs. What libraries of C++ throw, and nobody catches, ends so too.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define HIDDEN __attribute__((visibility("hidden")))

// end_in_words says what was wanted, and which limit of the process keeps it
// from that, where one does: raising it helps then, and nothing else may.
static _Noreturn void end_in_words(const char *wanted) {
  static const struct {
    int resource;
    const char *option;
  } limits[] = {{RLIMIT_AS, "v"}, {RLIMIT_DATA, "d"}};
  char line[400];
  int n = 0;
  for (int i = 0; i < 2 && n == 0; i++) {
    struct rlimit limit;
    if (getrlimit(limits[i].resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
      n = snprintf(line, sizeof line,
                   "toolkit: out of memory: %s, and a limit on the process gives it %.0f MiB in all (ulimit -%s): "
                   "raise that, or make the map, the batch or the model smaller\n",
                   wanted, limit.rlim_cur / 1048576.0, limits[i].option);
  }
  if (n == 0)
    n = snprintf(line, sizeof line, "toolkit: out of memory: %s, and the machine gives none: make the map, the batch or the model smaller\n", wanted);
  ssize_t written = write(STDERR_FILENO, line, n);
  (void)written;
  _exit(1);
}

HIDDEN void *mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset) {
  long got = syscall(SYS_mmap, at, bytes, protection, flags, fd, offset);
  // The runtime tries several addresses for its heap; the last it leaves to the kernel.
  int last = at == NULL || (flags & MAP_FIXED);
  if (got == -1 && errno == ENOMEM && (flags & MAP_ANONYMOUS) && last) {
    char wanted[64];
    snprintf(wanted, sizeof wanted, "%.1f MiB more wanted", bytes / 1048576.0);
    end_in_words(wanted);
  }
  return (void *)got;
}

HIDDEN int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *with) {
  static int (*make)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  if (!make)
    make = dlsym(RTLD_NEXT, "pthread_create");
  int fault = make(thread, attributes, body, with);
  // The system may be out of threads for a moment: as the runtime does, wait a
  // fifth of a second in all before that is the end.
  for (long tries = 1; (fault == EAGAIN || fault == ENOMEM) && tries <= 20; tries++) {
    struct timespec pause = {0, tries * 1000000};
    nanosleep(&pause, NULL);
    fault = make(thread, attributes, body, with);
  }
  if (fault == EAGAIN || fault == ENOMEM)
    end_in_words("one thread more wanted, with a stack of its own (ulimit -u counts threads)");
  return fault;
}

// A type_info of C++ by the ABI that all compilers here have: what its methods are, and its name.
struct type_info {
  void *methods;
  const char *name;
};

static void (*terminate_before)(void);

static void terminate(void) {
  struct type_info *(*thrown)(void) = dlsym(RTLD_DEFAULT, "__cxa_current_exception_type");
  struct type_info *type = thrown ? thrown() : NULL;
  if (type && strcmp(type->name, "St9bad_alloc") == 0)
    end_in_words("more wanted by a library");
  terminate_before();
  abort();
}

// A program without C++, as the launcher is, has no handler to set.
__attribute__((constructor)) static void set_terminate(void) {
  void *(*set)(void (*)(void)) = dlsym(RTLD_DEFAULT, "_ZSt13set_terminatePFvvE");
  if (set)
    terminate_before = (void (*)(void))set(terminate);
}
