// The padding of panoramas as an op with a gradient: one pass each way, where
// flips, rolls and joins are six. It keeps the layout, channels first or last or
// in blocks.
#include "blocks.h"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <map>
#include <mutex>

namespace {

// Rows are runs of w texels of as many numbers as lie together: all channels of
// a texel where they are last, 16 in blocks, else one.
struct Layout {
  int64_t planes, h, w, together, p;

  int64_t row() const { return w * together; }
  int64_t padded_row() const { return (w + 2 * p) * together; }
  int64_t margin() const { return p * together; }
  int64_t half() const { return w / 2 * together; }

  // Of a padded row, the map's row that it shows, and whether it is seen over
  // a pole, half a turn away.
  int64_t source(int64_t r, bool *over) const {
    r -= p;
    *over = r < 0 || r >= h;
    return r < 0 ? -1 - r : r >= h ? 2 * h - 1 - r : r;
  }
};

bool channels_last(const at::Tensor &x) {
  return x.is_contiguous(at::MemoryFormat::ChannelsLast) && !x.is_contiguous();
}

// layout is that of a map that is padded by p, h rows of w texels without it.
Layout layout(const at::Tensor &x, int64_t h, int64_t w, int64_t p) {
  if (channels_last(x))
    return {x.size(0), h, w, x.size(1), p};
  return {x.size(0) * x.size(1), h, w, blocks::are(x) ? x.size(4) : 1, p};
}

// shown is, of each texel of a padded map, the texel of the map that it shows. It is
// kept for good: a device is not to wait for it in every layer, and a recorded
// step may not copy it.
at::Tensor shown(int64_t h, int64_t w, int64_t p, at::Device device) {
  using Key = std::tuple<int64_t, int64_t, int64_t, int>;
  static std::mutex mutex;
  static auto &kept = *new std::map<Key, at::Tensor>; // never freed: CUDA may be gone before it
  std::lock_guard<std::mutex> lock(mutex);
  auto &index = kept[Key{h, w, p, device.is_cuda() ? device.index() : -1}];
  if (index.defined())
    return index;
  Layout l{1, h, w, 1, p};
  auto list = at::empty({(h + 2 * p) * (w + 2 * p)}, at::kLong);
  auto *at = list.data_ptr<int64_t>();
  for (int64_t r = 0; r < h + 2 * p; r++) {
    bool over;
    int64_t y = l.source(r, &over);
    for (int64_t c = 0; c < w + 2 * p; c++)
      *at++ = y * w + (c - p + (over ? w / 2 : 0) + w) % w;
  }
  return index = list.to(device);
}

// by_index is the padding where there is no kernel of our own: one pass, by the
// list of the texels that are shown, in either layout.
at::Tensor by_index(const at::Tensor &x, int64_t p) {
  int64_t n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
  auto index = shown(h, w, p, x.device());
  if (channels_last(x))
    return x.permute({0, 2, 3, 1}).reshape({n, h * w, c}).index_select(1, index).view({n, h + 2 * p, w + 2 * p, c}).permute({0, 3, 1, 2});
  return x.reshape({n, c, h * w}).index_select(2, index).view({n, c, h + 2 * p, w + 2 * p});
}

// laid is a map of h rows of w texels that lies as x does.
at::Tensor laid(const at::Tensor &x, int64_t h, int64_t w) {
  auto shape = x.sizes().vec();
  shape[2] = h;
  shape[3] = w;
  return at::empty(shape, x.options(), channels_last(x) ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
}

const int64_t grain = 1 << 15; // numbers that are worth a thread

at::Tensor padded(const at::Tensor &x, int64_t p) {
  auto in = channels_last(x) ? x : x.contiguous();
  auto y = laid(x, x.size(2) + 2 * p, x.size(3) + 2 * p);
  auto l = layout(x, x.size(2), x.size(3), p);
  auto size = static_cast<int64_t>(x.element_size());
  auto *from = static_cast<const char *>(in.const_data_ptr());
  auto *to = static_cast<char *>(y.mutable_data_ptr());
  int64_t rows = l.h + 2 * p, row = l.row() * size, margin = l.margin() * size, half = l.half() * size;
  at::parallel_for(0, l.planes * rows, std::max<int64_t>(1, grain / l.padded_row()), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      bool over;
      const char *src = from + (i / rows * l.h + l.source(i % rows, &over)) * row;
      char *dst = to + i * (row + 2 * margin);
      if (over) {
        std::memcpy(dst + margin, src + row - half, half);
        std::memcpy(dst + margin + half, src, row - half);
      } else {
        std::memcpy(dst + margin, src, row);
      }
      std::memcpy(dst, dst + row, margin);
      std::memcpy(dst + margin + row, dst + margin, margin);
    }
  });
  return y;
}

// folded sums what the padding showed of each texel: the transpose of padded.
at::Tensor folded(const at::Tensor &g, int64_t p) {
  auto in = channels_last(g) ? g : g.contiguous();
  int64_t h = g.size(2) - 2 * p, w = g.size(3) - 2 * p;
  auto d = laid(g, h, w);
  auto l = layout(g, h, w, p);
  AT_DISPATCH_FLOATING_TYPES_AND2(at::kBFloat16, at::kHalf, g.scalar_type(), "panorama_pad", [&] {
    auto *from = static_cast<const scalar_t *>(in.const_data_ptr());
    auto *to = static_cast<scalar_t *>(d.mutable_data_ptr());
    int64_t row = l.row(), wide = l.padded_row(), margin = l.margin(), half = l.half();
    auto fold = [&](scalar_t *dst, const scalar_t *src) { // [w+2p] to [w]
      std::memcpy(dst, src + margin, row * sizeof(scalar_t));
      for (int64_t k = 0; k < margin; k++)
        dst[k] += src[margin + row + k];
      for (int64_t k = 0; k < margin; k++)
        dst[row - margin + k] += src[k];
    };
    at::parallel_for(0, l.planes, std::max<int64_t>(1, grain / (row * h)), [&](int64_t begin, int64_t end) {
      std::vector<scalar_t> over(row);
      for (int64_t plane = begin; plane < end; plane++) {
        const scalar_t *src = from + plane * (h + 2 * p) * wide;
        scalar_t *dst = to + plane * h * row;
        for (int64_t r = 0; r < h; r++)
          fold(dst + r * row, src + (r + p) * wide);
        for (int64_t k = 0; k < 2 * p; k++) {
          bool turned;
          int64_t r = k < p ? k : h + k; // a padded row beyond a pole
          scalar_t *at = dst + l.source(r, &turned) * row;
          fold(over.data(), src + r * wide);
          for (int64_t j = 0; j < half; j++)
            at[row - half + j] += over[j];
          for (int64_t j = half; j < row; j++)
            at[j - half] += over[j];
        }
      }
    });
  });
  return d;
}

struct Fold;

struct Pad : torch::autograd::Function<Pad> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, int64_t p) {
    context->saved_data["p"] = p;
    return padded(x, p);
  }
  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list gs);
};

struct Fold : torch::autograd::Function<Fold> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &g, int64_t p) {
    context->saved_data["p"] = p;
    return folded(g, p);
  }
  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list gs) {
    return {Pad::apply(gs[0], context->saved_data["p"].toInt()), at::Tensor()};
  }
};

torch::autograd::tensor_list Pad::backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list gs) {
  return {Fold::apply(gs[0], context->saved_data["p"].toInt()), at::Tensor()};
}

} // namespace

extern "C" {

gerr gs_panorama_pad(gt in, int64_t p, int indexed, gt *out) {
  return guarded([&] {
    const auto &x = T(in);
    bool in_blocks = blocks::are(x) && x.is_cpu() && at::isFloatingType(x.scalar_type());
    TORCH_CHECK((x.dim() == 4 || in_blocks) && x.size(3) % 2 == 0 && p >= 0 && p <= x.size(2) && p <= x.size(3), "the map is ", x.sizes(),
                ", padded by ", p, ", want [N, C, H, W] with an even W and a padding of at most H and W");
    if (p == 0)
      *out = box(at::alias(x));
    else if (!in_blocks && (indexed || !x.is_cpu() || !at::isFloatingType(x.scalar_type()) || x.numel() == 0))
      *out = box(by_index(x, p));
    else
      *out = box(at::GradMode::is_enabled() && x.requires_grad() ? Pad::apply(x, p) : padded(x, p));
  });
}

gerr gs_channels_last(gt x, gt *out) {
  return guarded([&] { *out = box(T(x).contiguous(at::MemoryFormat::ChannelsLast)); });
}

} // extern "C"
