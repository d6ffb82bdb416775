// A call of a kernel, on the CPU, with what lies on the device.
#pragma once
#include "pretend.h"

namespace pretend {

// Lent is a tensor of the device, and what a kernel of the CPU is given in its place.
struct Lent {
  at::Tensor device, host;
};

// Call is a kernel with its arguments, as the CPU's kernel is given them.
struct Call {
  c10::OperatorHandle kernel;
  torch::jit::Stack arguments; // before the call
  torch::jit::Stack results;   // after it
  std::vector<Lent> lent, made;
};

// make calls the kernel with the arguments on the stack, and leaves its results there,
// on the device.
void make(const c10::OperatorHandle &kernel, torch::jit::Stack *stack);

// host is a tensor of the device for who computes on the CPU, in the same memory.
at::Tensor host(const at::Tensor &device);

// each gives f all the tensors of a value, and takes what it returns in their place.
c10::IValue each(const c10::IValue &value, const std::function<at::Tensor(const at::Tensor &)> &f);

} // namespace pretend
