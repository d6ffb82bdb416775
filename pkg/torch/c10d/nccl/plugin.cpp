// NCCL for package c10d, compiled by scripts/plugins.sh where the headers of CUDA
// and NCCL are. The program opens it when it trains on several GPUs.
#define USE_C10D_NCCL 1
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

#include <cstring>
#include <new>

namespace {

using Group = c10d::ProcessGroupNCCL;

// same_nccl holds the headers of NCCL here to those that libtorch was compiled with:
// options hold a structure of theirs, which grows from version to version, and are
// allocated here and filled in there.
void same_nccl() {
  alignas(Group::Options) static char room[sizeof(Group::Options) + 4096];
  auto *options = new (room) Group::Options();
  auto theirs = options->config.size;
  options->~Options();
  TORCH_CHECK(theirs == sizeof(ncclConfig_t), "it was compiled with headers of NCCL ", NCCL_MAJOR, ".", NCCL_MINOR,
              ", whose options have ", sizeof(ncclConfig_t), " bytes, and libtorch with others, of ", theirs,
              ": build it anew with the headers of the NCCL that libtorch has");
}

} // namespace

// The store's connection is the group's own: whoever waits in it keeps it, and with
// the program's own the others would see no sign of life.
extern "C" char *toolkit_nccl(void *store, int rank, int size, int64_t timeout_ms, void **out) {
  try {
    same_nccl();
    auto options = Group::Options::create();
    options->timeout = std::chrono::milliseconds(timeout_ms);
    auto &kept = *static_cast<c10::intrusive_ptr<c10d::Store> *>(store);
    auto own = c10::make_intrusive<c10d::PrefixStore>("nccl", kept->clone());
    *out = new c10::intrusive_ptr<c10d::Backend>(c10::make_intrusive<Group>(std::move(own), rank, size, options));
    return nullptr;
  } catch (const c10::Error &e) {
    return strdup(e.what_without_backtrace());
  } catch (const std::exception &e) {
    return strdup(e.what());
  } catch (...) {
    return strdup("unknown C++ exception");
  }
}
