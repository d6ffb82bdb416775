package sky

import (
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
)

// Where a bright sky goes dark no rim of it is left along what stands before it.
func TestNoRimIsLeftOfABrightSky(t *testing.T) {
	im, err := envmap.Resize(noonField(2048), 512, 256)
	if err != nil {
		t.Fatal(err)
	}
	sc := analysed(t, im, Day)
	target, _ := sc.Preset("moonlit night")
	target.Rods = 0
	out := luminances(rendered(t, sc, target))
	var rims []float32
	for y := sc.s.row(14); y < sc.s.row(1); y++ {
		for x := range out.w {
			if a := sc.Mask.alpha.row(y)[x]; a < .5 && sc.edge.row(y)[x] > .5 {
				rims = append(rims, log2(out.row(y)[x]/out.row(y + 6)[x]))
			}
		}
	}
	if rim := quantile(rims, .75); len(rims) < 100 || rim > .55 {
		t.Errorf("of %d texels along the edge a quarter lie more than %.2f stops over what stands below them", len(rims), rim)
	}
}
