// The thread's and the process's state: autocast, random numbers, threads,
// memory, and CUDA, which is opened at run time where it exists.
#include "guard.h"
#include <ATen/DeviceAccelerator.h>
#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <dlfcn.h>
#include <malloc.h>

extern "C" {

gerr gs_autocast(int device, int on, int dtype, int *was_on, int *was_dtype) {
  return guarded([&] {
    auto type = device_of(device).type();
    *was_on = at::autocast::is_autocast_enabled(type);
    *was_dtype = static_cast<int>(at::autocast::get_autocast_dtype(type));
    at::autocast::set_autocast_dtype(type, type_of(dtype));
    at::autocast::set_autocast_enabled(type, on);
    at::autocast::clear_cache(); // a cast made under other settings must not be found
  });
}

// The device of a thread is where libtorch looks for what is not asked of a device by
// its number: a recording's stream, the context for page-locked memory, a generator's
// own numbers.
int gs_use_device(int device) {
  if (device < 0)
    return device;
  try {
    return c10::impl::VirtualGuardImpl(at::kCUDA).exchangeDevice(device_of(device)).index();
  } catch (...) {
    return -1; // no such device, as each op there says
  }
}

// glibc hands blocks above 32 MB back to the kernel each step, and has them
// anew page by page: a step on tensors of 64 MB takes twice as long, on larger
// ones four times. Keeping them costs up to two thirds more memory there, and
// nothing where tensors are smaller. Other threads than the main one have heaps
// of 64 MB at most, and what is larger stays outside of them.
void gs_tune_allocator(void) {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 0x7fffffff);
}

// NNPACK says at each convolution that it can do nothing without AVX2, and oneDNN
// has no convolution without SSE 4.1, which some virtual machines do not show.
void gs_suit_processor(void) {
  if (!__builtin_cpu_supports("avx2"))
    at::globalContext().setUserEnabledNNPACK(false);
  if (!__builtin_cpu_supports("sse4.1"))
    at::globalContext().setUserEnabledMkldnn(false);
}

const char *gs_library_path(void) {
  Dl_info info;
  return dladdr(reinterpret_cast<void *>(&at::get_num_threads), &info) ? info.dli_fname : "";
}
gerr gs_open_cuda(const char *path) {
  return dlopen(path, RTLD_NOW | RTLD_GLOBAL) ? nullptr : strdup(dlerror());
}

// What the library says of itself at run time; the headers' own TORCH_VERSION
// would only say what this was compiled against.
const char *gs_torch_version(void) {
  static const std::string version = [] {
    auto config = at::show_config();
    auto at = config.find("TORCH_VERSION=");
    if (at == std::string::npos)
      return std::string("unknown");
    at += std::strlen("TORCH_VERSION=");
    return config.substr(at, config.find_first_of(",+ \n", at) - at);
  }();
  return version.c_str();
}
const char *gs_cpu_capability(void) {
  static const std::string capability = at::get_cpu_capability();
  return capability.c_str();
}

int gs_cuda_count(void) {
  try {
    return static_cast<int>(at::detail::getCUDAHooks().deviceCount());
  } catch (...) {
    return 0;
  }
}

// A name comes from the driver's own C API: it needs no CUDA headers.
gerr gs_cuda_device(int i, char *name, int len, size_t *total, size_t *free) {
  return guarded([&] {
    TORCH_CHECK(i >= 0 && i < gs_cuda_count(), "no CUDA device ", i, " among ", gs_cuda_count());
    void *driver = dlopen("libcuda.so.1", RTLD_NOW);
    TORCH_CHECK(driver, "no CUDA driver: ", dlerror());
    auto get_name = reinterpret_cast<int (*)(char *, int, int)>(dlsym(driver, "cuDeviceGetName"));
    TORCH_CHECK(get_name && get_name(name, len, i) == 0, "cuDeviceGetName failed for device ", i);
    std::tie(*free, *total) = at::accelerator::getMemoryInfo(static_cast<c10::DeviceIndex>(i));
  });
}
gerr gs_cuda_allocated(int i, int64_t *now, int64_t *peak) {
  return guarded([&] {
    auto stats = at::accelerator::getDeviceStats(static_cast<c10::DeviceIndex>(i));
    *now = stats.allocated_bytes[0].current;
    *peak = stats.allocated_bytes[0].peak;
  });
}
gerr gs_synchronize(int device) {
  return guarded([&] {
    if (device >= 0)
      at::accelerator::synchronizeDevice(static_cast<c10::DeviceIndex>(device));
  });
}

// The products of matrices and the convolutions of a GPU; both or none.
void gs_set_tf32(int on) {
  at::globalContext().setAllowTF32CuBLAS(on != 0);
  at::globalContext().setAllowTF32CuDNN(on != 0);
}
int gs_tf32(void) {
  auto &context = at::globalContext();
  return context.allowTF32CuBLAS() && context.allowTF32CuDNN();
}

gerr gs_set_threads(int n) {
  return guarded([&] { at::set_num_threads(n); });
}
int gs_threads(void) { return at::get_num_threads(); }

} // extern "C"
