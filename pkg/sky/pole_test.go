package sky

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// The zenith is one place, so that a sky of any light has one value there, whatever
// the azimuth of a column.
func TestTheZenithIsOneValue(t *testing.T) {
	t.Parallel()
	const most = .04 // stops: half a degree from it a noon sky changes by .026
	for i, l := range daylights {
		sc := analysed(t, field(l, 512, true), Day)
		for _, name := range Presets {
			target, _ := sc.Preset(name)
			target.Stars = 0
			row := raster.Luminances(rendered(t, sc, target)).Row(0)
			least, greatest := math.Inf(1), math.Inf(-1)
			for _, v := range row {
				least, greatest = min(least, math.Log2(float64(v))), max(greatest, math.Log2(float64(v)))
			}
			if greatest-least > most {
				t.Errorf("light %d, %s: the columns of the zenith differ by %.3f stops, want %.2f at most", i, name, greatest-least, most)
			}
		}
	}
}
