package mask

import (
	"math"

	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// Reader reads a mask row by row at any size, along that size's edges.
type Reader struct {
	m      *Mask
	filter *raster.GuidedReader // nil at the working size
	matte  *matteReader         // nil of a mask without
	guide  *feature.GuideReader
	plain  *raster.Reader
	h      int
}

// Reader reads a mask that was found at the working size of f. guide is of the
// size to be read at.
func (m *Mask) Reader(f *feature.Features, guide *feature.GuideReader, w, h int) *Reader {
	r := &Reader{m: m, guide: guide, h: h}
	if m.Share == 0 || w <= f.Sphere.W {
		r.plain = m.Alpha.Reader(w, h)
	} else {
		r.filter = m.filter.Reader(w, h)
		if m.matte.may.V != nil {
			r.matte = m.matte.reader(w, h)
		}
	}
	return r
}

// Row reads the mask of row y, whose texels are pix.
func (r *Reader) Row(y int, pix, out []float32) {
	el := 90 - 180*(float64(y)+.5)/float64(r.h)
	switch {
	case r.m.Share == 0:
		clear(out)
	case r.filter == nil:
		r.plain.Row(y, out)
	case r.m.none(el):
		clear(out)
	case r.open(y):
		for x := range out {
			out[x] = 1
		}
	default:
		guide := r.guide.Row(y, pix)
		r.filter.Row(y, guide, out)
		r.m.harden(out, el)
		if r.matte != nil {
			r.matte.row(y, el, guide, out)
		}
	}
}

// open tells that row y lies between rows that are all sky.
func (r *Reader) open(y int) bool {
	if r.m.open == nil {
		return false
	}
	rows := len(r.m.open)
	above := int(math.Floor((float64(y)+.5)*float64(rows)/float64(r.h) - .5))
	return r.m.open[max(above, 0)] && r.m.open[min(above+1, rows-1)]
}
