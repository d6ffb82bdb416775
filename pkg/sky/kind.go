package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/sun"
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
func (k Kind) String() string {
	if k < Indoor || k > Night {
		return "unknown"
	}
	return [...]string{"indoor", "day", "dusk", "night"}[k]
}

// kindWidth is the width that the kind is told at, so that it does not change
// with a map's size.
const kindWidth = 512

// KindOf tells the kind of scene from the map itself. It does not change with
// the map's exposure or yaw.
func KindOf(im *hdr.Image) (Kind, error) {
	if err := im.CheckEquirect(); err != nil {
		return 0, err
	}
	small, err := atMost(im, kindWidth)
	if err != nil {
		return 0, err
	}
	return kindSigns(small).kind(), nil
}

// atMost is a map of at most the given width.
func atMost(im *hdr.Image, width int) (*hdr.Image, error) {
	if im.W <= width {
		return im, nil
	}
	return envmap.Resize(im, width, width/2)
}

// signs are what the kinds of scenes differ by. Luminances are in stops over
// the ground's median; chromas are stops of one channel over another. None
// depends on the exposure.
type signs struct {
	sun sun.Sun

	// Of the flood: the large smooth part above the horizon.
	area     float64 // of the upper hemisphere
	bright   float64
	blue     float64 // blue over red
	green    float64 // green over the mean of red and blue, above 40°
	glow     float64 // brightest part below 20° over what is above 40°
	redness  float64 // blue over red of the reddest tenth below 20°
	specks   float64 // stops by which one texel in 200 lies over its neighbours
	outshone float64 // steradians above the horizon that lie three stops over it

	lights   int     // bright parts, each 12 times brighter than the ground
	texture  float64 // log2 of the median gradient between 20° and 55°
	textured float64 // of the ground
}

// kind follows what a photographer would: whether what is overhead is sky, by
// its colour, since ceilings are white or warm; or leaves; then what lights it.
func (g signs) kind() Kind {
	if !g.outdoor() {
		return Indoor
	}
	lamps := !g.sun.Found && g.sun.Ratio > 4096 && g.sun.Alone < 11.5 && g.sun.Share > .29
	stars := g.specks > .25 && g.blue < .5 && g.area > .1
	switch {
	case lamps || stars:
		return Night
	case g.sun.Found:
		if g.sun.Direction.Elevation() < 4.5 {
			return Dusk
		}
		return Day
	// Ozone takes the green out of twilight (Hulburt 1953), and below a sun
	// that is down the sky glows red.
	case g.area > .3 && (g.green < -.42 || g.glow > 1 && g.redness < .1):
		return Dusk
	}
	return Day
}

func (g signs) outdoor() bool {
	warm := g.sun.Energy[0] > 1.6*g.sun.Energy[2] && g.sun.Direction.Elevation() > 30
	switch {
	case g.sun.Found && (g.area == 0 && !warm || g.area > 0 && g.blue > -.3):
		return true
	case g.lights > 700: // light through leaves, or stars
		return true
	case g.area < .02: // no smooth part: a wood is textured all over
		return g.texture > -1.6 && g.textured > -2.1
	}
	// A ceiling that lies stops over the floor has lamps or windows that outshine it; an
	// overcast sky has none, be it bluish or not.
	if g.area > .3 && g.bright > 1.5 && g.outshone < .01 && math.Abs(g.blue) < .3 {
		return true
	}
	// A dark studio's black is bluish too.
	dark := g.bright < -1.9 && g.blue < .65 && g.lights < 100
	// By day nothing large but a sun outshines a sky, and this outshines the ground.
	ceiling := g.bright < .5 && g.blue < .5 && g.outshone > .05 && g.lights < 30
	return g.blue > .1 && !dark && !ceiling
}

// kindSigns measures a map of at most kindWidth.
func kindSigns(im *hdr.Image) (g signs) {
	s, lum := raster.NewSphere(im.W, im.H), raster.Luminances(im)
	f := feature.New(im, s, lum)
	g.sun = sun.Find(im, s, lum)
	keep, area := f.Flood(false)
	g.area = area / (2 * math.Pi)
	blue := lum.Like().Each(func(i int) float32 { return (f.F[2].V[i] - f.F[1].V[i]) / feature.ChromaPart })
	green := lum.Like().Each(func(i int) float32 {
		p := im.Pix[3*i : 3*i+3]
		return num.Log2(max(p[1], 0)+f.Floor) - num.Log2((max(p[0], 0)+max(p[2], 0))/2+f.Floor)
	})
	specks := f.F[0].Like().Fill(func(x, y int) float32 {
		row := f.F[0].Row(y)
		up, down := f.F[0].Row(max(y-1, 0)), f.F[0].Row(min(y+1, s.H-1))
		return row[x] - (row[(x+1)%s.W]+row[(x+s.W-1)%s.W]+up[x]+down[x])/4
	})
	in := func(p raster.Plane, least, most, share float64) float64 {
		return float64(raster.Quantile(p.Where(func(x, y int) bool {
			return keep[y*s.W+x] && s.Elevation[y] > least && s.Elevation[y] < most
		}), share))
	}
	ground := raster.Quantile(f.F[0].Where(func(_, y int) bool { return s.Elevation[y] < -6 && s.Elevation[y] > -70 }), .5)
	high := in(f.F[0], 40, 90, .5)
	g.bright, g.blue = in(f.F[0], 0, 90, .5)-float64(ground), in(blue, 0, 90, .5)
	g.green, g.glow = in(green, 40, 90, .5), in(f.F[0], 1, 20, .95)-high
	g.redness, g.specks = in(blue, 1, 20, .1), in(specks, 20, 80, .995)

	for i, v := range f.F[0].V {
		if y := i / s.W; s.Elevation[y] > 0 && float64(v-ground) > g.bright+3 {
			g.outshone += s.Solid[y]
		}
	}

	lit := make([]bool, len(lum.V))
	for i, v := range lum.V {
		lit[i] = v > 12*num.Exp2(ground)
	}
	g.lights = raster.Connect(lit, s.W, s.H).Count
	band := func(least, most float64) float64 {
		v := f.Change.Where(func(_, y int) bool { return s.Elevation[y] > least && s.Elevation[y] < most })
		return math.Log2(float64(raster.Quantile(v, .5)) + 1e-3)
	}
	g.texture, g.textured = band(20, 55), band(-70, -6)
	return g
}
