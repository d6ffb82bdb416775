package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
)

// A disc is seen as large as it is, up to a texel, wherever it stands.
func TestSizeIsTheDiscs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ across, elevation, azimuth float64 }{
		{1.5, 30, 180}, {2.5, 3, -90}, {3, 70, 10}, {4, 45, 179.5},
	} {
		const w, h = 512, 256
		im := field(atmosphere.Light{SunElevation: num.Radians(-20)}, w, false)
		centre := vec(atmosphere.Toward(num.Radians(c.elevation), num.Radians(c.azimuth)))
		for y := range h {
			for x := range w {
				if d := envmap.Direction(float64(x)+.5, float64(y)+.5, w, h); envmap.AngleBetween(d, centre) <= c.across/2 {
					copy(im.Row(y)[3*x:], []float32{9000, 9000, 9000})
				}
			}
		}
		sc := analysed(t, im, Day)
		if got := num.Degrees(sc.Size()); !sc.Sun.Found || math.Abs(got-c.across) > 360./w {
			t.Errorf("a disc %v° across at %v°: found %v, seen %.2f° across", c.across, c.elevation, sc.Sun.Found, got)
		}
	}
}

func TestSizeIsATexelsAtLeast(t *testing.T) {
	sc := analysed(t, noonField(512), Day)
	if got := num.Degrees(sc.Size()); got < .6 || got > 2.5 {
		t.Errorf("the sun of a small map is %.2f° across, want one or a few texels of .7°", got)
	}
}

func TestBrightestOfABlackMap(t *testing.T) {
	if spot, ok := analysed(t, hdr.New(64, 32), Indoor).Brightest(); ok {
		t.Errorf("a black map's brightest spot is %+v, want none", spot)
	}
}

func TestBrightestIsWhereALampIs(t *testing.T) {
	const w, h = 512, 256
	im := hdr.New(w, h)
	for i := range im.Pix {
		im.Pix[i] = .1
	}
	at := envmap.Direction(100.5, 60.5, w, h)
	im.Row(60)[3*100] = 50
	spot, ok := analysed(t, im, Indoor).Brightest()
	if away := envmap.AngleBetween(spot.Direction, at); !ok || spot.Found || away > .1 {
		t.Errorf("got ok %v, found %v, %.2f° away, want a spot that is no sun", ok, spot.Found, away)
	}
	if got, want := spot.Energy[0], 49.9*envmap.SolidAngle(60, w, h); math.Abs(got-want) > .02*want {
		t.Errorf("its red is %.4g, want %.4g", got, want)
	}
}
