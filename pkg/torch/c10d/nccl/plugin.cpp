// NCCL for package c10d, compiled by scripts/plugins.sh where the headers of CUDA
// and NCCL are. The program opens it when it trains on several GPUs.
#define USE_C10D_NCCL 1
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

#include <cstring>

extern "C" char *toolkit_nccl(void *store, int rank, int size, int64_t timeout_ms, void **out) {
  try {
    auto options = c10d::ProcessGroupNCCL::Options::create();
    options->timeout = std::chrono::milliseconds(timeout_ms);
    auto &kept = *static_cast<c10::intrusive_ptr<c10d::Store> *>(store);
    *out = new c10::intrusive_ptr<c10d::Backend>(c10::make_intrusive<c10d::ProcessGroupNCCL>(kept, rank, size, options));
    return nullptr;
  } catch (const std::exception &e) {
    return strdup(e.what());
  }
}
