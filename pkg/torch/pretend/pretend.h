// A GPU that is none: what libtorch_cuda.so brings to libtorch, made of the CPU's
// kernels, so that all that a program does on a GPU can be rehearsed without one.
// scripts/pretend.sh builds it, and says what for.
//
//	memory.cpp    memory that only a kernel may touch
//	device.cpp    the device itself: streams, events, generators, the driver's answers
//	call.h        a call of a kernel, on the CPU, with what lies on the device
//	kernels.cpp   which kernels there are, what they refuse, when they wait
//	graph.cpp     steps that are recorded
//	nccl.cpp      several processes
//	count.cpp     what happened, counted
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <functional>
#include <string>

namespace pretend {

// The device's memory is the host's under addresses at which there is nothing: who
// reads what data_ptr says, without being a kernel, is stopped by the system.
void *device_of(void *host);
void *host_of(void *device);

// begin is what has to be called, by libtorch, before memory is asked for or about.
void begin();

// adopted is a storage on the device that lies where one of the CPU's lies.
c10::Storage adopted(const c10::Storage &host, c10::Device device);

// A block is memory of the device; no two have had the same number.
struct Block {
  char *at;
  size_t bytes;
  uint64_t number;
};
// block_at is the block that begins at an address of the device, of number 0 where
// there is none.
Block block_at(const void *device);
std::vector<Block> blocks();

// count adds to what happened, under a name.
void count(const std::string &what, int64_t n = 1);
// level says how much there is of something.
void level(const std::string &what, int64_t n);

// waits counts a time that the processor waits for the device. While a step is
// recorded on the thread's stream there is none.
void waits(const std::string &why);

// A host's memory that the device may read while the processor goes on.
bool page_locked(const void *host);

// stream is the number of the calling thread's stream of a device, of its current one
// where none is named; 0 is the default one.
int64_t stream(c10::DeviceIndex device = -1);
void enter_stream(c10::DeviceIndex device, int64_t number);

// inner is the CPU's generator that draws for one of the device.
at::Generator inner(const at::Generator &generator);
at::Generator default_generator();

// A call of a kernel is made, and kept where the thread's stream is being recorded.
struct Call;
void keep(Call &&call);
// recording tells whether the thread's stream of a device is being recorded,
// anyone_records whether any is.
bool recording(c10::DeviceIndex device = -1);
bool anyone_records();

} // namespace pretend
