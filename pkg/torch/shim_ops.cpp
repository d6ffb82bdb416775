// Ops that gotch lacks, or makes dear by boxing its scalars.
#include "guard.h"

extern "C" {

gerr gs_add_scaled(gt x, gt y, double by, gt *out) {
  return guarded([&] { *out = box(at::add(T(x), T(y), by)); });
}
gerr gs_add_scalar(gt x, double a, gt *out) {
  return guarded([&] { *out = box(at::add(T(x), a)); });
}
gerr gs_mul_scalar(gt x, double a, gt *out) {
  return guarded([&] { *out = box(at::mul(T(x), a)); });
}
gerr gs_pow_scalar(gt x, double a, gt *out) {
  return guarded([&] { *out = box(at::pow(T(x), a)); });
}
gerr gs_clamp(gt x, double lo, double hi, gt *out) {
  return guarded([&] { *out = box(at::clamp(T(x), lo, hi)); });
}
gerr gs_lerp(gt x, gt y, double w, gt *out) {
  return guarded([&] { *out = box(at::lerp(T(x), T(y), w)); });
}
gerr gs_greater(gt x, double a, gt *out) {
  return guarded([&] { *out = box(at::gt(T(x), a)); });
}

gerr gs_full(const int64_t *shape, int dims, double a, int dtype, int device, gt *out) {
  return guarded([&] { *out = box(at::full(ints(shape, dims), a, options(dtype, device))); });
}
gerr gs_arange(double from, double to, double step, int dtype, int device, gt *out) {
  return guarded([&] { *out = box(at::arange(from, to, step, options(dtype, device))); });
}

// No dims means all of them.
static at::OptionalIntArrayRef some(const int64_t *dims, int n) {
  return n == 0 ? at::OptionalIntArrayRef() : at::OptionalIntArrayRef(ints(dims, n));
}
gerr gs_sum(gt x, const int64_t *dims, int n, int keep, gt *out) {
  return guarded([&] { *out = box(at::sum(T(x), some(dims, n), keep)); });
}
gerr gs_mean(gt x, const int64_t *dims, int n, int keep, gt *out) {
  return guarded([&] { *out = box(at::mean(T(x), some(dims, n), keep)); });
}
gerr gs_var(gt x, const int64_t *dims, int n, int keep, int correction, gt *out) {
  return guarded([&] { *out = box(at::var(T(x), some(dims, n), at::Scalar(correction), keep)); });
}
gerr gs_norm(gt x, const int64_t *dims, int n, int keep, gt *out) {
  return guarded([&] { *out = box(at::linalg_vector_norm(T(x), 2, some(dims, n), keep)); });
}
gerr gs_amax(gt x, const int64_t *dims, int n, int keep, gt *out) {
  return guarded([&] { *out = box(at::amax(T(x), ints(dims, n), keep)); });
}
gerr gs_amin(gt x, const int64_t *dims, int n, int keep, gt *out) {
  return guarded([&] { *out = box(at::amin(T(x), ints(dims, n), keep)); });
}

gerr gs_log_softmax(gt x, int64_t dim, gt *out) {
  return guarded([&] { *out = box(at::log_softmax(T(x), dim)); });
}
gerr gs_topk(gt x, int64_t k, int64_t dim, gt *values, gt *indices) {
  return guarded([&] {
    auto [v, i] = at::topk(T(x), k, dim);
    *values = box(v);
    *indices = box(i);
  });
}

gerr gs_squeeze(gt x, int64_t dim, gt *out) {
  return guarded([&] {
    TORCH_CHECK(T(x).size(dim) == 1, "dimension ", dim, " is ", T(x).size(dim), ", want 1");
    *out = box(at::squeeze(T(x), dim));
  });
}
gerr gs_chunk(gt x, int64_t n, int64_t dim, gt *out) {
  return guarded([&] {
    auto parts = at::split(T(x), T(x).size(dim) / n, dim);
    TORCH_CHECK(static_cast<int64_t>(parts.size()) == n, "got ", parts.size(), " parts, want ", n);
    for (int64_t i = 0; i < n; i++)
      out[i] = box(parts[i]);
  });
}

// The CPU's fused kernel takes two to three times as long backward in 16 bits as
// in 32, and no less forward; there 16 bits are widened, and the result narrowed.
gerr gs_sdpa(gt q, gt k, gt v, gt mask, int causal, double scale, gt *out) {
  return guarded([&] {
    auto type = T(q).scalar_type();
    bool widen = T(q).is_cpu() && at::isReducedFloatingType(type);
    auto operand = [&](gt x) { return widen && T(x).is_floating_point() ? T(x).to(at::kFloat) : T(x); };
    std::optional<c10::impl::ExcludeDispatchKeyGuard> no_autocast;
    if (widen)
      no_autocast.emplace(c10::autocast_dispatch_keyset);
    auto y = at::scaled_dot_product_attention(
        operand(q), operand(k), operand(v), mask ? std::optional<at::Tensor>(operand(mask)) : std::nullopt, 0.0, causal,
        scale > 0 ? std::optional<double>(scale) : std::nullopt);
    *out = box(widen ? y.to(type) : y);
  });
}

gerr gs_resize(gt x, int64_t h, int64_t w, int mode, gt *out) {
  return guarded([&] {
    const int64_t size[2] = {h, w};
    switch (mode) {
    case 'n': *out = box(at::upsample_nearest2d(T(x), size)); break;
    case 'l': *out = box(at::upsample_bilinear2d(T(x), size, false)); break;
    case 'c': *out = box(at::upsample_bicubic2d(T(x), size, false)); break;
    case 'L': *out = box(at::_upsample_bilinear2d_aa(T(x), size, false)); break;
    default: TORCH_CHECK(false, "no resize mode ", mode);
    }
  });
}
gerr gs_relu(gt x, gt *out) {
  return guarded([&] { *out = box(at::relu(T(x))); });
}
gerr gs_gelu(gt x, gt *out) {
  return guarded([&] { *out = box(at::gelu(T(x))); });
}
gerr gs_normalize(gt x, int64_t dim, double eps, gt *out) {
  return guarded([&] {
    const int64_t dims[1] = {dim};
    *out = box(T(x) / at::linalg_vector_norm(T(x), 2, at::IntArrayRef(dims), true).clamp_min(eps));
  });
}

gerr gs_svd(gt x, gt *u, gt *s, gt *vh) {
  return guarded([&] {
    auto [a, b, c] = at::linalg_svd(T(x), /*full_matrices=*/false);
    *u = box(a);
    *s = box(b);
    *vh = box(c);
  });
}
gerr gs_qr(gt x, gt *q, gt *r) {
  return guarded([&] {
    auto [a, b] = at::linalg_qr(T(x));
    *q = box(a);
    *r = box(b);
  });
}

} // extern "C"
