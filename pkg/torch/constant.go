package torch

// #include "shim.h"
import "C"

import (
	"fmt"
	"sync"
	"unsafe"
)

// constants are copies on devices, for the life of the process: a GPU may be
// gone before what would free them.
var constants = struct {
	sync.Mutex
	of map[string]unsafe.Pointer
}{of: map[string]unsafe.Pointer{}}

// Constant is FromFloats of numbers that are the same each time, such as the
// weights of rows. A GPU is given them once; they are not to be written.
func (s *Session) Constant(data []float32, shape ...int64) Tensor {
	if s.device == CPU || len(data) == 0 {
		return s.FromFloats(data, shape...)
	}
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(&data[0])), 4*len(data))
	key := fmt.Sprint(s.device, shape) + string(bytes)
	constants.Lock()
	defer constants.Unlock()
	c, ok := constants.of[key]
	if !ok {
		check("constant", C.gs_alias(s.FromFloats(data, shape...).ptr("constant"), (*C.gt)(&c)))
		constants.of[key] = c
	}
	var out C.gt
	check("constant", C.gs_alias(C.gt(c), &out))
	return s.wrap(unsafe.Pointer(out))
}
