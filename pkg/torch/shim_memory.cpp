// Where memory runs out, in words. Go's runtime ends the process with a stack
// and the status of a wrong command line where the kernel gives it no memory;
// nothing in Go can catch that. In a program with cgo the runtime asks by way of
// the C library's mmap, as sanitizers need it, and this is that mmap. It is
// hidden: libraries keep the C library's own, and tell in words of theirs.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" {

[[noreturn]] static void end_without_memory(size_t bytes) {
  char line[240];
  int n = snprintf(line, sizeof line,
                   "toolkit: out of memory: %.1f MiB more wanted, and the machine, or a limit on the process, gives none: "
                   "make the map, the batch or the model smaller\n",
                   bytes / 1048576.0);
  if (write(STDERR_FILENO, line, n) < 0)
    _exit(1);
  _exit(1);
}

__attribute__((visibility("hidden"))) void *mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset) {
  auto got = syscall(SYS_mmap, at, bytes, protection, flags, fd, offset);
  // The runtime tries several addresses for its heap; the last it leaves to the kernel.
  bool last = at == nullptr || (flags & MAP_FIXED);
  if (got == -1 && errno == ENOMEM && (flags & MAP_ANONYMOUS) && last)
    end_without_memory(bytes);
  return reinterpret_cast<void *>(got);
}

} // extern "C"
