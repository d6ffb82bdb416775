package torch

// #include "shim.h"
import "C"

import (
	"fmt"
	"os"
	"unsafe"
)

// Mapping is a file as memory in which tensors can lie without being copied.
// The pages are read when they are first touched. They are private: writing to
// such a tensor leaves the file alone. As with every map, another process must
// not shorten the file meanwhile; one that replaces it by renaming does no harm.
type Mapping struct{ m C.gmap }

// MapFile maps the first size bytes of f, more than none. The file may be
// closed before the mapping.
func MapFile(f *os.File, size int64) (*Mapping, error) {
	if info, err := f.Stat(); err != nil {
		return nil, err
	} else if size <= 0 || size > info.Size() {
		return nil, fmt.Errorf("torch: map %s: it has %d bytes, want at least %d, and more than none", f.Name(), info.Size(), size)
	}
	var m C.gmap
	if message := C.gs_map(C.int(f.Fd()), C.size_t(size), &m); message != nil {
		return nil, fmt.Errorf("torch: map %s: %s", f.Name(), firstLine(takeString(message)))
	}
	return &Mapping{m}, nil
}

// Close ends the mapping; tensors that lie in it keep what they need of it.
func (m *Mapping) Close() {
	if m.m != nil {
		C.gs_unmap(m.m)
		m.m = nil
	}
}

// FromMapping returns the little-endian elements from byte offset on as a
// tensor. On the CPU it lies in the mapping where its elements are aligned
// there; else, and on other devices, it is a copy.
func (s *Session) FromMapping(m *Mapping, offset int64, dtype DType, shape ...int64) Tensor {
	if m.m == nil {
		panic(misuse("from mapping", "the mapping is closed"))
	}
	if dtype.Size() == 0 {
		panic(misuse("from mapping", fmt.Sprintf("no type %v", dtype)))
	}
	if offset < 0 {
		panic(misuse("from mapping", fmt.Sprintf("offset is %d, want 0 or more", offset)))
	}
	var out C.gt
	message := C.gs_map_view(m.m, C.size_t(offset), cInts(shape), C.int(len(shape)), C.int(dtype), C.int(s.device), &out)
	check("from mapping", message)
	return s.wrap(unsafe.Pointer(out))
}
