#pragma once

#include <cstdint>

// GroupNorm, on one map in blocks: [blocks,texels,16] for 16·blocks channels, of
// floats or of bf16's bits. A group's channels, width of them, divide 16 or are a
// multiple of it. Sums of a group are kept as its mean and the reciprocal of its
// deviation, [groups].
struct GroupNorm {
  int64_t blocks, texels, width;
  float eps;

  static const int64_t lanes = 16;
  int64_t groups() const { return blocks * lanes / width; }

  void forward(const float *x, const float *w, const float *b, float *y, float *mean, float *scale) const;
  void forward(const uint16_t *x, const float *w, const float *b, uint16_t *y, float *mean, float *scale) const;
  // to_x is the gradient of x; to_w and to_b are those of w and b of this map
  // alone. Each is [16·blocks].
  void backward(const float *g, const float *x, const float *w, const float *mean, const float *scale, float *to_x, float *to_w, float *to_b) const;
  void backward(const uint16_t *g, const uint16_t *x, const float *w, const float *mean, const float *scale, uint16_t *to_x, float *to_w,
                float *to_b) const;
};
