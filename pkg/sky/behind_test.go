package sky

import (
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// A texel along an edge of the sky shows some of it: whatever light it is put into, it comes out
// as the same texels of a larger map do, which show one or the other. So no rim is left of a sky
// that goes dark, nor a dark one before a sky that shines.
func TestEdgesAreLitAsTheyAreInALargerMap(t *testing.T) {
	large := noonField(2048)
	im, err := envmap.Resize(large, 512, 256)
	if err != nil {
		t.Fatal(err)
	}
	sc, all := analysed(t, im, Day), analysed(t, large, Day)
	for _, name := range []string{"moonlit night", "overcast", "sunset"} {
		target, _ := sc.Preset(name)
		target.Rods = 0
		want, err := envmap.Resize(rendered(t, all, target), 512, 256)
		if err != nil {
			t.Fatal(err)
		}
		is, should := raster.Luminances(rendered(t, sc, target)), raster.Luminances(want)
		var rims []float32
		for y := sc.s.Row(14); y < sc.s.Row(1); y++ {
			for x := range is.W {
				if sc.edge.Row(y)[x] > .5 && sc.Mask.Alpha.Row(y)[x] < .97 {
					rims = append(rims, num.Log2(is.Row(y)[x]/should.Row(y)[x]))
				}
			}
		}
		low, high := raster.Quantile(rims, .05), raster.Quantile(rims, .95)
		if len(rims) < 100 || low < -.4 || high > .4 {
			t.Errorf("%s: of %d texels along the edge nine in ten are %.2f to %.2f stops brighter than in a larger map, want -.4 to .4", name, len(rims), low, high)
		}
	}
}
