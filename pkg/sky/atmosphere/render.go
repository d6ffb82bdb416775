package atmosphere

import (
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
)

// RenderSky returns the sky of a light as a map w texels wide and h high: 3·w·h
// radiances, row-major, without discs and stars.
func RenderSky(l Light, w, h int) []float32 { return New(l).Render(w, h) }

// Render returns Radiance at the centre of each texel of a map w texels wide
// and h high: 3·w·h numbers, row-major.
func (s *Sky) Render(w, h int) []float32 {
	pix := make([]float32, 3*w*h)
	s.Draw(pix, w, h)
	return pix
}

// Draw is Render into the first rows of the map, as many as pix holds.
func (s *Sky) Draw(pix []float32, w, h int) {
	places := make([]place, w)
	for x := range places {
		azimuth := math.Pi * (2*(float64(x)+.5)/float64(w) - 1)
		places[x] = placeAt(turn(azimuth, s.light.SunAzimuth))
	}
	parallel.Rows(len(pix)/(3*w), func(from, to int) {
		for y := from; y < to; y++ {
			s.newRow(math.Pi*(.5-(float64(y)+.5)/float64(h))).draw(places, pix[3*w*y:3*w*(y+1)])
		}
	})
}

// draw fills a row of a map.
func (r *row) draw(places []place, pix []float32) {
	for x := range places {
		rgb := r.in(&places[x])
		pix[3*x], pix[3*x+1], pix[3*x+2] = rgb[0], rgb[1], rgb[2]
	}
}
