// A call of a kernel, on the CPU, with what lies on the device: the same memory under
// the host's addresses, so that in-place kernels work, and nothing is copied.
#include "call.h"

#include <ATen/core/List.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <c10/core/CPUAllocator.h>

namespace pretend {
namespace {

const c10::DispatchKeySet cpu_only(c10::DispatchKey::CPU), cuda_only(c10::DispatchKey::CUDA);

void keep_storage(void *context) { delete static_cast<c10::Storage *>(context); }

// lend gives the CPU a storage of the device.
c10::Storage lend(const c10::Storage &device) {
  c10::DataPtr data(host_of(device.mutable_data()), new c10::Storage(device), keep_storage, c10::kCPU);
  return {c10::make_intrusive<c10::StorageImpl>(c10::StorageImpl::use_byte_size_t(), device.nbytes(), std::move(data), c10::GetCPUAllocator(), true)};
}

// laid is a tensor in a storage, that lies there as another lies in its own.
at::Tensor laid(c10::Storage storage, const at::Tensor &as, c10::DispatchKeySet keys) {
  auto t = at::detail::make_tensor<c10::TensorImpl>(std::move(storage), keys, as.dtype());
  auto *impl = t.unsafeGetTensorImpl();
  impl->set_sizes_and_strides(as.sizes(), as.strides(), as.storage_offset());
  if (as.unsafeGetTensorImpl()->is_wrapped_number())
    impl->set_wrapped_number(true);
  return t;
}

struct Lending {
  std::vector<Lent> lent, made;

  at::Tensor to_host(const at::Tensor &t) {
    if (!t.defined() || !t.is_cuda())
      return t;
    TORCH_CHECK(t.layout() == c10::kStrided && !t.is_conj() && !t.is_neg() && t.has_storage(), "the pretence has no such tensors: ", t.toString());
    for (auto &l : lent)
      if (l.device.is_same(t))
        return l.host;
    c10::Storage storage;
    for (auto &l : lent) // views of one storage are views of one
      if (l.device.storage().is_alias_of(t.storage()))
        storage = l.host.storage();
    if (!storage)
      storage = lend(t.storage());
    lent.push_back({t, laid(std::move(storage), t, cpu_only)});
    return lent.back().host;
  }

  at::Tensor to_device(const at::Tensor &t, c10::Device device) {
    if (!t.defined())
      return t;
    for (auto &l : lent) {
      if (l.host.is_same(t))
        return l.device;
      if (l.host.storage().unsafeGetStorageImpl() == t.storage().unsafeGetStorageImpl())
        return laid(l.device.storage(), t, cuda_only);
    }
    for (auto &l : made)
      if (l.host.storage().unsafeGetStorageImpl() == t.storage().unsafeGetStorageImpl())
        return laid(l.device.storage(), t, cuda_only);
    made.push_back({laid(adopted(t.storage(), device), t, cuda_only), t});
    return made.back().device;
  }

  // settle gives the device's tensors the shapes, and the memory, that an in-place
  // kernel gave the CPU's.
  void settle() {
    for (auto &l : lent) {
      auto of_host = l.host.storage(), of_device = l.device.storage();
      if (of_host.mutable_data() != host_of(of_device.mutable_data())) {
        auto fresh = adopted(c10::Storage(c10::make_intrusive<c10::StorageImpl>(c10::StorageImpl::use_byte_size_t(), of_host.nbytes(),
                                                                                 of_host.set_data_ptr(c10::DataPtr()), c10::GetCPUAllocator(), true)),
                             l.device.device());
        auto bytes = fresh.nbytes();
        of_device.set_data_ptr_noswap(fresh.set_data_ptr(c10::DataPtr()));
        of_device.set_nbytes(bytes);
        l.host.unsafeGetTensorImpl()->set_storage_keep_dtype(lend(of_device));
      }
      if (l.host.sizes() != l.device.sizes() || l.host.strides() != l.device.strides() || l.host.storage_offset() != l.device.storage_offset())
        l.device.unsafeGetTensorImpl()->set_sizes_and_strides(l.host.sizes(), l.host.strides(), l.host.storage_offset());
    }
  }
};

} // namespace

at::Tensor host(const at::Tensor &device) { return laid(lend(device.storage()), device, cpu_only); }

c10::IValue each(const c10::IValue &value, const std::function<at::Tensor(const at::Tensor &)> &f) {
  if (value.isTensor())
    return f(value.toTensor());
  if (value.isTensorList()) {
    c10::List<at::Tensor> out;
    for (const at::Tensor &t : value.toTensorVector())
      out.push_back(f(t));
    return out;
  }
  if (value.isOptionalTensorList()) {
    c10::List<std::optional<at::Tensor>> out;
    for (const auto &t : value.toOptionalTensorVector())
      out.push_back(t ? std::optional<at::Tensor>(f(*t)) : std::nullopt);
    return out;
  }
  return value;
}

void make(const c10::OperatorHandle &kernel, torch::jit::Stack *stack) {
  const auto &schema = kernel.schema();
  size_t arguments = schema.arguments().size(), first = stack->size() - arguments;
  Lending lending;
  std::optional<c10::Device> device;
  for (size_t i = 0; i < arguments; i++) {
    auto &value = (*stack)[first + i];
    value = each(value, [&](const at::Tensor &t) {
      if (t.defined() && t.is_cuda() && !device)
        device = t.device();
      return lending.to_host(t);
    });
    if (value.isGenerator())
      value = inner(value.toGenerator());
    else if (value.isNone() && schema.arguments()[i].type()->str() == "Generator?")
      value = inner(default_generator());
    else if (value.isDevice() && value.toDevice().is_cuda())
      value = c10::Device(c10::kCPU);
  }
  bool records = recording(device ? device->index() : -1);
  torch::jit::Stack before;
  if (records)
    before.assign(stack->begin() + first, stack->end());
  {
    at::AutoDispatchBelowADInplaceOrView below;
    c10::impl::ExcludeDispatchKeyGuard plain(c10::autocast_dispatch_keyset);
    kernel.redispatchBoxed(cpu_only, stack);
  }
  torch::jit::Stack after;
  if (records)
    after.assign(stack->begin() + first, stack->end());
  lending.settle();
  for (size_t i = first; i < stack->size(); i++)
    (*stack)[i] = each((*stack)[i], [&](const at::Tensor &t) { return lending.to_device(t, device.value_or(c10::Device(c10::kCUDA, 0))); });
  if (records)
    keep({kernel, std::move(before), std::move(after), std::move(lending.lent), std::move(lending.made)});
}

} // namespace pretend
