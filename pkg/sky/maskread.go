package sky

import "math"

// maskReader reads a mask row by row at any size, along that size's edges.
type maskReader struct {
	m      *Mask
	filter *guidedReader // nil at the working size
	matte  *matteReader  // nil of a mask without
	guide  *guideReader
	plain  *reader
	h      int
}

// reader reads a mask that was found at the working size of f. guide is of the
// size to be read at.
func (m *Mask) reader(f *features, guide *guideReader, w, h int) *maskReader {
	r := &maskReader{m: m, guide: guide, h: h}
	if m.Share == 0 || w <= f.s.w {
		r.plain = m.alpha.reader(w, h)
	} else {
		r.filter = m.filter.reader(w, h)
		if m.matte.may.v != nil {
			r.matte = m.matte.reader(w, h)
		}
	}
	return r
}

// row reads the mask of row y, whose texels are pix.
func (r *maskReader) row(y int, pix, out []float32) {
	el := 90 - 180*(float64(y)+.5)/float64(r.h)
	switch {
	case r.m.Share == 0:
		clear(out)
	case r.filter == nil:
		r.plain.row(y, out)
	case r.m.none(el):
		clear(out)
	case r.open(y):
		for x := range out {
			out[x] = 1
		}
	default:
		guide := r.guide.row(y, pix)
		r.filter.row(y, guide, out)
		r.m.harden(out, el)
		if r.matte != nil {
			r.matte.row(y, el, guide, out)
		}
	}
}

// open tells that row y lies between rows that are all sky.
func (r *maskReader) open(y int) bool {
	if r.m.open == nil {
		return false
	}
	rows := len(r.m.open)
	above := int(math.Floor((float64(y)+.5)*float64(rows)/float64(r.h) - .5))
	return r.m.open[max(above, 0)] && r.m.open[min(above+1, rows-1)]
}
