// Maps in blocks: [N,C/16,H,W,16], the 16 channels of a block side by side at
// each texel. So do oneDNN's convolutions, of f32 and without AMX of bf16, read
// and write maps where a vector holds 16 floats; a map in rows, [N,C,H,W], is
// brought into blocks before and back after each of a convolution's three passes.
#pragma once
#include "guard.h"

namespace blocks {

const int64_t lanes = 16;

inline bool are(const at::Tensor &x) { return x.dim() == 5 && x.size(4) == lanes; }

// from_rows takes [N,C,H,W] to blocks, rows brings them back. Gradients flow through.
inline at::Tensor from_rows(const at::Tensor &x) {
  return x.reshape({x.size(0), x.size(1) / lanes, lanes, x.size(2), x.size(3)}).permute({0, 1, 3, 4, 2}).contiguous();
}
inline at::Tensor rows(const at::Tensor &x) {
  return x.permute({0, 1, 4, 2, 3}).reshape({x.size(0), x.size(1) * lanes, x.size(2), x.size(3)});
}

// once tells whoever differentiates a gradient that it has none.
inline void once() {
  TORCH_CHECK(!at::GradMode::is_enabled(), "the gradient of a layer on maps in blocks has no gradient of its own: bring the map into rows first");
}

} // namespace blocks
