package torchfile

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/clipenv/toolkit/pkg/torch"
)

// storage is a row of elements, in the file from byte at on.
type storage struct {
	key   string
	dtype torch.DType
	numel int64
	at    int64
	users int // tensors with elements in it
}

// tensor is a view of a storage: element (i, j, …) is the storage's element
// offset + i·strides[0] + j·strides[1] + ….
type tensor struct {
	name    string
	storage *storage
	offset  int64
	shape   []int64
	strides []int64
}

// maxRank bounds a tensor's dimensions; weights have four.
const maxRank = 8

// newTensor makes a view, after checking that all of it lies in its storage.
func newTensor(st *storage, offset int64, shape, strides []int64) (*tensor, error) {
	t := &tensor{storage: st, offset: offset, shape: shape, strides: strides}
	if len(shape) != len(strides) || len(shape) > maxRank {
		return nil, fmt.Errorf("a tensor has %d sizes and %d strides, want as many of both, and at most %d", len(shape), len(strides), maxRank)
	}
	for i := range shape {
		if shape[i] < 0 || strides[i] < 0 {
			return nil, fmt.Errorf("a tensor of shape %v has strides %v, want neither below 0", shape, strides)
		}
	}
	last := uint64(0) // the farthest element, counted from the first
	for i := range shape {
		if shape[i] == 0 {
			last = 0
			break
		}
		high, far := bits.Mul64(uint64(shape[i]-1), uint64(strides[i]))
		if last += far; high != 0 || far > math.MaxInt64 || last > math.MaxInt64 {
			last = math.MaxInt64
			break
		}
	}
	if empty := slices.Contains(shape, 0); offset < 0 || offset > st.numel || !empty && last >= uint64(st.numel-offset) {
		return nil, fmt.Errorf("a tensor of shape %v with strides %v from element %d on passes the end of its storage %q, which has %d", shape, strides, offset, st.key, st.numel)
	}
	n := uint64(1)
	for _, d := range shape {
		high, m := bits.Mul64(n, uint64(d))
		if high != 0 || m > uint64(st.numel) {
			return nil, fmt.Errorf("a tensor of shape %v has more elements than its storage %q, %d: it repeats them", shape, st.key, st.numel)
		}
		n = m
	}
	return t, nil
}

func (t tensor) numel() int64 {
	n := int64(1)
	for _, d := range t.shape {
		n *= d
	}
	return n
}

// inOrder tells whether the elements lie one after the other, the last
// dimension the fastest.
func (t tensor) inOrder() bool {
	step := int64(1)
	for i := len(t.shape) - 1; i >= 0; i-- {
		if t.shape[i] != 1 && t.strides[i] != step && t.numel() > 0 {
			return false
		}
		step *= t.shape[i]
	}
	return true
}

// span is how many elements of the storage lie from the first to the last.
func (t tensor) span() int64 {
	n := int64(1)
	for i, d := range t.shape {
		n += (d - 1) * t.strides[i]
	}
	return n
}
