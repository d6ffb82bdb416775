package exr

// #include <stdlib.h>
// #include "exr.h"
import "C"

import (
	"maps"
	"slices"
	"strings"
	"unsafe"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// stringList holds attributes in C's memory, for the length of one call.
type stringList struct {
	names, values **C.char
	lengths       *C.int
	n             int
}

// newStrings lays out the attributes that a header can take, in the order of
// their names, with the comments and the recipe. Names that the format has for
// itself are left out.
func newStrings(m hdr.Meta, recipe string) stringList {
	values := map[string]string{}
	for key, text := range m.Attributes {
		switch {
		case key == "", len(key) > 255, strings.ContainsRune(key, 0):
		case key == "name", key == "type", key == "view", key == recipeAttribute:
		default:
			values[key] = text
		}
	}
	if len(m.Comments) > 0 {
		values[commentsAttribute] = strings.Join(m.Comments, "\n")
	}
	if recipe != "" {
		values[recipeAttribute] = recipe
	}
	keys := slices.Sorted(maps.Keys(values))
	size := C.size_t(max(1, len(keys)))
	pointer := C.size_t(unsafe.Sizeof(uintptr(0)))
	s := stringList{
		names:   (**C.char)(C.calloc(size, pointer)),
		values:  (**C.char)(C.calloc(size, pointer)),
		lengths: (*C.int)(C.calloc(size, C.sizeof_int)),
		n:       len(keys),
	}
	names, texts, lengths := s.slices()
	for i, key := range keys {
		names[i], texts[i], lengths[i] = C.CString(key), C.CString(values[key]), C.int(len(values[key]))
	}
	return s
}

func (s stringList) slices() (names, values []*C.char, lengths []C.int) {
	return unsafe.Slice(s.names, s.n), unsafe.Slice(s.values, s.n), unsafe.Slice(s.lengths, s.n)
}

func (s stringList) fill(out *C.exr_output) {
	out.names, out.values, out.lengths, out.strings = s.names, s.values, s.lengths, C.int(s.n)
}

func (s stringList) free() {
	names, values, _ := s.slices()
	for i := range s.n {
		C.free(unsafe.Pointer(names[i]))
		C.free(unsafe.Pointer(values[i]))
	}
	C.free(unsafe.Pointer(s.names))
	C.free(unsafe.Pointer(s.values))
	C.free(unsafe.Pointer(s.lengths))
}
