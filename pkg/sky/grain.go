package sky

import (
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// smooth is a night's clouds without its sensor's grain, which in the light of a day would
// be a texture of the sky.
type smooth struct {
	detail [3]raster.Plane
	grain  [3]float32 // stops of a texel at the working size that are grain and no cloud
}

// Grain is what a texel has over a blur of so many texels at 1024×512, of each of these; of
// what deviates by grainSure times its usual deviation half stays.
var grainBlurs = [...]float64{1.2, 3, 7}

const grainSure = 4

// smoothed is the scene's.
func (sc *Scene) smoothed() smooth { return sc.grainOnce.of(sc.findSmooth) }

func (sc *Scene) findSmooth() (s smooth) {
	for c, d := range sc.detail {
		var kept raster.Plane // what is cloud of the finer ones
		rest := d
		for k, by := range grainBlurs {
			soft := rest.Blur(max(by*sc.f.Scale, .7))
			over := d.Like().Each(func(i int) float32 { return rest.V[i] - soft.V[i] })
			size := over.Where(func(x, y int) bool { return y < sc.s.H/2 && sc.Mask.Alpha.Row(y)[x] > .97 })
			for i, v := range size {
				size[i] = num.Abs(v)
			}
			grain := grainSure * usual * raster.Quantile(size, .5)
			if k == 0 {
				s.grain[c], kept = grain, d.Like()
			}
			for i, v := range over.V {
				kept.V[i] += cored(v, grain)
			}
			rest = soft
		}
		s.detail[c] = kept.Each(func(i int) float32 { return kept.V[i] + rest.V[i] })
	}
	return s
}

// usual is the standard deviation of what is normal over the median of its size.
const usual float32 = 1.4826

// cored is a value of which half goes where it is grain's size, all where it is much less, and
// little where it is more.
func cored(v, grain float32) float32 {
	if v == 0 {
		return 0
	}
	return v * v * v / (v*v + grain*grain)
}
