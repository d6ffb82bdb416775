package sky

import (
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

const (
	// How much of the mask, and of a far lamp, a texel has that shows nothing of its own.
	behindSky, behindLamp = .08, .1

	// The weight of what lies beside the sky, which counts where there is nothing better,
	// and of what the sky shines through, which counts where there is not that for far around.
	behindEdge, behindThin = .02, 2e-5
)

// fillBehind finds the foreground's colour where the mask lies over it.
func (sc *Scene) fillBehind() {
	if sc.Mask.Share == 0 {
		return
	}
	// A texel beside the sky holds some of it, whatever the mask says.
	w, h := sc.s.W, sc.s.H
	sc.edge = sc.lum.Like().Fill(func(x, y int) (most float32) {
		for _, row := range [3]int{max(y-1, 0), y, min(y+1, h-1)} {
			a := sc.Mask.Alpha.Row(row)
			most = max(most, a[(x+w-1)%w], a[x], a[(x+1)%w])
		}
		return most
	})
	if sc.Kind == Night && sc.fits {
		sc.throughTwigs()
	}
	clear := sc.lum.Like().Each(func(i int) float32 {
		switch {
		case sc.Mask.Alpha.V[i] >= behindSky:
			return 0
		case sc.off.V != nil && sc.off.V[i] > behindLamp:
			return 0
		case sc.edge.V[i] > 1: // the sky shines through
			return behindThin
		case sc.edge.V[i] > edgeFrom:
			return behindEdge
		}
		return 1
	})
	for c := range sc.behind {
		p := sc.lum.Like().Each(func(i int) float32 { return num.Log2(max(sc.im.Pix[3*i+c], 0) + sc.f.Floor) })
		sc.behind[c] = raster.PullPush(p, clear)
	}
}
