// What every C++ file of the shim begins with.
#pragma once
#include "shim.h"
#include <ATen/detail/CUDAHooksInterface.h>
#include <torch/torch.h>

#include <cstring>

inline at::Tensor &T(gt x) { return *static_cast<at::Tensor *>(x); }
inline gt box(at::Tensor t) { return new at::Tensor(std::move(t)); }
inline at::Tensor optional_tensor(gt x) { return x ? T(x) : at::Tensor(); }
inline at::IntArrayRef ints(const int64_t *p, int n) { return {p, static_cast<size_t>(n)}; }

// -1 is the CPU, n the n-th CUDA device, as in gotch.
inline at::Device device_of(int d) {
  if (d < 0)
    return at::Device(at::kCPU);
  int have = at::detail::getCUDAHooks().deviceCount();
  TORCH_CHECK(d < have, "no device cuda:", d, ": this machine has ", have, " CUDA devices");
  return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(d));
}

// libtorch ends the process where it meets a type that it does not know.
inline at::ScalarType type_of(int dtype) {
  TORCH_CHECK(dtype >= 0 && dtype < static_cast<int>(at::ScalarType::Undefined), "no type ", dtype);
  return static_cast<at::ScalarType>(dtype);
}
inline at::TensorOptions options(int dtype, int device) {
  return at::TensorOptions().dtype(type_of(dtype)).device(device_of(device));
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
