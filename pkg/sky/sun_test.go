package sky

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/synth"
)

func TestSunIsFoundWhereItWasPut(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 8 {
		w := []int{256, 512, 1024}[r.IntN(3)]
		l := atmosphere.Light{
			SunElevation: num.Radians(2 + 80*r.Float64()),
			SunAzimuth:   2 * math.Pi * (r.Float64() - .5),
			Haze:         .5 * r.Float64(),
		}
		im := field(l, w, false)
		sc := analysed(t, im, Day)
		want := vec(atmosphere.Toward(l.SunElevation, l.SunAzimuth))
		if away := envmap.AngleBetween(sc.Sun.Direction, want); !sc.Sun.Found || away > max(.15, 130./float64(w)) {
			t.Errorf("%d texels, sun at %.1f° high: found %v, %.2f° away", w, num.Degrees(l.SunElevation), sc.Sun.Found, away)
			continue
		}
		sky := atmosphere.New(l)
		had := rgb.Lum(sky.Beam()) / rgb.Lum(sky.Horizontal())
		got := rgb.Lum(sc.Sun.Energy) / rgb.Lum(sc.old.sky)
		if off := math.Abs(math.Log2(got / had)); off > .35 {
			t.Errorf("%d texels, sun at %.1f° high: beam over sky is %.3g, want %.3g", w, num.Degrees(l.SunElevation), got, had)
		}
	}
}

func TestNoSunWhereThereIsNone(t *testing.T) {
	t.Parallel()
	for _, l := range []atmosphere.Light{
		{SunElevation: num.Radians(40), Cover: 1},
		{SunElevation: num.Radians(10), Cover: 1, Haze: .5},
		{SunElevation: num.Radians(-4), Haze: .2},
		{SunElevation: num.Radians(-30)},
	} {
		if sc := analysed(t, field(l, 512, true), Day); sc.Sun.Found {
			t.Errorf("%+v: a sun of ratio %.0f, want none", l, sc.Sun.Ratio)
		}
	}
	for i := range uint64(6) {
		room := synth.NewLike(3, i, label.Indoor)
		if sc := analysed(t, room.Draw(256, 128), Indoor); sc.Sun.Found {
			t.Errorf("room %d: a sun, want none", i)
		}
	}
	if sc := analysed(t, hdr.New(64, 32), Day); sc.Sun.Found {
		t.Error("a sun in a black map")
	}
}

// The ground cannot send back more than falls on it.
func TestClippedSunIsMissed(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(50), Haze: .2}, 512, false)
	// Pale sand, then a disc cut down to a fiftieth.
	for y := im.H / 2; y < im.H; y++ {
		for i := range im.Row(y) {
			im.Row(y)[i] *= 3.5
		}
	}
	whole := analysed(t, im, Day).Sun
	sky := raster.Luminances(im)
	peak := raster.Quantile(sky.V, 1)
	for i := range im.Pix {
		im.Pix[i] = min(im.Pix[i], peak/50)
	}
	cut := analysed(t, im, Day).Sun
	if whole.Clipped != 1 {
		t.Errorf("a whole sun counts as clipped %.2f times", whole.Clipped)
	}
	if cut.Clipped < 2 {
		t.Errorf("a sun cut to 1/50 counts as clipped %.2f times, want more than 2", cut.Clipped)
	}
}

func TestCutSunTakesTheDiscOnly(t *testing.T) {
	im, out := noonField(512), noonField(512)
	sc := analysed(t, out, Day)
	sc.CutSun()
	before, after := envmap.IrradianceFromAbove(im), envmap.IrradianceFromAbove(out)
	got, want := rgb.Lum(before)-rgb.Lum(after), rgb.Lum(sc.Sun.Energy)*sc.Sun.Direction.Y
	if math.Abs(got-want) > .1*want {
		t.Errorf("level ground loses %.3g, want the disc's %.3g", got, want)
	}
	for i := range out.Pix {
		d := envmap.Direction(float64(i/3%im.W)+.5, float64(i/3/im.W)+.5, im.W, im.H)
		if out.Pix[i] != im.Pix[i] && envmap.AngleBetween(d, sc.Sun.Direction) > discOuter {
			t.Fatal("a texel far from the disc changes")
		}
	}
}
