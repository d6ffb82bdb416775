// Which kernels the device has, what they refuse, and when the processor waits.
#include "call.h"

#include <ATen/Context.h>
#include <ATen/EmptyTensor.h>
#include <torch/library.h>

#include <set>

namespace pretend {
namespace {

using Names = std::set<std::string>;

// A GPU's kernels take numbers of the host, tensors without a dimension, where they go
// through TensorIterator; and none else.
const Names take_numbers = {
    "add", "add_", "sub", "sub_", "mul", "mul_", "div", "div_", "rsub", "pow", "pow_", "eq", "ne", "lt", "le", "gt", "ge", "maximum", "minimum",
    "where", "fill_", "masked_fill", "masked_fill_", "clamp", "clamp_", "lerp", "lerp_", "addcmul", "addcmul_", "addcdiv", "addcdiv_", "atan2",
    "remainder", "fmod", "logical_and", "logical_or", "bitwise_and", "bitwise_or", "index_put_", "_index_put_impl_", "copy_",
};

// Their results' shapes or numbers are read by the processor.
const Names wait = {
    "_local_scalar_dense", "nonzero", "masked_select", "equal", "is_nonzero", "_unique2", "unique_dim", "unique_consecutive", "repeat_interleave",
    "_linalg_svd", "_linalg_eigh", "linalg_eig", "_linalg_solve_ex", "linalg_lstsq", "multinomial", "bincount", "histc",
};

std::string base(const c10::OperatorHandle &kernel) {
  auto name = kernel.schema().name();
  return name.substr(name.rfind(':') + 1);
}

// check is what a GPU's kernel checks before it is started.
void check(const std::string &name, const c10::OperatorHandle &kernel, const torch::jit::Stack &stack) {
  TORCH_CHECK_NOT_IMPLEMENTED(kernel.schema().name().find("mkldnn") == std::string::npos && name.find("_cpu") == std::string::npos, "Could not run '",
                              kernel.schema().name(), "' with arguments from the 'CUDA' backend.");
  std::optional<c10::Device> device;
  auto tensor = [&](const at::Tensor &t) {
    if (t.defined() && t.is_cuda()) {
      TORCH_CHECK(!device || *device == t.device(), "Expected all tensors to be on the same device, but found at least two devices, ", *device, " and ",
                  t.device(), "! (", name, ")");
      device = t.device();
    }
    return t;
  };
  auto host = [&](const at::Tensor &t) {
    TORCH_CHECK(!t.defined() || t.is_cuda() || (t.dim() == 0 && take_numbers.count(name)),
                "Expected all tensors to be on the same device, but found at least two devices, ", *device, " and ", t.device(), "! (", name, ", ",
                t.sizes(), ")");
    return t;
  };
  size_t arguments = kernel.schema().arguments().size();
  auto values = c10::ArrayRef<c10::IValue>(stack.data() + stack.size() - arguments, arguments);
  for (auto &value : values)
    each(value, tensor);
  for (auto &value : values)
    each(value, host);
}

// check_alike is what the fused steps of an optimiser check: they walk all their
// tensors as one row of numbers, whatever lies next to what.
void check_alike(const torch::jit::Stack &stack, size_t arguments) {
  auto *lists = stack.data() + stack.size() - arguments;
  for (size_t i = 1; i < 4; i++) // gradients, and the two moments
    for (size_t k = 0; k < lists[0].toTensorVector().size(); k++) {
      auto weight = lists[0].toTensorVector()[k], other = lists[i].toTensorVector()[k];
      bool alike = true; // a dimension of one element has any stride
      for (int64_t d = 0; d < weight.dim(); d++)
        alike = alike && (weight.size(d) == 1 || weight.stride(d) == other.stride(d));
      TORCH_CHECK(alike && weight.is_non_overlapping_and_dense() && weight.dtype() == other.dtype(),
                  "params, grads, exp_avgs, and exp_avg_sqs must have same dtype, device, and layout (", weight.sizes(), ", strides ",
                  weight.strides(), ", and of list ", i, " ", other.strides(), ")");
    }
}

void any(const c10::OperatorHandle &kernel, torch::jit::Stack *stack) {
  auto name = base(kernel);
  check(name, kernel, *stack);
  if (name.rfind("_fused_adam", 0) == 0)
    check_alike(*stack, kernel.schema().arguments().size());
  if (wait.count(name))
    waits(name);
  count("kernels");
  count("kernel " + name);
  make(kernel, stack);
}

// Between host and device the processor waits for a copy, but where the host's memory
// is page-locked and the caller will not.
void copy(const c10::OperatorHandle &kernel, torch::jit::Stack *stack) {
  auto *at = stack->data() + stack->size() - 3;
  auto &to = at[0].toTensor(), &from = at[1].toTensor();
  if (to.is_cuda() != from.is_cuda()) {
    std::string way = to.is_cuda() ? "a copy to the device" : "a copy to the host";
    count(to.is_cuda() ? "bytes to the device" : "bytes to the host", from.nbytes());
    TORCH_CHECK(!recording(), "operation not permitted when stream is capturing: ", way);
    auto *host = (to.is_cuda() ? from : to).storage().data();
    if (!at[2].toBool() || !page_locked(host))
      waits(way);
    else
      count("copies that none waits for");
  }
  count("kernels");
  count("kernel copy_");
  make(kernel, stack);
}

at::Tensor empty(c10::IntArrayRef size, std::optional<at::ScalarType> type, std::optional<at::Layout> layout, std::optional<at::Device> device,
                 std::optional<bool> locked, std::optional<at::MemoryFormat> format) {
  TORCH_CHECK(!locked.value_or(false), "Only dense CPU tensors can be pinned");
  at::globalContext().lazyInitDevice(c10::kCUDA);
  c10::DeviceGuard there(device.value_or(c10::Device(c10::kCUDA)));
  return at::detail::empty_generic(size, c10::GetAllocator(c10::kCUDA), c10::DispatchKeySet(c10::DispatchKey::CUDA),
                                   at::dtype_or_default(type), format);
}

at::Tensor empty_strided(c10::IntArrayRef size, c10::IntArrayRef stride, std::optional<at::ScalarType> type, std::optional<at::Layout>,
                         std::optional<at::Device> device, std::optional<bool> locked) {
  TORCH_CHECK(!locked.value_or(false), "Only dense CPU tensors can be pinned");
  at::globalContext().lazyInitDevice(c10::kCUDA);
  c10::DeviceGuard there(device.value_or(c10::Device(c10::kCUDA)));
  return at::detail::empty_strided_generic(size, stride, c10::GetAllocator(c10::kCUDA), c10::DispatchKeySet(c10::DispatchKey::CUDA),
                                           at::dtype_or_default(type));
}

// Of the ways to attention the plain one is the one that the CPU's kernels have.
int64_t plain_attention(const at::Tensor &, const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &, double, bool,
                        std::optional<double>, bool) {
  return 0;
}

} // namespace

TORCH_LIBRARY_IMPL(_, CUDA, m) { m.fallback(torch::CppFunction::makeFromBoxedFunction<&any>()); }

TORCH_LIBRARY_IMPL(aten, CUDA, m) {
  m.impl("empty.memory_format", empty);
  m.impl("empty_strided", empty_strided);
  m.impl("_fused_sdp_choice", plain_attention);
  m.impl("copy_", torch::CppFunction::makeFromBoxedFunction<&copy>());
  // The way of libtorch to a convolution ends in kernels that are cuDNN's alone.
  // The way of libtorch to a convolution ends in kernels that are cuDNN's alone, and
  // its general way to these is not a GPU's.
  for (auto *name : {"convolution", "convolution_backward", "native_group_norm", "native_layer_norm", "mse_loss", "addr", "linalg__powsum"})
    m.impl(name, torch::CppFunction::makeFromBoxedFunction<&any>());
}

} // namespace pretend
