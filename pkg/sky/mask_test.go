package sky

import (
	"testing"

	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/synth"
)

// Over a plain the mask is what lies above the horizon, at every size.
func TestMaskOfAPlain(t *testing.T) {
	for _, w := range []int{256, 2048} {
		sc := analysed(t, field(atmosphere.Light{SunElevation: radians(30), Haze: .2}, w, false), Day)
		alpha, s := sc.SkyMask(), newSphere(w, w/2)
		var wrong, all float64
		for y := range s.h {
			for x := range s.w {
				if e := s.elevation[y]; e < -1.5 || e > 1.5 {
					a := float64(alpha[y*w+x])
					if e > 0 {
						a = 1 - a
					}
					wrong += a * s.solid[y]
					all += s.solid[y]
				}
			}
		}
		if wrong/all > .01 {
			t.Errorf("%d texels: %.1f %% of the sphere is masked wrongly", w, 100*wrong/all)
		}
	}
}

func TestKindOfSynthetic(t *testing.T) {
	for _, c := range []struct {
		want  label.Attributes
		kind  Kind
		share float64
	}{
		{label.Indoor, Indoor, .8},
		{label.Outdoor | label.Day | label.Clear, Day, .8},
	} {
		right, n := 0, 12
		for i := range uint64(n) {
			kind, err := KindOf(synth.NewLike(11, i, c.want).Draw(256, 128))
			if err != nil {
				t.Fatal(err)
			}
			if kind == c.kind {
				right++
			}
		}
		if float64(right) < c.share*float64(n) {
			t.Errorf("%v: %d of %d told, want %.0f %%", c.kind, right, n, 100*c.share)
		}
	}
}

func TestKindDoesNotChangeWithExposure(t *testing.T) {
	for i := range uint64(6) {
		im := synth.New(13, i).Draw(256, 128)
		before, _ := KindOf(im)
		for i := range im.Pix {
			im.Pix[i] *= 64
		}
		if after, _ := KindOf(im); after != before {
			t.Errorf("scene %d: %v, six stops brighter %v", i, before, after)
		}
	}
}
