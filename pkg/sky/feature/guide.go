package feature

import (
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// GuideGain is what stops are multiplied by in a guide, whose values lie within
// GuideMost.
const GuideGain, GuideMost = .25, 3

// GuideValue is stops as a guide has them.
func GuideValue(stops float32) float32 {
	return min(max(stops*GuideGain, -GuideMost), GuideMost)
}

// Guide is the features as a guided filter takes them.
func (f *Features) Guide() (g [3]raster.Plane) {
	for c := range g {
		g[c] = f.F[c].Like().Each(func(i int) float32 { return GuideValue(f.F[c].V[i]) })
	}
	return g
}

// GuideReader makes a guide of the map's own rows, at any size. All filters of a
// row share it. One goroutine uses it.
type GuideReader struct {
	f    *Features
	cap  *raster.Reader
	most []float32
	Rows [3][]float32 // the guide's three values
	at   int          // the row that they hold
}

// GuideReader makes guides of a map's rows at a size. One goroutine uses it.
func (f *Features) GuideReader(w, h int) *GuideReader {
	g := &GuideReader{f: f, cap: f.cap.Reader(w, h), most: make([]float32, w), at: -1}
	for c := range g.Rows {
		g.Rows[c] = make([]float32, w)
	}
	return g
}

// Row is the guide of row y, whose texels are pix.
func (g *GuideReader) Row(y int, pix []float32) [3][]float32 {
	if g.at == y {
		return g.Rows
	}
	g.at = y
	g.cap.Row(y, g.most)
	floor := g.f.Floor
	for x, most := range g.most {
		p := pix[3*x : 3*x+3]
		lg := num.Log2(max(rgb.Luminance(p[0], p[1], p[2]), 0) + floor)
		g.Rows[0][x] = GuideValue(min(lg, most))
		g.Rows[1][x] = GuideValue(ChromaPart * (num.Log2(max(p[0], 0)+floor) - lg))
		g.Rows[2][x] = GuideValue(ChromaPart * (num.Log2(max(p[2], 0)+floor) - lg))
	}
	return g.Rows
}
