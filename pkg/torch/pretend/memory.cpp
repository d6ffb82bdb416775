// Memory that only a kernel may touch.
#include "pretend.h"

#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

namespace pretend {
namespace {

// Nothing of a process of x86-64 lies where this bit of an address is turned: heaps
// and libraries lie at 0x55… and 0x7f…, Go's heap at 0xc0….
const uintptr_t far = uintptr_t(1) << 46;

struct Known {
  std::mutex mutex;
  std::map<const void *, Block> blocks;
  uint64_t numbers = 0;
  int64_t now = 0, peak = 0;
  bool begun = false;
};
Known &known() {
  static auto &all = *new Known; // tensors are freed after a library's own variables
  return all;
}

// total is what the device has, in bytes.
int64_t total() {
  static const int64_t bytes = [] {
    const char *said = std::getenv("PRETEND_MEMORY");
    return said ? std::strtoll(said, nullptr, 10) : int64_t(80) << 30;
  }();
  return bytes;
}

std::string gibibytes(int64_t n) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f GiB", double(n) / (1 << 30));
  return text;
}

// Held is what a device's block is freed by.
struct Held {
  void *device;
  c10::Storage host;
};

void forget(void *context) {
  std::unique_ptr<Held> held(static_cast<Held *>(context));
  auto &k = known();
  std::lock_guard<std::mutex> lock(k.mutex);
  auto at = k.blocks.find(held->device);
  k.now -= at->second.bytes;
  k.blocks.erase(at);
  level("bytes now", k.now);
}

c10::DataPtr held(const c10::Storage &host, c10::Device device) {
  auto *at = device_of(host.mutable_data());
  if (!at)
    return {nullptr, device};
  auto &k = known();
  std::lock_guard<std::mutex> lock(k.mutex);
  int64_t bytes = host.nbytes();
  // What CUDA's allocator says is what the program reads.
  TORCH_CHECK_WITH(OutOfMemoryError, k.now + bytes <= total(), "CUDA out of memory. Tried to allocate ", gibibytes(bytes), ". GPU ",
                   static_cast<int>(device.index()), " has a total capacity of ", gibibytes(total()), " of which ", gibibytes(total() - k.now),
                   " is free. Including non-PyTorch memory, this process has ", gibibytes(k.now), " memory in use.");
  TORCH_CHECK(k.blocks.emplace(at, Block{static_cast<char *>(at), host.nbytes(), ++k.numbers}).second, "two blocks lie at one place");
  k.now += bytes;
  k.peak = std::max(k.peak, k.now);
  level("bytes now", k.now);
  level("bytes peak", k.peak);
  return {at, new Held{at, host}, forget, device};
}

// What an allocation holds is garbage: all bits set, which is no number.
struct Memory final : c10::DeviceAllocator {
  c10::DataPtr allocate(size_t bytes) override {
    TORCH_CHECK(known().begun, "the device's memory is asked for before it is there: did you call init?");
    c10::Device device(c10::kCUDA, c10::impl::VirtualGuardImpl(c10::kCUDA).getDevice().index());
    c10::Storage host(c10::Storage::use_byte_size_t(), bytes, c10::GetCPUAllocator(), true);
    if (bytes)
      std::memset(host.mutable_data(), 0xff, bytes);
    return held(host, device);
  }
  void copy_data(void *to, const void *from, size_t bytes) const override {
    std::memcpy(host_of(to), host_of(const_cast<void *>(from)), bytes);
  }
  bool initialized() override { return true; }
  void emptyCache(c10::MempoolId_t) override {}
  void recordStream(const c10::DataPtr &, c10::Stream) override {}
  c10::CachingDeviceAllocator::DeviceStats getDeviceStats(c10::DeviceIndex device) override {
    auto &k = known();
    int devices = c10::impl::VirtualGuardImpl(c10::kCUDA).deviceCount();
    TORCH_CHECK(k.begun && device >= 0 && device < devices, "Invalid device argument ", static_cast<int>(device), ": did you call init?");
    std::lock_guard<std::mutex> lock(k.mutex);
    c10::CachingDeviceAllocator::DeviceStats stats;
    stats.allocated_bytes[0].current = k.now;
    stats.allocated_bytes[0].peak = k.peak;
    return stats;
  }
  std::pair<size_t, size_t> getMemoryInfo(c10::DeviceIndex) override {
    auto &k = known();
    std::lock_guard<std::mutex> lock(k.mutex);
    return {total() - k.now, total()};
  }
  void resetAccumulatedStats(c10::DeviceIndex) override {}
  void resetPeakStats(c10::DeviceIndex) override {
    auto &k = known();
    std::lock_guard<std::mutex> lock(k.mutex);
    k.peak = k.now;
  }
};

Memory &memory() {
  static auto &the = *new Memory;
  return the;
}
REGISTER_ALLOCATOR(c10::kCUDA, &memory())

} // namespace

void begin() { known().begun = true; }

void *device_of(void *host) { return host ? reinterpret_cast<void *>(reinterpret_cast<uintptr_t>(host) ^ far) : nullptr; }
void *host_of(void *device) { return device_of(device); }

c10::Storage adopted(const c10::Storage &host, c10::Device device) {
  return {c10::make_intrusive<c10::StorageImpl>(c10::StorageImpl::use_byte_size_t(), host.nbytes(), held(host, device), &memory(), true)};
}

Block block_at(const void *device) {
  auto &k = known();
  std::lock_guard<std::mutex> lock(k.mutex);
  auto at = k.blocks.find(device);
  return at == k.blocks.end() ? Block{} : at->second;
}

std::vector<Block> blocks() {
  auto &k = known();
  std::lock_guard<std::mutex> lock(k.mutex);
  std::vector<Block> all;
  for (auto &[at, block] : k.blocks)
    all.push_back(block);
  return all;
}

} // namespace pretend
