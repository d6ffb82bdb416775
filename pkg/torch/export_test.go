package torch

import (
	"unsafe"

	lib "github.com/sugarme/gotch/libtch"
)

// PanoramaPadByIndex is the padding that a GPU computes.
var PanoramaPadByIndex = Tensor.panoramaPadByIndex

// DataPointer is where a tensor says that its elements lie, on its device.
func DataPointer(x Tensor) unsafe.Pointer { return lib.AtDataPtr(lib.Ctensor(x.raw("data pointer"))) }
