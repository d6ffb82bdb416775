package sky

import "github.com/clipenv/toolkit/pkg/rgb"

// guideGain is what stops are multiplied by in a guide, whose values lie within
// guideMost.
const guideGain, guideMost = .25, 3

func guideValue(stops float32) float32 {
	return min(max(stops*guideGain, -guideMost), guideMost)
}

// guide is the features as a guided filter takes them.
func (f *features) guide() (g [3]plane) {
	for c := range g {
		g[c] = f.f[c].like().each(func(i int) float32 { return guideValue(f.f[c].v[i]) })
	}
	return g
}

// guideReader makes the same of the map's own rows, at any size. All filters of a
// row share it. One goroutine uses it.
type guideReader struct {
	f    *features
	cap  *reader
	most []float32
	rows [3][]float32
	at   int // the row that they hold
}

func (f *features) guideReader(w, h int) *guideReader {
	g := &guideReader{f: f, cap: f.cap.reader(w, h), most: make([]float32, w), at: -1}
	for c := range g.rows {
		g.rows[c] = make([]float32, w)
	}
	return g
}

// row is the guide of row y, whose texels are pix.
func (g *guideReader) row(y int, pix []float32) [3][]float32 {
	if g.at == y {
		return g.rows
	}
	g.at = y
	g.cap.row(y, g.most)
	floor := g.f.floor
	for x, most := range g.most {
		p := pix[3*x : 3*x+3]
		lg := log2(max(rgb.Luminance(p[0], p[1], p[2]), 0) + floor)
		g.rows[0][x] = guideValue(min(lg, most))
		g.rows[1][x] = guideValue(chromaPart * (log2(max(p[0], 0)+floor) - lg))
		g.rows[2][x] = guideValue(chromaPart * (log2(max(p[2], 0)+floor) - lg))
	}
	return g.rows
}
