// What the library of NCCL has (c10d/nccl/plugin.cpp), for the pretence: gloo, on
// what lies on the device. What NCCL refuses it refuses.
#define USE_C10D_GLOO 1
#include "../c10d/guard.h"
#include "call.h"

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include <cstring>

namespace pretend {
namespace {

using WorkPtr = c10::intrusive_ptr<c10d::Work>;

// Nccl has a group of gloo's do all, in place: the processor waits for it at once,
// where NCCL would have queued it, and that is no wait for the device.
struct Nccl final : c10d::Backend {
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;

  Nccl(c10::intrusive_ptr<c10d::ProcessGroupGloo> g, int rank, int size) : Backend(rank, size), gloo(std::move(g)) {}
  const std::string getBackendName() const override { return "nccl"; }

  static std::vector<at::Tensor> lent(const std::vector<at::Tensor> &all) {
    std::vector<at::Tensor> out;
    for (auto &t : all) {
      TORCH_CHECK(t.is_cuda() && t.is_non_overlapping_and_dense(), "Tensors must be CUDA and dense");
      out.push_back(host(t));
    }
    return out;
  }
  WorkPtr allreduce(std::vector<at::Tensor> &tensors, const c10d::AllreduceOptions &options) override {
    count("collectives");
    auto here = lent(tensors);
    return gloo->allreduce(here, options);
  }
  WorkPtr broadcast(std::vector<at::Tensor> &tensors, const c10d::BroadcastOptions &options) override {
    count("collectives");
    auto here = lent(tensors);
    return gloo->broadcast(here, options);
  }
  WorkPtr allgather(std::vector<std::vector<at::Tensor>> &rows, std::vector<at::Tensor> &own, const c10d::AllgatherOptions &options) override {
    count("collectives");
    std::vector<std::vector<at::Tensor>> to;
    for (auto &row : rows)
      to.push_back(lent(row));
    auto from = lent(own);
    return gloo->allgather(to, from, options);
  }
  c10d::ErrorType getError() override { return c10d::ErrorType::SUCCESS; } // gloo's are errors of the calls
  WorkPtr barrier(const c10d::BarrierOptions &options) override { return gloo->barrier(options); }
};

} // namespace
} // namespace pretend

extern "C" char *toolkit_nccl(void *kept, int rank, int size, int64_t timeout_ms, void **out) {
  return guarded([&] {
    auto options = c10d::ProcessGroupGloo::Options::create(std::chrono::milliseconds(timeout_ms));
    options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1"));
    // The program has a group of gloo's of its own, which meets in the same store.
    auto own = c10::make_intrusive<c10d::PrefixStore>("nccl", store(kept));
    auto gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(own, rank, size, options);
    *out = new BackendPtr(c10::make_intrusive<pretend::Nccl>(std::move(gloo), rank, size));
  });
}
