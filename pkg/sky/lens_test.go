package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// A lens spreads its share of the beam around a sun that moved.
func TestALensSpreadsItsShareOfTheBeam(t *testing.T) {
	sc := analysed(t, field(daylights[0], 512, false), Day)
	target := sc.Own()
	target.SunAzimuth += 2
	with := rendered(t, sc, target)
	beam := rgb.Lum(sc.plan(target).painted)
	target.Glow = 0
	without := raster.Luminances(rendered(t, sc, target))
	var spread float64
	for i, v := range raster.Luminances(with).V {
		spread += sc.s.Solid[i/sc.s.W] * float64(v-without.V[i])
	}
	if share := spread / beam; math.Abs(share-glowShare) > .2*glowShare {
		t.Errorf("a glow of 1 spreads %.4f of the beam, want %v", share, glowShare)
	}
}
