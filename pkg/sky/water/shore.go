package water

import "github.com/clipenv/toolkit/pkg/sky/raster"

// fromShore parts water from the shore that it runs out on without an edge. What reaches
// below the camera is ground, but of it what has water's colour under open sky is a part
// of its own.
func (w *watery) fromShore() {
	low := w.low()
	var soft [3]raster.Plane
	for c := range soft {
		soft[c] = w.f[c].Blur(float64(w.s.W) / waterWidth)
	}
	in := make([]bool, len(w.parts.Of))
	for i, part := range w.parts.Of {
		if part >= 0 && low[part] && w.sky.V[i] > shoreOpen {
			bluer, greener := w.colour(float64(soft[1].V[i]), float64(soft[2].V[i]))
			in[i] = bluer > shoreShare*waterBluer && greener > shoreShare*waterGreener
		}
	}
	apart := raster.Connect(raster.Opened(in, w.s.W, w.s.H, 1), w.s.W, w.s.H)
	for i, part := range apart.Of {
		if part >= 0 {
			w.parts.Of[i] = int32(w.parts.Count) + part
		}
	}
	w.parts.Count += apart.Count
}

const (
	shoreOpen  = .9 // of what stands as far over the horizon that is sky: walls mirror in streets, too
	shoreShare = .7 // of the colour that tells water
)

// low says which parts reach below the camera.
func (w *watery) low() []bool {
	low := make([]bool, w.parts.Count)
	for i, part := range w.parts.Of {
		if part >= 0 && w.s.Elevation[i/w.s.W] < waterNadir {
			low[part] = true
		}
	}
	return low
}

// colour is by how many stops what has red and blue over luminance is bluer, and
// greener, than the ground at large.
func (w *watery) colour(red, blue float64) (bluer, greener float64) {
	return (blue - red) - (w.ground[2] - w.ground[1]), greenness(red, blue) - greenness(w.ground[1], w.ground[2])
}

// greenness is the stops of green over luminance of what has red and blue over it.
func greenness(red, blue float64) float64 { return -(.2126*red + .0722*blue) / .7152 }
