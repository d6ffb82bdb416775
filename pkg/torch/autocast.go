package torch

// #include "shim.h"
import "C"

// Autocast runs f with matrix products, convolutions and attention in dtype
// (BFloat16, or Float16 on CUDA) and what needs range or precision in f32, as
// PyTorch's autocast. It nests, and ends however f ends.
func (s *Session) Autocast(dtype DType, f func()) {
	var wasOn, wasDType C.int
	check("autocast", C.gs_autocast(C.int(s.device), 1, C.int(dtype), &wasOn, &wasDType))
	defer func() {
		var ignored C.int
		check("autocast", C.gs_autocast(C.int(s.device), wasOn, wasDType, &ignored, &ignored))
	}()
	f()
}
