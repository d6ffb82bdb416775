// What happened, counted, in a file that the system keeps however the program ends:
// PRETEND_COUNTS names a folder, and each process has a file there by its number.
// PRETEND_STOP_AT=N ends the program at its N-th wait; Go then says where that is.
// An entry is 128 bytes: a name, filled up with zeros to 120, and a number.
#include "pretend.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <sys/mman.h>
#include <unistd.h>
#include <unordered_map>

namespace pretend {
namespace {

struct Entry {
  char name[120];
  int64_t number;
};
const size_t entries = 4096;

Entry *table() {
  const char *folder = std::getenv("PRETEND_COUNTS");
  int file = -1, flags = MAP_PRIVATE | MAP_ANONYMOUS;
  if (folder) {
    auto path = std::string(folder) + "/" + std::to_string(getpid());
    file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    TORCH_CHECK(file >= 0 && ftruncate(file, entries * sizeof(Entry)) == 0, path, ": ", std::strerror(errno));
    flags = MAP_SHARED;
  }
  void *at = mmap(nullptr, entries * sizeof(Entry), PROT_READ | PROT_WRITE, flags, file, 0);
  TORCH_CHECK(at != MAP_FAILED, "counts: ", std::strerror(errno));
  if (file >= 0)
    close(file);
  return static_cast<Entry *>(at);
}

// with gives f the number of a name, under a lock.
void with(const std::string &what, const std::function<void(int64_t &)> &f) {
  static std::mutex mutex;
  static auto *all = table();
  static auto &places = *new std::unordered_map<std::string, size_t>;
  std::lock_guard<std::mutex> lock(mutex);
  auto [place, fresh] = places.try_emplace(what, places.size());
  TORCH_CHECK(place->second < entries, "more than ", entries, " things to count");
  auto &entry = all[place->second];
  if (fresh)
    std::strncpy(entry.name, what.c_str(), sizeof entry.name - 1);
  f(entry.number);
}

} // namespace

void count(const std::string &what, int64_t n) {
  with(what, [&](int64_t &number) { number += n; });
}
void level(const std::string &what, int64_t n) {
  with(what, [&](int64_t &number) { number = n; });
}

void waits(const std::string &why) {
  TORCH_CHECK(!recording(), "operation not permitted when stream is capturing: the processor waits for ", why);
  count("waits");
  count("waits for " + why);
  static const char *at = std::getenv("PRETEND_STOP_AT");
  static std::atomic<int64_t> seen{0};
  if (++seen; at && seen == std::atoll(at)) {
    std::fprintf(stderr, "pretend: wait %s, for %s\n", at, why.c_str());
    std::abort();
  }
}

} // namespace pretend
