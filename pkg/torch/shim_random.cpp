// Random draws. Every session that is seeded has a generator of its own, so
// that what one draws never depends on another.
#include "guard.h"
#include <ATen/CPUGeneratorImpl.h>

static at::Generator shared_generator(int device) {
  return device < 0 ? at::detail::getDefaultCPUGenerator()
                    : at::globalContext().defaultGenerator(device_of(device));
}
static at::Generator of(ggen g, int device) {
  return g ? *static_cast<at::Generator *>(g) : shared_generator(device);
}
static at::Generator of(ggen g, const at::Tensor &x) { return of(g, x.device().is_cuda() ? x.device().index() : -1); }

gerr gs_generator(int device, ggen *out) {
  return guarded([&] { *out = new at::Generator(shared_generator(device).clone()); });
}
void gs_free_generator(ggen g) { delete static_cast<at::Generator *>(g); }
gerr gs_seed(ggen g, int64_t seed) {
  return guarded([&] {
    auto own = *static_cast<at::Generator *>(g);
    std::lock_guard<std::mutex> lock(own.mutex());
    own.set_current_seed(static_cast<uint64_t>(seed));
  });
}

gerr gs_rand(ggen g, const int64_t *shape, int dims, int normal, int device, gt *out) {
  return guarded([&] {
    auto o = options(static_cast<int>(at::kFloat), device);
    auto own = of(g, device);
    *out = box(normal ? at::randn(ints(shape, dims), own, o) : at::rand(ints(shape, dims), own, o));
  });
}
gerr gs_randn_like(ggen g, gt x, gt *out) {
  return guarded([&] { *out = box(at::empty_like(T(x)).normal_(0, 1, of(g, T(x)))); });
}
gerr gs_uniform(ggen g, const int64_t *shape, int dims, double low, double high, int device, gt *out) {
  return guarded([&] {
    auto o = options(static_cast<int>(at::kFloat), device);
    *out = box(at::empty(ints(shape, dims), o).uniform_(low, high, of(g, device)));
  });
}
gerr gs_randperm(ggen g, int64_t n, int device, gt *out) {
  return guarded([&] { *out = box(at::randperm(n, of(g, device), options(static_cast<int>(at::kLong), device))); });
}
