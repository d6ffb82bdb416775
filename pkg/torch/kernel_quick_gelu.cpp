// Loops that the compiler turns into vector instructions.
#pragma GCC optimize("O3", "no-trapping-math", "no-math-errno")
#include "kernel_quick_gelu.h"
#include "vectorised.h"

#include <cstring>

namespace {

template <class To, class From> inline __attribute__((always_inline)) To bits(From x) {
  To y;
  static_assert(sizeof x == sizeof y);
  std::memcpy(&y, &x, sizeof y);
  return y;
}

inline __attribute__((always_inline)) float value(float x) { return x; }
inline __attribute__((always_inline)) float value(uint16_t x) { return bits<float>(static_cast<uint32_t>(x) << 16); }

inline __attribute__((always_inline)) void store(float *to, float x) { *to = x; }
inline __attribute__((always_inline)) void store(uint16_t *to, float x) { // to nearest, ties to even; NaN stays NaN
  uint32_t b = bits<uint32_t>(x);
  uint32_t rounded = (b + 0x7fffU + ((b >> 16) & 1U)) >> 16;
  *to = static_cast<uint16_t>(x == x ? rounded : 0x7fc0U);
}

// sigmoid is within 2e-7 of the true value. e to a power is 2^n·p(r): r is what
// is left of ln 2 (Cody & Waite), p the polynomial of Cephes' expf. From
// x = -88.8 down it is 0.
inline __attribute__((always_inline)) float sigmoid(float x) {
  float k = x * -1.44269504F;
  k = k > 128.F ? 128.F : k;
  k = k < -126.F ? -126.F : k;
  const float shift = 12582912.F; // 1.5·2^23: adding it rounds to an integer
  float shifted = k + shift;
  float n = shifted - shift;
  float t = x < -89.F ? -89.F : x;
  t = t > 88.F ? 88.F : t;
  float r = -t - n * .693359375F;
  r = r + n * 2.12194440e-4F;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.F;
  uint32_t exponent = bits<uint32_t>(shifted) - bits<uint32_t>(shift) + 127U;
  return 1.F / (1.F + p * bits<float>(exponent << 23)); // an exponent of 255 is infinity
}

const float scale = static_cast<float>(QuickGELU::a);

template <class E> inline __attribute__((always_inline)) void forwardOf(const E *x, E *y, size_t n) {
  for (size_t i = 0; i < n; i++) {
    float v = value(x[i]);
    store(&y[i], v * sigmoid(scale * v));
  }
}

template <class E> inline __attribute__((always_inline)) void backwardOf(const E *g, const E *x, E *d, size_t n) {
  for (size_t i = 0; i < n; i++) {
    float v = scale * value(x[i]);
    float s = sigmoid(v);
    store(&d[i], value(g[i]) * (s + v * s * (1.F - s)));
  }
}

} // namespace

VECTORISED void QuickGELU::forward(const float *x, float *y, size_t n) { forwardOf(x, y, n); }
VECTORISED void QuickGELU::forward(const uint16_t *x, uint16_t *y, size_t n) { forwardOf(x, y, n); }
VECTORISED void QuickGELU::backward(const float *g, const float *x, float *d, size_t n) { backwardOf(g, x, d, n); }
VECTORISED void QuickGELU::backward(const uint16_t *g, const uint16_t *x, uint16_t *d, size_t n) { backwardOf(g, x, d, n); }
