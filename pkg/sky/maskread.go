package sky

import (
	"github.com/clipenv/toolkit/pkg/rgb"
)

// maskReader reads a mask row by row at any size, along that size's edges.
type maskReader struct {
	m      *Mask
	f      *features
	filter *guidedReader // nil at the working size
	plain  *reader
	cap    *reader
	most   []float32
	guide  [3][]float32
	h      int
	none   bool
}

func (sc *Scene) maskReader(w, h int) *maskReader { return sc.readerOf(&sc.Mask, w, h) }

// readerOf reads a mask that was found at the scene's working size.
func (sc *Scene) readerOf(m *Mask, w, h int) *maskReader {
	r := &maskReader{m: m, f: sc.f, h: h, none: m.Share == 0}
	if r.none || w <= sc.s.w {
		r.plain = m.alpha.reader(w, h)
		return r
	}
	r.filter, r.cap, r.most = m.filter.reader(w, h), sc.f.cap.reader(w, h), make([]float32, w)
	for c := range r.guide {
		r.guide[c] = make([]float32, w)
	}
	return r
}

// row reads the mask of row y, whose texels are pix.
func (r *maskReader) row(y int, pix, out []float32) {
	if r.none {
		clear(out)
		return
	}
	if r.filter == nil {
		r.plain.row(y, out)
		return
	}
	r.cap.row(y, r.most)
	for x := range out {
		p := pix[3*x : 3*x+3]
		lum := rgb.Luminance(p[0], p[1], p[2])
		lg := log2(max(lum, 0) + r.f.floor)
		r.guide[0][x] = guideValue(min(lg, r.most[x]))
		r.guide[1][x] = guideValue(chromaPart * (log2(max(p[0], 0)+r.f.floor) - lg))
		r.guide[2][x] = guideValue(chromaPart * (log2(max(p[2], 0)+r.f.floor) - lg))
	}
	r.filter.row(y, r.guide, out)
	if r.m.windows {
		harden(out, 0)
		return
	}
	harden(out, 90-180*(float64(y)+.5)/float64(r.h))
}
