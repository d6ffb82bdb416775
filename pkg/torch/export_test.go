package torch

// PanoramaPadByIndex is the padding that a GPU computes.
var PanoramaPadByIndex = Tensor.panoramaPadByIndex
