package fit

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/sun"
)

// A sky with a glow goes on behind what hides a sixth of it, clouds or not.
func TestSkyGoesOnBehindThings(t *testing.T) {
	disc := sun.Sun{Found: true, Direction: envmap.Vec{X: .6, Y: .4, Z: .7}.Unit()}
	stops := func(d envmap.Vec) float64 {
		return 1.5*d.Y - .8*math.Exp(-d.Y/.25) + math.Exp(-math.Acos(min(d.Dot(disc.Direction), 1))/.5)
	}
	s, im := raster.NewSphere(256, 128), hdr.New(256, 128)
	hidden := func(x int) bool { return x%96 > 80 }
	alpha := raster.NewPlane(s.W, s.H).Fill(func(x, y int) float32 {
		v, above := stops(s.Direction(x, y)), s.Elevation[y] > 0
		if x%24 == 0 { // a cloud
			v += 2
		}
		for c := range 3 {
			im.Row(y)[3*x+c] = float32(math.Exp2(v))
		}
		if above && !hidden(x) {
			return 1
		}
		return 0
	})
	sky, ok := Sky(im, s, alpha, disc)
	if !ok {
		t.Fatal("no sky is fitted")
	}
	for c, p := range sky.Planes(s) {
		for y := range s.Row(1) {
			for x, v := range p.Row(y) {
				if want := stops(s.Direction(x, y)); math.Abs(float64(v)-want) > .2 && hidden(x) {
					t.Fatalf("channel %d at %d,%d is %.2f stops behind a thing, want %.2f", c, x, y, v, want)
				}
			}
		}
	}
	if _, ok := Sky(im, s, alpha.Like(), disc); ok {
		t.Error("a sky is fitted where none is seen")
	}
}

// A channel that was cut off counts as what a sky has at least.
func TestStopsOfACutChannel(t *testing.T) {
	got := Stops([]float32{0, .5, 1}, 0)
	if want := math.Log2(channelLeast * (.7152*.5 + .0722)); math.Abs(float64(got[0])-want) > 1e-3 || got[2] != 0 {
		t.Errorf("got %v, want red at %.3f and blue at 0", got, want)
	}
}
