// Package clouds holds the clouds of twelve skies, for maps that have none:
// by how many stops each lies over its own smooth sky.
//
//	For:  cover, low sun, seed -> the name of a sky, how it is turned, mirrored
//	Read: name -> stops [H,W] of red, green and blue
//
// The skies are 512×128, the upper half of a sphere that repeats round the
// seam, with their sun in the middle column. scripts/clouds makes them of CC0 maps of
// Poly Haven; PROVENANCE.md names them. Nothing here knows what a scene is.
package clouds

import (
	"bytes"
	"embed"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math"
	"math/rand/v2"
	"slices"
)

// Width and Height are the size of every sky here.
const Width, Height = 512, 128

// Map is a sky to take clouds from.
type Map struct {
	Name  string  // Poly Haven's
	Cover float64 // share of the sky that is cloud, by eye
	Sun   float64 // degrees over the horizon, as `toolkit light` finds it or the glow stands
}

// Low says that a sun near the horizon lights them.
func (m Map) Low() bool { return m.Sun < LowSun }

// LowSun is the sun's height, in degrees, below which it lights clouds from the side.
const LowSun = 14.

// Maps are all there are.
var Maps = []Map{
	{"kloofendal_43d_clear_puresky", .05, 43},
	{"rustig_koppie_puresky", .06, 28},
	{"kloofendal_48d_partly_cloudy_puresky", .4, 48},
	{"sunflowers_puresky", .5, 43},
	{"citrus_orchard_road_puresky", .85, 45},
	{"mud_road_puresky", 1, 60},
	{"wasteland_clouds_puresky", .25, 7.5},
	{"rocky_ridge_puresky", .3, 6},
	{"kloppenheim_06_puresky", .3, 6},
	{"industrial_sunset_puresky", .55, 4},
	{"evening_road_01_puresky", .6, 10},
	{"kloppenheim_01_puresky", .95, 3.5},
}

//go:embed stops/*.jpg
var files embed.FS

// Choice is a sky and how it is laid over a scene.
type Choice struct {
	Map
	Turn     float64 // radians to the right of the scene's sun
	Mirrored bool
}

// For chooses a sky for a cover, by a sun that is low or not: one of those
// that suit about as well as the best, drawn by the seed. Where the sun is low
// clouds are bright on its side, and turn by lowTurn at most; else by
// any angle.
func For(cover float64, low bool, seed int64) Choice {
	off := func(m Map) float64 {
		d := math.Abs(m.Cover - cover)
		// What a low sun lights is bright at the horizon. A closed cover shows
		// of no other where it stands.
		if m.Low() && !low || low && !m.Low() && min(m.Cover, cover) < .8 {
			d += 1
		}
		return d
	}
	best := math.Inf(1)
	for _, m := range Maps {
		best = min(best, off(m))
	}
	fit := slices.DeleteFunc(slices.Clone(Maps), func(m Map) bool { return off(m) > best+alike })
	r := rand.New(rand.NewPCG(uint64(seed), 0xc10d5))
	c := Choice{Map: fit[r.IntN(len(fit))], Mirrored: r.IntN(2) == 1}
	most := math.Pi
	if low {
		most = lowTurn
	}
	c.Turn = most * (2*r.Float64() - 1)
	return c
}

// alike is how much farther from the asked cover than the best a sky may lie,
// and lowTurn the most that clouds turn about a low sun, in radians.
const alike, lowTurn = .12, .4

// steps is how many steps of a file make a stop, and middle the step that is
// none: ±2 stops in a byte.
const steps, middle = 60, 128

// Read returns a sky's stops, row by row from the zenith: red, green, blue.
func Read(name string) (stops [3][]float32, err error) {
	data, err := files.ReadFile("stops/" + name + ".jpg")
	if err != nil {
		return stops, fmt.Errorf("clouds: %s: no such sky", name)
	}
	im, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return stops, fmt.Errorf("clouds: %s: %w", name, err)
	}
	if b := im.Bounds(); b.Dx() != Width || b.Dy() != Height {
		return stops, fmt.Errorf("clouds: %s is %d×%d, want %d×%d", name, b.Dx(), b.Dy(), Width, Height)
	}
	for c := range stops {
		stops[c] = make([]float32, Width*Height)
	}
	for y := range Height {
		for x := range Width {
			p := color.NRGBAModel.Convert(im.At(x, y)).(color.NRGBA)
			for c, v := range [3]uint8{p.R, p.G, p.B} {
				stops[c][y*Width+x] = (float32(v) - middle) / steps
			}
		}
	}
	return stops, nil
}

// Write encodes a sky's stops as Read reads them.
func Write(w io.Writer, stops [3][]float32) error {
	im := image.NewNRGBA(image.Rect(0, 0, Width, Height))
	for i := range Width * Height {
		for c := range stops {
			v := math.Round(float64(stops[c][i])*steps) + middle
			im.Pix[4*i+c] = uint8(min(max(v, 0), 255))
		}
		im.Pix[4*i+3] = 255
	}
	return jpeg.Encode(w, im, &jpeg.Options{Quality: 92})
}
