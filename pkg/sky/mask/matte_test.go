package mask

import (
	"math"
	"testing"
)

// A mixture of sky and leaves tells the share of the sky, be they brighter or darker than those
// around; before grey a thing tells it that is as bright as those around.
func TestUnmixFindsTheShareOfTheSky(t *testing.T) {
	leaf, grey := [3]float32{.09, .12, .03}, [3]float32{.1, .1, .1}
	for _, c := range []struct {
		thing [3]float32
		times float32
		most  float64
	}{{leaf, 1, .01}, {leaf, .5, .05}, {leaf, 2, .06}, {grey, 1, .01}} {
		for _, share := range []float32{0, .2, .5, .8, 1} {
			var mix [3]float32
			for k := range mix {
				mix[k] = share + (1-share)*c.times*c.thing[k]
			}
			if a, off := unmix(mix, c.thing); math.Abs(float64(a-share)) > c.most || off > .02 {
				t.Errorf("%v at %v times its light: the share of the sky is %.3f, off by %.3f, want %v", c.thing, c.times, a, off, share)
			}
		}
	}
}

// A colour that no mixture of sky and thing has is off.
func TestUnmixTellsWhatIsNoMixture(t *testing.T) {
	if _, off := unmix([3]float32{.8, .3, .1}, [3]float32{.03, .1, .03}); off < matteOffSure {
		t.Errorf("brick between sky and leaves is off by %.3f, want more than %v", off, matteOffSure)
	}
}
