// Tensors in and out of Go's memory, and their gradients.
#include "guard.h"
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace {

// Copies of this many bytes pass the caches by: they would only be driven out
// of them, and what is written is read from memory first otherwise, which makes
// three transfers of two.
const size_t stream_from = 1 << 20;

void stream(char *to, const char *from, size_t n) {
#ifdef __SSE2__
  size_t head = std::min(n, -reinterpret_cast<uintptr_t>(to) % 64);
  std::memcpy(to, from, head);
  to += head, from += head, n -= head;
  for (; n >= 64; n -= 64, to += 64, from += 64)
    for (int i = 0; i < 4; i++)
      _mm_stream_si128(reinterpret_cast<__m128i *>(to) + i, _mm_loadu_si128(reinterpret_cast<const __m128i *>(from) + i));
  _mm_sfence(); // the stores are seen by whoever is told that they are done
#endif
  std::memcpy(to, from, n);
}

// stream_into copies large blocks of memory, and tells whether it did.
bool stream_into(const at::Tensor &dst, const at::Tensor &src) {
  auto plain = [](const at::Tensor &t) { return t.is_cpu() && t.layout() == at::kStrided && t.is_contiguous() && !t.is_neg() && !t.is_conj(); };
  if (!plain(dst) || !plain(src) || dst.scalar_type() != src.scalar_type() || dst.nbytes() < stream_from || dst.is_alias_of(src))
    return false;
  auto to = static_cast<char *>(dst.data_ptr());
  auto from = static_cast<const char *>(src.const_data_ptr());
  at::parallel_for(0, static_cast<int64_t>(dst.nbytes()), stream_from / 2,
                   [&](int64_t begin, int64_t end) { stream(to + begin, from + begin, end - begin); });
  dst.unsafeGetTensorImpl()->bump_version();
  return true;
}

} // namespace

extern "C" {

void gs_free_many(gt *ts, int n) {
  for (int i = 0; i < n; i++)
    delete static_cast<at::Tensor *>(ts[i]);
}

gerr gs_alias(gt x, gt *out) {
  return guarded([&] { *out = box(T(x)); });
}

gerr gs_from_data(const void *data, const int64_t *shape, int dims, int dtype, int device, gt *out) {
  return guarded([&] {
    auto sizes = ints(shape, dims);
    if (device >= 0) {
      // Through a page-locked buffer the processor does not wait for the copy.
      // libtorch keeps such buffers, and hands one out again when the device is
      // done with it.
      auto to = device_of(device);
      auto locked = at::empty(sizes, options(dtype, -1).pinned_memory(true));
      if (locked.nbytes() > 0)
        std::memcpy(locked.data_ptr(), data, locked.nbytes());
      *out = box(locked.to(to, /*non_blocking=*/true));
      return;
    }
    auto t = at::empty(sizes, options(dtype, device));
    if (t.nbytes() > 0)
      std::memcpy(t.data_ptr(), data, t.nbytes());
    *out = box(t);
  });
}

gerr gs_copy_out(gt x, void *dst, size_t bytes) {
  return guarded([&] {
    auto t = T(x).detach().to(at::kCPU).contiguous();
    TORCH_CHECK(t.nbytes() == bytes, "the tensor holds ", t.nbytes(), " bytes, want ", bytes);
    std::memcpy(dst, t.data_ptr(), bytes);
  });
}

gerr gs_memory(gt x, void **data, size_t *bytes) {
  return guarded([&] {
    TORCH_CHECK(T(x).device().is_cpu() && T(x).is_contiguous(), "want a contiguous tensor on the CPU");
    *data = T(x).data_ptr();
    *bytes = T(x).nbytes();
  });
}

gerr gs_copy_into(gt dst, gt src) {
  return guarded([&] {
    at::NoGradGuard off;
    TORCH_CHECK(T(dst).sizes() == T(src).sizes(), "shape is ", T(src).sizes(), ", want ", T(dst).sizes());
    if (!stream_into(T(dst), T(src)))
      T(dst).copy_(T(src));
  });
}

gerr gs_item(gt x, double *out) {
  return guarded([&] { *out = T(x).item().toDouble(); });
}

int gs_dims(gt x) { return static_cast<int>(T(x).dim()); }

void gs_meta(gt x, int64_t *shape, int *dims, int *dtype, int *device, int *grad) {
  const auto &t = T(x);
  *dims = static_cast<int>(t.dim());
  for (int i = 0; i < *dims; i++)
    shape[i] = t.size(i);
  *dtype = static_cast<int>(t.scalar_type());
  *device = t.device().is_cuda() ? t.device().index() : -1;
  *grad = t.requires_grad();
}

gerr gs_to(gt x, int dtype, int device, gt *out) {
  return guarded([&] { *out = box(T(x).to(device_of(device), type_of(dtype))); });
}

gerr gs_clone(gt x, gt *out) {
  return guarded([&] { *out = box(T(x).clone()); });
}

gerr gs_set_requires_grad(gt x, int on) {
  return guarded([&] { T(x).set_requires_grad(on); });
}

int gs_grad_mode(int on) {
  int was = at::GradMode::is_enabled();
  at::GradMode::set_enabled(on);
  return was;
}

gerr gs_backward(gt y, gt seed, int keep_graph) {
  return guarded([&] { T(y).backward(optional_tensor(seed), keep_graph != 0); });
}

gerr gs_grad(gt y, gt seed, gt *inputs, int n, int keep_graph, int create_graph, gt *out) {
  return guarded([&] {
    torch::autograd::variable_list xs, seeds;
    for (int i = 0; i < n; i++)
      xs.push_back(T(inputs[i]));
    if (seed)
      seeds.push_back(T(seed));
    auto gs = torch::autograd::grad({T(y)}, xs, seeds, keep_graph || create_graph, create_graph, true);
    for (int i = 0; i < n; i++)
      if (!gs[i].defined())
        gs[i] = at::zeros_like(xs[i]);
    for (int i = 0; i < n; i++)
      out[i] = box(gs[i]);
  });
}

gerr gs_grad_of(gt x, gt *out) {
  return guarded([&] {
    auto g = T(x).grad();
    *out = box(g.defined() ? g : at::zeros_like(T(x)));
  });
}

gerr gs_zero_grad(gt *ps, int n) {
  return guarded([&] {
    for (int i = 0; i < n; i++)
      T(ps[i]).mutable_grad().reset();
  });
}

static std::vector<at::Tensor> grads_of(gt *ps, int n) {
  std::vector<at::Tensor> gs;
  for (int i = 0; i < n; i++)
    if (T(ps[i]).grad().defined())
      gs.push_back(T(ps[i]).grad());
  return gs;
}

// As torch.nn.utils.clip_grad_norm_: the norm of the norms, then one factor. All of
// it stays on the device.
gerr gs_clip_grad_norm(gt *ps, int n, double max_norm, int device, gt *norm) {
  return guarded([&] {
    at::NoGradGuard off;
    auto gs = grads_of(ps, n);
    if (gs.empty()) {
      *norm = box(at::zeros({}, options(static_cast<int>(at::kFloat), device)));
      return;
    }
    auto total = at::linalg_vector_norm(at::stack(at::_foreach_norm(gs, 2)), 2);
    if (max_norm > 0)
      at::_foreach_mul_(gs, at::clamp(max_norm / (total + 1e-6), std::nullopt, 1.0));
    *norm = box(total);
  });
}

gerr gs_scale_grad(gt *ps, int n, double by) {
  return guarded([&] {
    at::NoGradGuard off;
    auto gs = grads_of(ps, n);
    if (!gs.empty())
      at::_foreach_mul_(gs, by);
  });
}

// Parameters without a gradient are left alone, as PyTorch leaves them.
gerr gs_fused_adamw(gt *ps, gt *ms, gt *vs, gt *steps, int n, double lr, gt rate, gt norm, double b1, double b2, double eps, double decay) {
  return guarded([&] {
    at::NoGradGuard off;
    std::vector<at::Tensor> p, g, m, v, s;
    for (int i = 0; i < n; i++) {
      if (!T(ps[i]).grad().defined())
        continue;
      p.push_back(T(ps[i]));
      g.push_back(T(ps[i]).grad());
      m.push_back(T(ms[i]));
      v.push_back(T(vs[i]));
      s.push_back(T(steps[i]));
    }
    if (p.empty())
      return;
    // What the kernel calls inf is anything that is no number: it then leaves all
    // as it is, and the count of steps is taken back.
    std::optional<at::Tensor> bad;
    if (norm)
      bad = at::logical_not(at::isfinite(T(norm))).to(at::kFloat);
    at::_foreach_add_(s, 1);
    if (rate)
      at::_fused_adamw_(p, g, m, v, {}, s, T(rate), b1, b2, decay, eps, false, false, std::nullopt, bad);
    else
      at::_fused_adamw_(p, g, m, v, {}, s, lr, b1, b2, decay, eps, false, false, std::nullopt, bad);
    if (bad)
      at::_foreach_sub_(s, std::vector<at::Tensor>(s.size(), *bad));
  });
}

gerr gs_lerp_into(gt *dst, gt *src, int n, double weight) {
  return guarded([&] {
    at::NoGradGuard off;
    std::vector<at::Tensor> d, s;
    for (int i = 0; i < n; i++) {
      d.push_back(T(dst[i]));
      s.push_back(T(src[i]));
    }
    at::_foreach_lerp_(d, s, weight);
  });
}

} // extern "C"
