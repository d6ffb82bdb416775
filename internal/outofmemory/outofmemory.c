// Where memory or threads run out, in words. Go's runtime ends the process with
// a stack and the status of a wrong command line where the system gives it
// neither; nothing in Go can catch that. In a program with cgo the runtime asks
// by way of the C library's mmap, as sanitizers need it, and of pthread_create:
// these are those two. They are hidden: libraries keep the C library's own, and
// tell in words of theirs.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" {

[[noreturn]] static void end_in_words(const char *line, int length) {
  if (write(STDERR_FILENO, line, length) < 0)
    _exit(1);
  _exit(1);
}

[[noreturn]] static void end_without_memory(size_t bytes) {
  char line[240];
  int n = snprintf(line, sizeof line,
                   "toolkit: out of memory: %.1f MiB more wanted, and the machine, or a limit on the process, gives none: "
                   "make the map, the batch or the model smaller\n",
                   bytes / 1048576.0);
  end_in_words(line, n);
}

__attribute__((visibility("hidden"))) void *mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset) {
  auto got = syscall(SYS_mmap, at, bytes, protection, flags, fd, offset);
  // The runtime tries several addresses for its heap; the last it leaves to the kernel.
  bool last = at == nullptr || (flags & MAP_FIXED);
  if (got == -1 && errno == ENOMEM && (flags & MAP_ANONYMOUS) && last)
    end_without_memory(bytes);
  return reinterpret_cast<void *>(got);
}

typedef int (*thread_maker)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

// The name is the assembler's: under C's own name the headers of the C++ library
// have declared it visible, and then libraries would find it too.
__attribute__((visibility("hidden"))) int create_thread(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) __asm__("pthread_create");

int create_thread(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *with) {
  static const auto make = reinterpret_cast<thread_maker>(dlsym(RTLD_NEXT, "pthread_create"));
  int fault = make(thread, attributes, body, with);
  // The system may be out of threads for a moment: as the runtime does, wait a
  // fifth of a second in all before that is the end.
  for (long tries = 1; (fault == EAGAIN || fault == ENOMEM) && tries <= 20; tries++) {
    timespec pause = {0, tries * 1000000};
    nanosleep(&pause, nullptr);
    fault = make(thread, attributes, body, with);
  }
  if (fault == EAGAIN || fault == ENOMEM) {
    static const char line[] = "toolkit: out of memory: one thread more wanted, and the machine, or a limit on the process, has no stack or no place for it: "
                               "make the map, the batch or the model smaller, or raise the limit (ulimit -u, ulimit -v)\n";
    end_in_words(line, sizeof line - 1);
  }
  return fault;
}

} // extern "C"
