// The sums of a group norm, with a vector of 16 channels for each texel.
#pragma GCC optimize("O3", "no-trapping-math", "no-math-errno")
#pragma GCC diagnostic ignored "-Wpsabi" // whatever returns a vector is inlined
#include "kernel_group_norm.h"
#include "vectorised.h"

#include <algorithm>
#include <cmath>

namespace {

const int64_t lanes = GroupNorm::lanes;
typedef float Lanes __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float)), may_alias));

typedef uint16_t Halves __attribute__((vector_size(lanes * sizeof(uint16_t)), aligned(sizeof(uint16_t)), may_alias)); // bf16
typedef uint32_t Words __attribute__((vector_size(lanes * sizeof(uint32_t))));

inline __attribute__((always_inline)) Lanes &texel(float *p, int64_t i) { return reinterpret_cast<Lanes *>(p)[i]; }
inline __attribute__((always_inline)) Lanes texel(const float *p, int64_t i) { return reinterpret_cast<const Lanes *>(p)[i]; }
inline __attribute__((always_inline)) Lanes texel(const uint16_t *p, int64_t i) {
  return (Lanes)(__builtin_convertvector(reinterpret_cast<const Halves *>(p)[i], Words) << 16);
}

inline __attribute__((always_inline)) void put(float *p, int64_t i, Lanes x) { reinterpret_cast<Lanes *>(p)[i] = x; }
inline __attribute__((always_inline)) void put(uint16_t *p, int64_t i, Lanes x) { // to nearest, ties to even; NaN stays NaN
  Words b = (Words)x, rounded = (b + 0x7fffU + ((b >> 16) & 1U)) >> 16;
  reinterpret_cast<Halves *>(p)[i] = __builtin_convertvector(x == x ? rounded : 0x7fc0U + 0 * b, Halves);
}

// sum adds up term(i) for 0 ≤ i < n: four sums in turns, so that none waits for
// the one before it.
template <class Term> inline __attribute__((always_inline)) void sum(int64_t n, float *to, Term term) {
  Lanes a = {}, b = {}, c = {}, d = {};
  int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    term(a, i);
    term(b, i + 1);
    term(c, i + 2);
    term(d, i + 3);
  }
  for (; i < n; i++)
    term(a, i);
  texel(to, 0) = (a + b) + (c + d);
}

// share gives each channel of a group the sum over the group.
inline void share(float *sums, int64_t width) {
  for (int64_t first = 0; first < lanes; first += width) {
    double all = 0;
    for (int64_t i = first; i < first + width; i++)
      all += sums[i];
    for (int64_t i = first; i < first + width; i++)
      sums[i] = static_cast<float>(all);
  }
}

// Both go by runs of blocks that hold whole groups.

template <class E>
inline __attribute__((always_inline)) void forwardOf(const GroupNorm &k, const E *x, const float *w, const float *b, E *y, float *mean, float *scale) {
  const auto [blocks, texels, width, eps] = k;
  int64_t run = std::max<int64_t>(1, width / lanes), of_block = std::min(width, lanes), n = run * texels;
  for (int64_t first = 0; first < blocks; first += run) {
    const E *from = x + first * texels * lanes;
    float m[lanes], s[lanes];
    sum(n, m, [&](Lanes &to, int64_t i) { to += texel(from, i); });
    share(m, of_block);
    for (auto &v : m)
      v /= static_cast<float>(width * texels);
    Lanes middle = texel(m, 0);
    sum(n, s, [&](Lanes &to, int64_t i) {
      Lanes off = texel(from, i) - middle;
      to += off * off;
    });
    share(s, of_block);
    for (auto &v : s)
      v = 1 / std::sqrt(v / static_cast<float>(width * texels) + eps);
    for (int64_t i = 0; i < lanes; i += of_block) {
      *mean++ = m[i];
      *scale++ = s[i];
    }
    for (int64_t block = first; block < first + run; block++) {
      Lanes gain = texel(s, 0) * texel(w, block), shift = texel(b, block) - middle * gain;
      const E *of = x + block * texels * lanes;
      E *to = y + block * texels * lanes;
      for (int64_t i = 0; i < texels; i++)
        put(to, i, texel(of, i) * gain + shift);
    }
  }
}

template <class E>
inline __attribute__((always_inline)) void backwardOf(const GroupNorm &k, const E *g, const E *x, const float *w, const float *mean,
                                                      const float *scale, E *to_x, float *to_w, float *to_b) {
  const auto [blocks, texels, width, eps] = k;
  int64_t run = std::max<int64_t>(1, width / lanes), of_block = std::min(width, lanes);
  for (int64_t first = 0; first < blocks; first += run) {
    float m[lanes], s[lanes], over_b[lanes] = {}, over_w[lanes] = {};
    for (int64_t i = 0; i < lanes; i++) {
      m[i] = mean[i / of_block];
      s[i] = scale[i / of_block];
    }
    mean += lanes / of_block;
    scale += lanes / of_block;
    Lanes middle = texel(m, 0), steep = texel(s, 0);
    for (int64_t block = first; block < first + run; block++) {
      const E *slope = g + block * texels * lanes, *of = x + block * texels * lanes;
      sum(texels, to_b + block * lanes, [&](Lanes &to, int64_t i) { to += texel(slope, i); });
      sum(texels, to_w + block * lanes, [&](Lanes &to, int64_t i) { to += texel(slope, i) * (texel(of, i) - middle); });
      texel(to_w, block) *= steep;
      texel(over_b, 0) += texel(w, block) * texel(to_b, block);
      texel(over_w, 0) += texel(w, block) * texel(to_w, block);
    }
    share(over_b, of_block);
    share(over_w, of_block);
    // With n = (x − mean)·scale the gradient is scale·(w·g − Σw·g/N − n·Σw·g·n/N).
    float count = static_cast<float>(width * texels);
    Lanes bend = texel(over_w, 0) * steep * steep / -count, shift = texel(over_b, 0) * steep / -count - middle * bend;
    for (int64_t block = first; block < first + run; block++) {
      Lanes gain = steep * texel(w, block);
      const E *slope = g + block * texels * lanes, *of = x + block * texels * lanes;
      E *to = to_x + block * texels * lanes;
      for (int64_t i = 0; i < texels; i++)
        put(to, i, texel(slope, i) * gain + texel(of, i) * bend + shift);
    }
  }
}

} // namespace

VECTORISED void GroupNorm::forward(const float *x, const float *w, const float *b, float *y, float *mean, float *scale) const {
  forwardOf(*this, x, w, b, y, mean, scale);
}
VECTORISED void GroupNorm::forward(const uint16_t *x, const float *w, const float *b, uint16_t *y, float *mean, float *scale) const {
  forwardOf(*this, x, w, b, y, mean, scale);
}
VECTORISED void GroupNorm::backward(const float *g, const float *x, const float *w, const float *mean, const float *scale, float *to_x,
                                    float *to_w, float *to_b) const {
  backwardOf(*this, g, x, w, mean, scale, to_x, to_w, to_b);
}
VECTORISED void GroupNorm::backward(const uint16_t *g, const uint16_t *x, const float *w, const float *mean, const float *scale,
                                    uint16_t *to_x, float *to_w, float *to_b) const {
  backwardOf(*this, g, x, w, mean, scale, to_x, to_w, to_b);
}
