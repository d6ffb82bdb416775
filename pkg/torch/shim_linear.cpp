// Matrix products of wide layers by oneDNN. The product that libtorch takes for
// f32 is MKL's, which on a processor that is not Intel's leaves half of its
// vectors unused.
#include "guard.h"

#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>

namespace {

// A layer is wide where both its sides are at least this. In narrower ones the
// two are near each other.
const int64_t wide = 512;

// product is x·wᵀ + b: x is [..,In], w [Out,In] of any strides, b [Out] or none.
at::Tensor product(const at::Tensor &x, const at::Tensor &w, const std::optional<at::Tensor> &b) {
  using Signature = at::Tensor(const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &, std::string_view,
                               c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);
  static const auto op =
      c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_linear_pointwise", "").typed<Signature>();
  return op.call(x, w, b, "none", c10::List<std::optional<at::Scalar>>(), "");
}

bool takes(const at::Tensor &x, const at::Tensor &w, const at::Tensor &b) {
  return x.is_cpu() && w.is_cpu() && x.dim() >= 2 && w.dim() == 2 && w.size(0) >= wide && w.size(1) >= wide &&
         x.size(-1) == w.size(1) && x.numel() > 0 && x.scalar_type() == at::kFloat && w.scalar_type() == at::kFloat &&
         (!b.defined() || (b.is_cpu() && b.scalar_type() == at::kFloat && b.dim() == 1 && b.size(0) == w.size(0))) &&
         w.is_contiguous() && at::globalContext().userEnabledMkldnn() && at::hasMKLDNN() &&
         !at::autocast::is_autocast_enabled(at::kCPU);
}

struct Function : torch::autograd::Function<Function> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &w,
                            const at::Tensor &b) { // b of no elements: none
    // The weights are needed for the gradient of x alone, and x for theirs.
    bool to_x = context->needs_input_grad(0), to_w = context->needs_input_grad(1);
    context->save_for_backward({to_w ? x : at::Tensor(), to_x ? w : at::Tensor()});
    return product(x, w, b.numel() ? std::optional<at::Tensor>(b) : std::nullopt);
  }
  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list gs) {
    auto saved = context->get_saved_variables();
    const auto &x = saved[0], &w = saved[1];
    at::Tensor g = gs[0], to_x, to_w, to_b;
    bool again = at::GradMode::is_enabled(); // the gradient is to have a gradient
    auto flat = [](const at::Tensor &t) { return t.reshape({-1, t.size(-1)}); };
    if (context->needs_input_grad(0))
      to_x = again ? at::matmul(g, w) : product(g.contiguous(), w.t(), std::nullopt);
    if (context->needs_input_grad(1))
      to_w = again ? at::mm(flat(g).t(), flat(x)) : product(flat(g).t().contiguous(), flat(x).t(), std::nullopt);
    if (context->needs_input_grad(2))
      to_b = flat(g).sum(0);
    return {to_x, to_w, to_b};
  }
};

} // namespace

extern "C" gerr gs_linear(gt x, gt w, gt b, gt *out) {
  return guarded([&] {
    auto bias = b ? std::optional<at::Tensor>(T(b)) : std::nullopt;
    if (!takes(T(x), T(w), optional_tensor(b))) {
      *out = box(at::linear(T(x), T(w), bias));
      return;
    }
    auto in = T(x).contiguous();
    bool learns = at::GradMode::is_enabled() && (in.requires_grad() || T(w).requires_grad() || (b && T(b).requires_grad()));
    // An undefined tensor is no operand of a function with a gradient.
    *out = box(learns ? Function::apply(in, T(w), b ? T(b) : at::empty({0}, in.options())) : product(in, T(w), bias));
  });
}
