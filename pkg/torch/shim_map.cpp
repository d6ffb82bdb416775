// Tensors that lie in a file's pages.
#include "guard.h"
#include <sys/mman.h>

#include <cerrno>
#include <memory>

namespace {

// The pages are private: a write to a tensor copies the page, not the file.
struct Pages {
  char *data;
  size_t size;
  Pages(int fd, size_t n) : size(n) {
    void *p = mmap(nullptr, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
    TORCH_CHECK(p != MAP_FAILED, "mmap of ", n, " bytes: ", std::strerror(errno));
    data = static_cast<char *>(p);
  }
  ~Pages() { munmap(data, size); }
  Pages(const Pages &) = delete;
  Pages &operator=(const Pages &) = delete;
};

using Shared = std::shared_ptr<Pages>;

size_t bytes_of(at::IntArrayRef shape, size_t element) {
  size_t n = element;
  for (auto d : shape)
    TORCH_CHECK(d >= 0 && !__builtin_mul_overflow(n, static_cast<size_t>(d), &n), "shape ", shape, " is too large");
  return n;
}

} // namespace

extern "C" {

gerr gs_map(int fd, size_t size, gmap *out) {
  return guarded([&] { *out = new Shared(std::make_shared<Pages>(fd, size)); });
}

void gs_unmap(gmap m) { delete static_cast<Shared *>(m); }

gerr gs_map_view(gmap m, size_t offset, const int64_t *shape, int dims, int dtype, int device, gt *out) {
  return guarded([&] {
    Shared pages = *static_cast<Shared *>(m);
    auto sizes = ints(shape, dims);
    auto o = options(dtype, -1);
    auto element = o.dtype().itemsize();
    auto bytes = bytes_of(sizes, element);
    TORCH_CHECK(offset <= pages->size && bytes <= pages->size - offset, bytes, " bytes at ", offset, " pass the end, ", pages->size);
    char *data = pages->data + offset;
    auto view = at::from_blob(data, sizes, [pages](void *) {}, o);
    if (device >= 0)
      *out = box(view.to(device_of(device)));
    else if (reinterpret_cast<uintptr_t>(data) % element != 0) { // no load of an element may straddle
      auto copy = at::empty(sizes, o);
      std::memcpy(copy.data_ptr(), data, bytes);
      *out = box(copy);
    } else
      *out = box(view);
  });
}

} // extern "C"
