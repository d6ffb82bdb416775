// What every C++ file of the shim begins with.
#pragma once
#include "shim.h"
#include <torch/torch.h>

#include <cstring>

inline at::Tensor &T(gt x) { return *static_cast<at::Tensor *>(x); }
inline gt box(at::Tensor t) { return new at::Tensor(std::move(t)); }
inline at::Tensor optional_tensor(gt x) { return x ? T(x) : at::Tensor(); }
inline at::IntArrayRef ints(const int64_t *p, int n) { return {p, static_cast<size_t>(n)}; }

// -1 is the CPU, n the n-th CUDA device, as in gotch.
inline at::Device device_of(int d) {
  return d < 0 ? at::Device(at::kCPU) : at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(d));
}
inline at::TensorOptions options(int dtype, int device) {
  return at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)).device(device_of(device));
}

// guarded runs f and turns whatever it throws into a message.
template <class F> gerr guarded(F &&f) noexcept {
  try {
    f();
    return nullptr;
  } catch (const c10::Error &e) {
    return strdup(e.what_without_backtrace());
  } catch (const std::exception &e) {
    return strdup(e.what());
  } catch (...) {
    return strdup("unknown C++ exception");
  }
}
