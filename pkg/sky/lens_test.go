package sky

import (
	"math"
	"testing"
)

// A lens spreads its share of the beam around a sun that moved.
func TestALensSpreadsItsShareOfTheBeam(t *testing.T) {
	sc := analysed(t, field(daylights[0], 512, false), Day)
	target := sc.Own()
	target.SunAzimuth += 2
	with := rendered(t, sc, target)
	beam := luma(sc.plan(target).painted)
	target.Glow = 0
	without := luminances(rendered(t, sc, target))
	var spread float64
	for i, v := range luminances(with).v {
		spread += sc.s.solid[i/sc.s.w] * float64(v-without.v[i])
	}
	if share := spread / beam; math.Abs(share-glowShare) > .2*glowShare {
		t.Errorf("a glow of 1 spreads %.4f of the beam, want %v", share, glowShare)
	}
}
