// What every C++ file of the shim begins with.
#pragma once
#include "shim.h"

#include <ATen/ATen.h>
#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include <cstring>

using StorePtr = c10::intrusive_ptr<c10d::Store>;
using BackendPtr = c10::intrusive_ptr<c10d::Backend>;

inline at::Tensor &tensor(ct x) { return *static_cast<at::Tensor *>(x); }
inline StorePtr &store(cstore s) { return *static_cast<StorePtr *>(s); }
inline BackendPtr &backend(cbackend b) { return *static_cast<BackendPtr *>(b); }

// guarded runs f and turns whatever it throws into a message.
template <class F> cerror guarded(F &&f) noexcept {
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
