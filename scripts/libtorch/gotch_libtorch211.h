// gotch v0.9.1 is generated for libtorch 2.1.0. Against 2.11.0's headers three
// of its calls no longer compile; these overloads mend them, and gotch stays
// unpatched. The build puts this header in front with -include.
#pragma once
#ifdef __cplusplus
#include <torch/torch.h>

namespace torch {

// 2.11.0 put alpha and out_dtype before transpose_result.
inline at::Tensor _cslt_sparse_mm(const at::Tensor &a, const at::Tensor &b,
                                  const at::Tensor &bias, bool transpose) {
  return at::_cslt_sparse_mm(a, b, bias, {}, {}, transpose);
}

// 2.11.0 wants both scales and returns one tensor where 2.1.0 returned two:
// there is no equal call, so these refuse.
inline std::tuple<at::Tensor, at::Tensor>
_scaled_mm(const at::Tensor &, const at::Tensor &, const at::Tensor &,
           std::optional<at::ScalarType>, const at::Tensor &,
           const at::Tensor &, const at::Tensor &) {
  throw std::runtime_error("_scaled_mm: signature changed after libtorch 2.1");
}

inline std::tuple<at::Tensor &, at::Tensor &>
_scaled_mm_out(at::Tensor &, at::Tensor &, const at::Tensor &,
               const at::Tensor &, const at::Tensor &,
               std::optional<at::ScalarType>, const at::Tensor &,
               const at::Tensor &, const at::Tensor &) {
  throw std::runtime_error(
      "_scaled_mm_out: signature changed after libtorch 2.1");
}

} // namespace torch
#endif
