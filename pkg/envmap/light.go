package envmap

import (
	"math"
	"sort"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Light is what a map says about its light, in numbers.
type Light struct {
	// Mean is the mean radiance over the sphere.
	Mean [3]float64

	// Above is the irradiance on level ground: π under a uniform sky of 1.
	Above [3]float64

	// Peak is the radiance of the texel with the highest luminance, towards
	// PeakDirection, and PeakStops its luminance in stops above 1, -Inf for a
	// black map.
	Peak          [3]float64
	PeakDirection Vec
	PeakStops     float64

	// RangeStops is the dynamic range: stops from the luminance that 1 % of
	// the lit sphere lies below, up to the peak. It is 0 for a black map.
	RangeStops float64
}

// Measure returns a map's light. Turning the map about the vertical turns
// PeakDirection and leaves everything else.
func Measure(im *hdr.Image) Light {
	l := Light{Mean: Mean(im), Above: IrradianceFromAbove(im), PeakStops: math.Inf(-1), PeakDirection: Up}
	peak, at := float32(0), -1
	lum := luminance(im)
	for i, v := range lum {
		if v > peak {
			peak, at = v, i
		}
	}
	if at < 0 {
		return l
	}
	for i := range l.Peak {
		l.Peak[i] = float64(im.Pix[3*at+i])
	}
	l.PeakDirection = Direction(float64(at%im.W)+.5, float64(at/im.W)+.5, im.W, im.H)
	l.PeakStops = math.Log2(float64(peak))
	l.RangeStops = max(0, l.PeakStops-darkest(lum, im.W, im.H, .01))
	return l
}

// darkest returns the log2 luminance below which a share of the lit sphere
// lies, to half a bin of a histogram over the exponent and the first six bits
// of the mantissa: a fiftieth of a stop.
func darkest(lum []float32, w, h int, share float64) float64 {
	const dropped = 23 - 6 // mantissa bits; positive floats order as their bits
	parts := make([][]float64, parallel.Count(h))
	parallel.Bands(h, len(parts), func(band, from, to int) {
		bins := make([]float64, 1<<(31-dropped))
		for y := from; y < to; y++ {
			solid := SolidAngle(y, w, h)
			for _, v := range lum[y*w : (y+1)*w] {
				if v > 0 {
					bins[math.Float32bits(v)>>dropped] += solid
				}
			}
		}
		parts[band] = bins
	})
	cumulative := parts[0]
	for _, part := range parts[1:] {
		for i, v := range part {
			cumulative[i] += v
		}
	}
	for i := 1; i < len(cumulative); i++ {
		cumulative[i] += cumulative[i-1]
	}
	bin := sort.SearchFloat64s(cumulative, share*cumulative[len(cumulative)-1])
	middle := math.Float32frombits(uint32(bin)<<dropped | 1<<(dropped-1))
	return math.Log2(float64(middle))
}

// Stops returns by how many stops b is brighter than a, in luminance: NaN where
// either is black, since no number of stops leads from or to black.
func Stops(a, b [3]float64) float64 {
	from, to := luma(a), luma(b)
	if !(from > 0 && to > 0) {
		return math.NaN()
	}
	return math.Log2(to / from)
}

// AngleBetween returns the angle between two directions, in degrees.
func AngleBetween(a, b Vec) float64 {
	cross := a.Cross(b)
	return math.Atan2(math.Sqrt(cross.Dot(cross)), a.Dot(b)) * 180 / math.Pi
}

// HorizonRed returns the ratio of red to blue from the horizon up to 20
// degrees, each texel clipped to 1 as a picture shows it: unclipped, one low
// sun would be the whole number.
func HorizonRed(im *hdr.Image) float64 {
	var red, blue float64
	for y := int(float64(im.H) * (.5 - 20./180)); y < im.H/2; y++ {
		row := im.Row(y)
		for x := 0; x < len(row); x += 3 {
			red += min(max(float64(row[x]), 0), 1)
			blue += min(max(float64(row[x+2]), 0), 1)
		}
	}
	return (red + 1e-9) / (blue + 1e-9)
}
