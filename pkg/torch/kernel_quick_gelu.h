// x·sigmoid(1.702x) and its gradient in one pass over memory each. Plain
// functions of arrays; shim_quick_gelu.cpp makes an op of them.
#pragma once
#include <cstddef>
#include <cstdint>

struct QuickGELU {
  static constexpr double a = 1.702;

  // y = x·sigmoid(a·x) of n elements.
  static void forward(const float *x, float *y, size_t n);
  static void forward(const uint16_t *x, uint16_t *y, size_t n); // bf16

  // d = g·dy/dx of n elements.
  static void backward(const float *g, const float *x, float *d, size_t n);
  static void backward(const uint16_t *g, const uint16_t *x, uint16_t *d, size_t n);
};
