// The device itself: streams, events and generators, and what the driver says of it.
#include "pretend.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/CachingHostAllocator.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

#include <cstring>
#include <map>
#include <mutex>
#include <set>

namespace pretend {
namespace {

thread_local c10::DeviceIndex current = 0;
thread_local std::map<c10::DeviceIndex, int64_t> streams; // of each device the thread's own, 0 the default one

c10::DeviceIndex devices() {
  static const auto n = [] {
    const char *said = std::getenv("PRETEND_DEVICES");
    return static_cast<c10::DeviceIndex>(said ? std::atoi(said) : 1);
  }();
  return n;
}

void there(c10::DeviceIndex i) { TORCH_CHECK(i >= 0 && i < devices(), "CUDA error: invalid device ordinal"); }

// All work is done when it is queued: an event has always happened.
struct Guard final : c10::impl::DeviceGuardImplInterface {
  c10::DeviceType type() const override { return c10::kCUDA; }
  c10::Device exchangeDevice(c10::Device d) const override {
    auto was = getDevice();
    setDevice(d);
    return was;
  }
  c10::Device getDevice() const override { return {c10::kCUDA, current}; }
  void setDevice(c10::Device d) const override {
    TORCH_CHECK(d.is_cuda(), "want a CUDA device, got ", d);
    if (d.has_index()) {
      there(d.index());
      current = d.index();
    }
  }
  void uncheckedSetDevice(c10::Device d) const noexcept override { current = d.index(); }
  c10::Stream getStream(c10::Device d) const override { return c10::Stream(c10::Stream::UNSAFE, d, streams[d.index()]); }
  c10::Stream getDefaultStream(c10::Device d) const override { return c10::Stream(c10::Stream::DEFAULT, d); }
  c10::Stream exchangeStream(c10::Stream s) const override {
    auto was = getStream(s.device());
    streams[s.device_index()] = s.id();
    return was;
  }
  c10::DeviceIndex deviceCount() const noexcept override { return devices(); }
  void record(void **, const c10::Stream &, const c10::DeviceIndex, const c10::EventFlag) const override {}
  void block(void *, const c10::Stream &) const override {}
  bool queryEvent(void *) const override { return true; }
  bool queryStream(const c10::Stream &) const override { return true; }
  void synchronizeStream(const c10::Stream &) const override { waits("a stream"); }
  void synchronizeEvent(void *) const override { waits("an event"); }
  void synchronizeDevice(const c10::DeviceIndex) const override { waits("the device"); }
};
C10_REGISTER_GUARD_IMPL(CUDA, Guard)

// It draws what the CPU's draws by the same seed.
struct Generator final : c10::GeneratorImpl {
  at::Generator inside;

  explicit Generator(c10::DeviceIndex i, at::Generator g = at::detail::createCPUGenerator())
      : c10::GeneratorImpl({c10::kCUDA, i}, c10::DispatchKeySet(c10::DispatchKey::CUDA)), inside(std::move(g)) {}

  c10::GeneratorImpl *impl() const { return inside.unsafeGetGeneratorImpl(); }
  void set_current_seed(uint64_t seed) override { impl()->set_current_seed(seed); }
  void set_offset(uint64_t offset) override { impl()->set_offset(offset); }
  uint64_t get_offset() const override { return impl()->get_offset(); }
  uint64_t current_seed() const override { return impl()->current_seed(); }
  uint64_t seed() override { return impl()->seed(); }
  void set_state(const c10::TensorImpl &state) override { impl()->set_state(state); }
  c10::intrusive_ptr<c10::TensorImpl> get_state() const override { return impl()->get_state(); }
  Generator *clone_impl() const override { return new Generator(device_.index(), inside.clone()); }
};

const at::Generator &of_device(c10::DeviceIndex i) {
  static auto &all = *new std::vector<at::Generator>([] {
    std::vector<at::Generator> made;
    for (c10::DeviceIndex d = 0; d < devices(); d++)
      made.push_back(at::make_generator<Generator>(d));
    return made;
  }());
  i = i < 0 ? current : i;
  there(i);
  return all[i];
}

std::mutex locked_mutex;
std::set<const void *> &locked() {
  static auto &all = *new std::set<const void *>;
  return all;
}

struct PageLocked final : at::HostAllocator {
  at::DataPtr allocate(size_t bytes) override {
    TORCH_CHECK(!anyone_records(), "operation not permitted when stream is capturing: page-locked memory is allocated");
    auto *kept = new at::DataPtr(c10::GetCPUAllocator()->allocate(bytes));
    std::lock_guard<std::mutex> lock(locked_mutex);
    locked().insert(kept->get());
    count("page-locked buffers");
    return {kept->get(), kept, release, c10::kCPU};
  }
  static void release(void *context) {
    std::unique_ptr<at::DataPtr> kept(static_cast<at::DataPtr *>(context));
    std::lock_guard<std::mutex> lock(locked_mutex);
    locked().erase(kept->get());
  }
  void copy_data(void *to, const void *from, size_t bytes) const override { std::memcpy(to, from, bytes); }
  bool record_event(void *, void *, c10::Stream) override { return true; }
  void empty_cache() override {}
  at::HostStats get_stats() override { return {}; }
  void reset_accumulated_stats() override {}
  void reset_peak_stats() override {}
};
PageLocked &page_locked_memory() {
  static auto &the = *new PageLocked;
  return the;
}
REGISTER_HOST_ALLOCATOR(c10::kCUDA, &page_locked_memory())

} // namespace
} // namespace pretend

namespace at { // the registry wants it here

struct Hooks final : CUDAHooksInterface {
  explicit Hooks(CUDAHooksArgs) {}
  void init() const override { pretend::begin(); }
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return deviceCount() > 0; }
  bool hasCUDA() const override { return deviceCount() > 0; }
  bool hasCUDART() const override { return true; }
  bool hasPrimaryContext(DeviceIndex i) const override { return i >= 0 && i < deviceCount(); }
  DeviceIndex deviceCount() const override { return pretend::devices(); }
  int getNumGPUs() const override { return deviceCount(); }
  DeviceIndex current_device() const override { return pretend::current; }
  DeviceIndex getCurrentDevice() const override { return pretend::current; }
  void setCurrentDevice(DeviceIndex i) const override { exchangeDevice(i); }
  DeviceIndex exchangeDevice(DeviceIndex i) const override {
    pretend::there(i);
    return std::exchange(pretend::current, i);
  }
  DeviceIndex maybeExchangeDevice(DeviceIndex i) const override { return exchangeDevice(i); }
  const Generator &getDefaultGenerator(DeviceIndex i) const override { return pretend::of_device(i); }
  Generator getNewGenerator(DeviceIndex i) const override { return make_generator<pretend::Generator>(i < 0 ? pretend::current : i); }
  bool isPinnedPtr(const void *host) const override { return pretend::page_locked(host); }
  Allocator *getPinnedMemoryAllocator() const override { return &pretend::page_locked_memory(); }
  Allocator *getCUDADeviceAllocator() const override { return c10::GetAllocator(kCUDA); }
  std::string showConfig() const override { return "  - a pretence of CUDA\n"; }
  void deviceSynchronize(DeviceIndex) const override { pretend::waits("the device"); }
};
C10_REGISTER_CLASS(CUDAHooksRegistry, CUDAHooks, Hooks)

} // namespace at

namespace pretend {

bool page_locked(const void *host) {
  std::lock_guard<std::mutex> lock(locked_mutex);
  return locked().count(host) > 0;
}

int64_t stream(c10::DeviceIndex i) { return streams[i < 0 ? current : i]; }
void enter_stream(c10::DeviceIndex i, int64_t number) { streams[i] = number; }

at::Generator inner(const at::Generator &g) {
  TORCH_CHECK(g.device().is_cuda(), "Expected a 'cuda' device type for generator but found '", g.device().type(), "'");
  return static_cast<Generator *>(g.unsafeGetGeneratorImpl())->inside;
}
at::Generator default_generator() { return of_device(-1); }

} // namespace pretend

// What CUDA's driver says of itself.
extern "C" int cuDeviceGetName(char *name, int length, int) {
  std::strncpy(name, "pretend GPU (the CPU's kernels)", length);
  return 0;
}
