// The sums of a group norm, with a vector of 16 channels for each texel.
#pragma GCC optimize("O3", "no-trapping-math", "no-math-errno")
#include "kernel_group_norm.h"
#include "vectorised.h"

#include <algorithm>
#include <cmath>

namespace {

const int64_t lanes = GroupNorm::lanes;
typedef float Lanes __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float)), may_alias));

inline __attribute__((always_inline)) Lanes &texel(float *p, int64_t i) { return reinterpret_cast<Lanes *>(p)[i]; }
inline __attribute__((always_inline)) const Lanes &texel(const float *p, int64_t i) { return reinterpret_cast<const Lanes *>(p)[i]; }

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

} // namespace

// Both go by runs of blocks that hold whole groups.

VECTORISED void GroupNorm::forward(const float *x, const float *w, const float *b, float *y, float *mean, float *scale) const {
  int64_t run = std::max<int64_t>(1, width / lanes), of_block = std::min(width, lanes), n = run * texels;
  for (int64_t first = 0; first < blocks; first += run) {
    const float *from = x + first * texels * lanes;
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
      const float *of = x + block * texels * lanes;
      float *to = y + block * texels * lanes;
      for (int64_t i = 0; i < texels; i++)
        texel(to, i) = texel(of, i) * gain + shift;
    }
  }
}

VECTORISED void GroupNorm::backward(const float *g, const float *x, const float *w, const float *mean, const float *scale, float *to_x,
                                    float *to_w, float *to_b) const {
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
      const float *slope = g + block * texels * lanes, *of = x + block * texels * lanes;
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
      const float *slope = g + block * texels * lanes, *of = x + block * texels * lanes;
      float *to = to_x + block * texels * lanes;
      for (int64_t i = 0; i < texels; i++)
        texel(to, i) = texel(slope, i) * gain + texel(of, i) * bend + shift;
    }
  }
}
