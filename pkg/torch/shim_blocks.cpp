// Convolutions of maps in blocks (blocks.h), and group norms between them.
//
// libtorch holds what oneDNN lays out in opaque tensors, whose layout is a string
// of bytes, "metadata". Here the memory of an opaque tensor is lent to a plain one,
// and that of a plain one to an opaque one. The metadata of a size is learnt from
// what oneDNN itself makes of a map of that size, and is held against blocks.
#include "blocks.h"
#include "kernel_group_norm.h"

#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/inductor/aoti_torch/c/shim.h>

#include <map>
#include <mutex>

namespace {

using blocks::lanes;
using Size = std::vector<int64_t>; // N, C, H, W

Size size_of(const at::Tensor &x) {
  return blocks::are(x) ? Size{x.size(0), x.size(1) * lanes, x.size(2), x.size(3)} : x.sizes().vec();
}

void *memory(const at::Tensor &opaque) {
  void *at = nullptr;
  auto handle = reinterpret_cast<AtenTensorHandle>(const_cast<at::Tensor *>(&opaque));
  TORCH_CHECK(aoti_torch_get_data_ptr(handle, &at) == 0 && at, "an opaque tensor has no memory");
  return at;
}

template <class Out> Out ask(const char *op, const at::Tensor &opaque) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(op, "").typed<Out(const at::Tensor &)>().call(opaque);
}

at::Tensor metadata(const at::Tensor &opaque) { return ask<at::Tensor>("mkldnn::_get_mkldnn_serialized_md", opaque); }

// full tells whether an opaque tensor's memory holds its numbers and no more.
bool full(const at::Tensor &opaque) {
  return ask<int64_t>("mkldnn::_nbytes", opaque) == static_cast<int64_t>(opaque.numel() * opaque.element_size());
}

// lend gives the memory of an opaque tensor, which is in blocks, to a plain one.
at::Tensor lend(const at::Tensor &opaque, const Size &s) {
  return at::from_blob(memory(opaque), {s[0], s[1] / lanes, s[2], s[3], lanes}, [opaque](void *) {}, opaque.scalar_type());
}

// probe is the metadata of a size in blocks, learnt from a convolution that changes
// nothing; undefined where oneDNN lays such maps out otherwise.
at::Tensor probe(const Size &s, at::ScalarType type) {
  auto x = at::arange(s[0] * s[1] * s[2] * s[3], at::kFloat).fmod(251).reshape(s).to(type); // bf16 holds integers up to 256
  auto one = at::zeros({s[1], 1, 3, 3}, type);
  one.select(3, 1).select(2, 1).fill_(1);
  const int64_t ones[] = {1, 1};
  auto y = at::mkldnn_convolution(x.to_mkldnn(), one, {}, ones, ones, ones, s[1]);
  return full(y) && lend(y, s).equal(blocks::from_rows(x)) ? metadata(y) : at::Tensor();
}

// layout is the metadata of a size and type in blocks or in rows. It is learnt once.
at::Tensor layout(const Size &s, at::ScalarType type, bool in_blocks) {
  static std::mutex mutex;
  static auto &known = *new std::map<std::tuple<Size, at::ScalarType, bool>, at::Tensor>;
  std::lock_guard<std::mutex> lock(mutex);
  auto [at, fresh] = known.try_emplace({s, type, in_blocks});
  if (fresh) {
    at::NoGradGuard no_grad;
    at->second = in_blocks ? probe(s, type) : metadata(at::empty(s, type).to_mkldnn());
  }
  return at->second;
}

// opaque is a map, in blocks or in rows, for oneDNN; it lends its memory.
at::Tensor opaque(const at::Tensor &x) {
  auto s = size_of(x);
  auto as = layout(s, x.scalar_type(), blocks::are(x));
  if (!as.defined())
    return blocks::rows(x).to_mkldnn();
  auto strides = at::detail::defaultStrides(s);
  AtenTensorHandle made = nullptr;
  auto fault = aoti_torch_create_tensor_from_blob_v2(x.data_ptr(), 4, s.data(), strides.data(), 0, static_cast<int32_t>(x.scalar_type()),
                                                     static_cast<int32_t>(at::kCPU), 0, &made, static_cast<int32_t>(at::Layout::Mkldnn),
                                                     static_cast<const uint8_t *>(as.const_data_ptr()), as.numel());
  TORCH_CHECK(fault == 0 && made, "an opaque tensor of ", x.sizes());
  std::unique_ptr<at::Tensor> owned(reinterpret_cast<at::Tensor *>(made));
  return *owned;
}

// last tells whether an opaque tensor lies with its channels last, as oneDNN makes
// the gradient of a strided convolution. The first of a size is held against its rows.
bool last(const at::Tensor &opaque, const at::Tensor &as, const Size &s) {
  static std::mutex mutex;
  static auto &known = *new std::map<std::pair<Size, at::ScalarType>, at::Tensor>;
  std::lock_guard<std::mutex> lock(mutex);
  auto &want = known[{s, opaque.scalar_type()}];
  if (!want.defined() && full(opaque)) {
    auto rows = opaque.to_dense(), memory = lend(opaque, s);
    bool is = memory.view({s[0], s[2], s[3], s[1]}).permute({0, 3, 1, 2}).equal(rows);
    if (is && !memory.view(s).equal(rows)) // zeros lie alike either way
      want = as;
  }
  return want.defined() && want.equal(as);
}

const int64_t grain = 1 << 11; // runs of 16 numbers that are worth a thread

// gathered brings [N,H,W,C] into blocks, by runs of so many bytes.
template <size_t run> at::Tensor gathered(const at::Tensor &opaque, const Size &s) {
  int64_t count = s[1] / lanes, texels = s[2] * s[3];
  auto y = at::empty({s[0], count, s[2], s[3], lanes}, opaque.scalar_type());
  auto *from = static_cast<const char *>(memory(opaque));
  auto *to = static_cast<char *>(y.mutable_data_ptr());
  at::parallel_for(0, s[0] * count, std::max<int64_t>(1, grain / texels), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++)
      for (int64_t t = 0; t < texels; t++)
        std::memcpy(to + (i * texels + t) * run, from + ((i / count * texels + t) * count + i % count) * run, run);
  });
  return y;
}

// in_blocks is what oneDNN made, in blocks.
at::Tensor in_blocks(const at::Tensor &opaque) {
  auto s = opaque.sizes().vec();
  auto as = metadata(opaque), want = layout(s, opaque.scalar_type(), true);
  if (want.defined() && as.equal(want))
    return lend(opaque, s);
  return !last(opaque, as, s) ? blocks::from_rows(opaque.to_dense())
         : opaque.element_size() == sizeof(float) ? gathered<lanes * sizeof(float)>(opaque, s)
                                                  : gathered<lanes * sizeof(at::BFloat16)>(opaque, s);
}

const int64_t none[] = {0, 0}, ones[] = {1, 1};

struct Convolution : torch::autograd::Function<Convolution> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &w, const at::Tensor &b,
                            int64_t stride) { // b of no elements: none
    context->save_for_backward({x, w});
    context->saved_data["stride"] = stride;
    context->saved_data["bias"] = b.numel() > 0;
    const int64_t strides[] = {stride, stride};
    return in_blocks(at::mkldnn_convolution(opaque(x), w, b.numel() ? std::optional<at::Tensor>(b) : std::nullopt, none, strides, ones, 1));
  }
  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list gs) {
    blocks::once();
    auto saved = context->get_saved_variables();
    const auto &x = saved[0], &w = saved[1];
    int64_t stride = context->saved_data["stride"].toInt();
    bool bias = context->saved_data["bias"].toBool();
    auto g = gs[0].contiguous();
    const int64_t strides[] = {stride, stride}, of_bias[] = {w.size(0)};
    auto [to_x, to_w, to_b] =
        at::convolution_backward(opaque(g), opaque(x), w, bias ? at::OptionalIntArrayRef(of_bias) : at::OptionalIntArrayRef(), strides, none,
                                 ones, false, none, 1, {context->needs_input_grad(0), context->needs_input_grad(1), bias && context->needs_input_grad(2)});
    if (to_x.defined())
      to_x = blocks::are(x) ? in_blocks(to_x) : to_x.to_dense();
    return {to_x, to_w, to_b, at::Tensor()};
  }
};

struct Norm : torch::autograd::Function<Norm> {
  static GroupNorm kernel(const at::Tensor &x, int64_t groups, double eps) {
    return {x.size(1), x.size(2) * x.size(3), x.size(1) * lanes / groups, static_cast<float>(eps)};
  }
  // each calls work for map n of x with what gives that map's numbers in a tensor like x: floats, or the bits of bf16.
  template <class Work> static void each(const at::Tensor &x, Work work) {
    at::parallel_for(0, x.size(0), 1, [&](int64_t begin, int64_t end) {
      int64_t map = x.numel() / x.size(0);
      for (int64_t n = begin; n < end; n++)
        if (x.scalar_type() == at::kFloat)
          work([&](const at::Tensor &t) { return static_cast<float *>(t.data_ptr()) + n * map; }, n);
        else
          work([&](const at::Tensor &t) { return static_cast<uint16_t *>(t.data_ptr()) + n * map; }, n);
    });
  }
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &w, const at::Tensor &b,
                            int64_t groups, double eps) {
    auto y = at::empty_like(x), sums = at::empty({2, x.size(0), groups}, w.options());
    context->save_for_backward({x, w, sums});
    context->saved_data["groups"] = groups;
    context->saved_data["eps"] = eps;
    auto k = kernel(x, groups, eps);
    auto *gain = w.const_data_ptr<float>(), *shift = b.const_data_ptr<float>();
    auto *mean = sums.mutable_data_ptr<float>(), *scale = mean + x.size(0) * groups;
    each(x, [&](auto at, int64_t n) { k.forward(at(x), gain, shift, at(y), mean + n * groups, scale + n * groups); });
    return y;
  }
  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list gs) {
    blocks::once();
    auto saved = context->get_saved_variables();
    const auto &x = saved[0], &w = saved[1], &sums = saved[2];
    int64_t groups = context->saved_data["groups"].toInt();
    auto k = kernel(x, groups, context->saved_data["eps"].toDouble());
    auto g = gs[0].contiguous(), to_x = at::empty_like(x), to_wb = at::empty({2, x.size(0), w.numel()}, w.options());
    int64_t channels = w.numel();
    auto *gain = w.const_data_ptr<float>(), *mean = sums.const_data_ptr<float>(), *scale = mean + x.size(0) * groups;
    auto *to_w = to_wb.mutable_data_ptr<float>(), *to_b = to_w + x.size(0) * channels;
    each(x, [&](auto at, int64_t n) {
      k.backward(at(g), at(x), gain, mean + n * groups, scale + n * groups, at(to_x), to_w + n * channels, to_b + n * channels);
    });
    auto all = to_wb.sum(1);
    return {to_x, all[0], all[1], at::Tensor(), at::Tensor()};
  }
};

// computed is the type in which convolutions take x: its own, or autocast's.
at::ScalarType computed(const at::Tensor &x) {
  return at::autocast::is_autocast_enabled(at::kCPU) ? at::autocast::get_autocast_dtype(at::kCPU) : x.scalar_type();
}

// natural tells whether this machine's convolutions of a type compute in blocks; with AMX those of bf16 do not.
bool natural(at::ScalarType type) {
  static std::mutex mutex;
  static auto &known = *new std::map<at::ScalarType, bool>;
  std::lock_guard<std::mutex> lock(mutex);
  auto [at, fresh] = known.try_emplace(type, false);
  if (fresh) {
    at::NoGradGuard no_grad;
    try {
      auto y = at::mkldnn_convolution(at::ones({1, 64, 5, 7}, type).to_mkldnn(), at::ones({64, 64, 3, 3}, type), {}, none, ones, ones, 1);
      auto blocked = layout({1, 64, 3, 5}, type, true);
      at->second = blocked.defined() && blocked.equal(metadata(y));
    } catch (const c10::Error &) { // oneDNN has no convolution of the type here, as of bf16 without AVX-512
    }
  }
  return at->second;
}

bool held(at::ScalarType type) { return type == at::kFloat || type == at::kBFloat16; }
bool plain(const at::Tensor &x) { return x.is_cpu() && x.layout() == at::kStrided && held(x.scalar_type()); }
bool full_precision(const at::Tensor &x) { return plain(x) && x.scalar_type() == at::kFloat; }

} // namespace

extern "C" {

gerr gs_takes_blocks(gt x, gt w, int *takes) {
  return guarded([&] {
    auto type = computed(T(x));
    *takes = T(x).dim() == 4 && plain(T(x)) && plain(T(w)) && held(type) && type == computed(T(w)) && T(x).numel() > 0 &&
             T(w).size(0) % lanes == 0 && at::hasMKLDNN() && at::globalContext().userEnabledMkldnn() && natural(type);
  });
}

gerr gs_conv2d_blocks(gt in, gt weight, gt bias, int64_t stride, gt *out) {
  return guarded([&] {
    auto taken = [](gt t) { return at::autocast::cached_cast(computed(T(t)), T(t), at::kCPU); };
    auto x = taken(in), w = taken(weight), b = bias ? taken(bias) : at::empty({0});
    TORCH_CHECK(plain(x) && plain(w) && x.scalar_type() == w.scalar_type() && (x.dim() == 4 || blocks::are(x)) && w.dim() == 4 && w.size(0) % lanes == 0,
                "the map is ", x.sizes(), ", the weight ", w.sizes(), ", want both f32 or bf16 on the CPU, a map in rows or blocks, and a multiple of 16 channels");
    *out = box(Convolution::apply(x.contiguous(), w.contiguous(), b, stride));
  });
}

gerr gs_group_norm_blocks(gt x, int64_t groups, gt w, gt b, double eps, gt *out) {
  return guarded([&] {
    TORCH_CHECK(plain(T(x)) && blocks::are(T(x)), "the map is ", T(x).sizes(), ", want f32 or bf16 on the CPU, in blocks");
    int64_t channels = T(x).size(1) * lanes, width = groups > 0 ? channels / groups : 0;
    TORCH_CHECK(width > 0 && channels % groups == 0 && (lanes % width == 0 || width % lanes == 0), groups, " groups of ", channels,
                " channels, want so many that a group's channels divide 16 or are a multiple of it");
    TORCH_CHECK(full_precision(T(w)) && full_precision(T(b)) && T(w).numel() == channels && T(b).numel() == channels, "weight and bias are ", T(w).sizes(), " and ",
                T(b).sizes(), ", want f32, [", channels, "]");
    *out = box(Norm::apply(T(x).contiguous(), T(w).contiguous(), T(b).contiguous(), groups, eps));
  });
}

gerr gs_rows(gt x, gt *out) {
  return guarded([&] { *out = box(blocks::rows(T(x))); });
}

} // extern "C"

#ifndef _OPENMP
#error "at::parallel_for runs on one thread unless this is compiled with -fopenmp"
#endif
