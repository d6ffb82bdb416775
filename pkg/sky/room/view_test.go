package room

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// Below what is as wide and high as a tree there is no sky, and a bar is no tree.
func TestSkyEndsAtWhatStandsOutside(t *testing.T) {
	share := raster.NewPlane(viewWidth, viewWidth/2).Each(func(int) float32 { return 1 })
	windows, seen := share.Like().Each(func(int) float32 { return 1 }), share.Like()
	for y := range share.H {
		share.Row(y)[20] = 0 // upright
		if y >= 40 && y < 48 {
			for x := 100; x < 110; x++ {
				share.Row(y)[x] = 0 // a tree
			}
		}
		if y == 30 {
			clear(share.Row(y))
		}
	}
	got := open(share, windows, seen, frameUnder)
	for _, c := range []struct {
		what string
		x, y int
		want float32
	}{{"behind an upright bar", 20, 60, 1}, {"beside it", 22, 60, 1}, {"below a bar across", 60, 60, 1}, {"over the tree", 105, 35, 1}, {"below the tree", 105, 60, 0}} {
		if v := got.Row(c.y)[c.x]; math.Abs(float64(v-c.want)) > .1 {
			t.Errorf("%s the sky is open by %.2f, want %v", c.what, v, c.want)
		}
	}
}
