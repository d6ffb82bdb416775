// Steps that are recorded: what the library of CUDA graphs has (cudagraph/plugin.cpp),
// for the pretence. A GPU does nothing of what it records. The pretence computes it,
// as shapes hang on it, and then puts back the memory and the generators as they were.
#include "../c10d/guard.h"
#include "call.h"

#include <ATen/core/LegacyTypeDispatch.h>

#include <atomic>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <set>

namespace pretend {
namespace {

// Step is a kernel with the places where its arguments lie and its results belong.
struct Step {
  c10::OperatorHandle kernel;
  torch::jit::Stack arguments;
  std::vector<at::Tensor> results; // undefined where a result lies in an argument
};

struct Recording;
// What shares memory: of what one recording of a family has there, nothing is left once
// another is played.
using Family = std::set<Recording *>;

struct Recording {
  std::shared_ptr<Family> family;
  int64_t on = stream(); // no two streams have one number
  uint64_t before = 0;                  // the number of the last block that was there
  std::vector<Step> steps;
  std::vector<c10::Storage> pool;       // memory of the recording's own
  std::map<const void *, Block> others; // memory that has to be there at each replay
  std::vector<std::pair<at::Generator, at::Tensor>> generators;
  std::vector<std::pair<Block, std::string>> were;

  explicit Recording(Recording *beside) : family(beside ? beside->family : std::make_shared<Family>()) { family->insert(this); }
  ~Recording() { family->erase(this); }

  // spoil leaves nothing in the memory of the others of the family.
  void spoil() const {
    for (auto *other : *family)
      if (other != this)
        for (auto &storage : other->pool)
          std::memset(host_of(storage.mutable_data()), 0xff, storage.nbytes());
  }

  // put_back undoes what was computed to be recorded.
  void put_back() {
    for (auto &[block, bytes] : were)
      if (block_at(block.at).number == block.number)
        std::memcpy(host_of(block.at), bytes.data(), bytes.size());
    for (auto &[generator, state] : generators)
      generator.set_state(state);
    were.clear();
  }
};

std::mutex mutex;
Recording *now = nullptr;

// bare is a tensor at the same place, that keeps nothing of it.
at::Tensor bare(const at::Tensor &host) {
  auto storage = host.storage();
  c10::DataPtr data(storage.mutable_data(), c10::kCPU);
  auto t = at::detail::make_tensor<c10::TensorImpl>(
      c10::Storage(c10::make_intrusive<c10::StorageImpl>(c10::StorageImpl::use_byte_size_t(), storage.nbytes(), std::move(data), nullptr, false)),
      c10::DispatchKeySet(c10::DispatchKey::CPU), host.dtype());
  t.unsafeGetTensorImpl()->set_sizes_and_strides(host.sizes(), host.strides(), host.storage_offset());
  if (host.unsafeGetTensorImpl()->is_wrapped_number())
    t.unsafeGetTensorImpl()->set_wrapped_number(true);
  return t;
}

// is_view tells of a kernel that only looks at memory in another way.
bool is_view(const Call &call) {
  for (auto &argument : call.kernel.schema().arguments())
    if (argument.alias_info() && argument.alias_info()->isWrite())
      return false;
  return call.made.empty();
}

// over ends a recording, and gives memory and generators back.
void over(Recording *r) {
  std::lock_guard<std::mutex> lock(mutex);
  if (now == r) {
    now = nullptr;
    r->put_back();
  }
}

} // namespace

bool anyone_records() {
  std::lock_guard<std::mutex> lock(mutex);
  return now;
}

bool recording(c10::DeviceIndex device) {
  std::lock_guard<std::mutex> lock(mutex);
  return now && now->on == stream(device);
}

void keep(Call &&call) {
  if (is_view(call))
    return;
  std::lock_guard<std::mutex> lock(mutex);
  auto &r = *now;
  Step step{call.kernel, {}, {}};
  auto use = [&](const Lent &l) {
    auto block = block_at(l.device.storage().data());
    if (block.number > r.before)
      r.pool.push_back(l.device.storage());
    else if (block.number)
      r.others[block.at] = block;
  };
  for (auto &l : call.lent)
    use(l);
  for (auto &l : call.made)
    use(l);
  for (auto &value : call.arguments) {
    if (value.isGenerator()) {
      bool known = false;
      for (auto &[generator, state] : r.generators)
        known = known || generator == value.toGenerator();
      TORCH_CHECK(known, "what is recorded draws from a generator that was not registered with it");
    }
    step.arguments.push_back(each(value, [&](const at::Tensor &t) {
      for (auto &l : call.lent)
        if (l.host.is_same(t))
          return bare(t);
      return t.defined() ? t.clone() : t; // a number of the host, as it is now
    }));
  }
  for (auto &value : call.results)
    each(value, [&](const at::Tensor &t) {
      step.results.emplace_back();
      for (auto &l : call.made)
        if (l.host.is_same(t))
          step.results.back() = bare(t);
      return t;
    });
  r.steps.push_back(std::move(step));
}

} // namespace pretend

using namespace pretend;

extern "C" {

struct Lane {
  c10::DeviceIndex device;
  int64_t before;
};

char *toolkit_graph_enter(int device, void **lane) {
  return guarded([&] {
    static std::atomic<int64_t> lanes{0};
    auto index = static_cast<c10::DeviceIndex>(device);
    *lane = new Lane{index, stream(index)};
    enter_stream(index, ++lanes);
  });
}

char *toolkit_graph_leave(void *lane) {
  return guarded([&] {
    std::unique_ptr<Lane> l(static_cast<Lane *>(lane));
    enter_stream(l->device, l->before);
  });
}

char *toolkit_graph_begin_beside(void *generator, void *beside, void **graph) {
  return guarded([&] {
    TORCH_CHECK(stream() != 0, "CUDA graphs must be captured on a non-default stream.");
    std::lock_guard<std::mutex> lock(mutex);
    TORCH_CHECK(!now, "two steps are recorded at once");
    auto r = std::make_unique<Recording>(static_cast<Recording *>(beside));
    for (auto &block : blocks()) {
      r->before = std::max(r->before, block.number);
      r->were.push_back({block, std::string(static_cast<char *>(host_of(block.at)), block.bytes)});
    }
    r->generators.push_back({inner(default_generator()), {}});
    if (generator)
      r->generators.push_back({inner(*static_cast<at::Generator *>(generator)), {}});
    for (auto &[g, state] : r->generators)
      state = g.get_state();
    count("recordings");
    *graph = now = r.release();
  });
}

char *toolkit_graph_end(void *graph) {
  return guarded([&] {
    auto *r = static_cast<Recording *>(graph);
    TORCH_CHECK(r->on == stream(), "Capture must end on the same stream it began on.");
    over(r);
    count("steps recorded", r->steps.size());
  });
}

void toolkit_graph_abandon(void *graph) {
  auto *r = static_cast<Recording *>(graph);
  over(r);
  delete r;
}

char *toolkit_graph_replay(void *graph) {
  return guarded([&] {
    auto *r = static_cast<Recording *>(graph);
    count("replays");
    r->spoil();
    for (auto &[at, block] : r->others)
      TORCH_CHECK(block_at(at).number == block.number, "a recorded step reads or writes memory of ", block.bytes,
                  " bytes that was freed since it was recorded");
    at::AutoDispatchBelowADInplaceOrView below;
    c10::impl::ExcludeDispatchKeyGuard plain(c10::autocast_dispatch_keyset);
    for (auto &step : r->steps) {
      auto stack = step.arguments;
      step.kernel.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CPU), &stack);
      size_t i = 0;
      for (auto &value : stack)
        each(value, [&](const at::Tensor &t) {
          if (auto &to = step.results[i++]; to.defined())
            to.copy_(t);
          return t;
        });
    }
  });
}

void toolkit_graph_free(void *graph) { delete static_cast<Recording *>(graph); }

} // extern "C"
