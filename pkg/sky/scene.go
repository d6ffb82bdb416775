package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Kind is where and when a map was taken.
type Kind int

const (
	Indoor Kind = iota
	Day
	Dusk // the sun within some degrees of the horizon, or below it in a lit sky
	Night
)

// String is "indoor", "day", "dusk" or "night".
func (k Kind) String() string { return [...]string{"indoor", "day", "dusk", "night"}[k] }

// kindWidth is the width that the kind is told at, so that it does not change
// with a map's size.
const kindWidth = 512

// KindOf tells the kind of scene from the map itself, and how sure that is,
// from 1/4 to 1. It does not change with the map's exposure or yaw.
func KindOf(im *hdr.Image) (Kind, float64, error) {
	if err := im.CheckEquirect(); err != nil {
		return 0, 0, err
	}
	small, err := atMost(im, kindWidth)
	if err != nil {
		return 0, 0, err
	}
	best, sum := Indoor, 0.
	p := kindScores(kindSigns(small))
	for k := range p {
		p[k] = math.Exp(p[k])
		sum += p[k]
		if p[k] > p[best] {
			best = Kind(k)
		}
	}
	return best, p[best] / sum, nil
}

// atMost is a map of at most the given width.
func atMost(im *hdr.Image, width int) (*hdr.Image, error) {
	if im.W <= width {
		return im, nil
	}
	return envmap.Resize(im, width, width/2)
}

const kindSignCount = 20

// kindSigns measures what the kinds of scenes differ by. None depends on the
// exposure.
func kindSigns(im *hdr.Image) (signs [kindSignCount]float64) {
	s, lum := newSphere(im.W, im.H), luminances(im)
	f := newFeatures(im, s, lum)
	sun := findSun(im, s, lum)
	_, area := f.flood()

	// Bands of elevation, from the zenith down.
	bands := [6]float64{50, 20, 3, -3, -20, -70}
	top := 90.
	var mean, spread, change, blue [6]float64
	for b, bottom := range bands {
		var n float64
		for y := s.row(top); y < s.row(bottom); y++ {
			for x := range s.w {
				i, w := y*s.w+x, s.solid[y]
				v := float64(f.f[0].v[i])
				n += w
				mean[b] += w * v
				spread[b] += w * v * v
				change[b] += w * float64(f.change.v[i])
				blue[b] += w * float64(f.f[2].v[i]-f.f[1].v[i])
			}
		}
		n = max(n, 1e-12)
		mean[b] /= n
		spread[b] = math.Sqrt(max(spread[b]/n-mean[b]*mean[b], 0))
		change[b] = math.Log2(change[b]/n + 1e-3)
		blue[b] /= n
		top = bottom
	}
	var lit, all, green float64
	ground := quantile(lum.where(func(_, y int) bool { return s.elevation[y] < -4 }), .5)
	for y := range s.h {
		for x := range s.w {
			i, w := y*s.w+x, s.solid[y]
			all += w
			if lum.v[i] > 16*ground+f.floor {
				lit += w
			}
			if max(f.f[1].v[i], f.f[2].v[i]) < -.1 {
				green += w
			}
		}
	}
	peak := 0.
	if sun.Found {
		peak = 1
	}
	return [...]float64{
		mean[0] - mean[1], mean[1] - mean[2], mean[2] - mean[4], mean[4] - mean[5], mean[1] - mean[5],
		spread[0], spread[1], spread[2], spread[5],
		change[0], change[1], change[5],
		blue[0], blue[1], blue[2], blue[5],
		area / (2 * math.Pi), peak, math.Log2(lit/all + 1e-5), green / all,
	}
}
