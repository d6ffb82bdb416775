package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// Where ground ends and a wall begins no elevation tells, but colour and light do: a
// wall goes on as it is over the horizon, and ground as it is underfoot.
const (
	standsFrom, standsTo = 1., 25. // degrees over the horizon that things stand at
	underfoot            = -32.    // degrees: what lies lower is ground
	standsLight          = .35     // what a stop of light counts beside one of colour, which shade has too
	standsAlike          = .02     // stops² that are no difference
	standsSure, standsNo = .45, .8 // of the difference from both that is from what stands
	wallFoot             = .47     // times as far as it reaches over the eye a wall reaches under it: one of 5 m
	wallNarrow           = .8      // of that where it surely may
	lowWall, tallWall    = 6., 12. // degrees over the horizon that walls near enough to matter reach
)

// standing is how far a texel is part of what stands before the sky, 0 to 1, at a width
// of groundWidth at most, by its likeness to it. top is the skyline.
func (sc *Scene) standing(top []float32) raster.Plane {
	alpha := sc.Mask.Alpha.Smaller(groundWidth)
	s := raster.NewSphere(alpha.W, alpha.H)
	// Under leaves and roofs the skyline is theirs. Where much of the sky is seen, walls stand too
	// far off to matter, and what is like them may as well be a square. By night ground is
	// like the wall that the same lamp lights.
	under := float32((1 - sc.canopy.leaves) * (1 - sc.roofed()) * num.Step(airyFrom, airySure, sc.Mask.Share))
	if under == 0 || sc.Kind == Night {
		return raster.NewPlane(s.W, s.H)
	}
	scale := float64(s.W) / 1024
	var f, soft [3]raster.Plane
	for c := range f {
		f[c] = sc.f.F[c].Smaller(groundWidth)
		soft[c] = f[c].Blur(2 * scale)
	}
	at := func(from, to float64) raster.Plane {
		return f[0].Like().Fill(func(x, y int) float32 {
			if e := s.Elevation[y]; e > from && e < to && alpha.Row(y)[x] < .1 {
				return 1
			}
			return 0
		})
	}
	// away is how far each texel is from what lies where a weight is, in stops².
	away := func(weight raster.Plane) raster.Plane {
		sum := weight.Like()
		for c, by := range [3]float32{standsLight, 1, 1} {
			mean := raster.FillFrom(f[c], weight, scale)
			sum.Each(func(i int) float32 {
				d := by * (soft[c].V[i] - mean.V[i])
				return sum.V[i] + d*d
			})
		}
		return sum
	}
	ground, things := away(at(-90, underfoot)), away(at(standsFrom, standsTo))
	return ground.Like().Fill(func(x, y int) float32 {
		if y < s.H/2 {
			return 0
		}
		i := y*s.W + x
		may := reachesDown(float64(top[x*sc.s.W/s.W]), s.Elevation[y])
		like := num.Step(standsNo, standsSure, things.V[i]/(things.V[i]+ground.V[i]+standsAlike))
		// Green may be grass as well as leaves.
		return under * float32(may) * (1 - feature.Green(f[1].V[i], f[2].V[i])) * like
	})
}

// reachesDown is how far what stands up to tall over the horizon, in degrees, may reach down to an
// elevation, 0 to 1.
func reachesDown(tall, elevation float64) float64 {
	foot := num.Degrees(math.Atan(wallFoot * math.Tan(num.Radians(tall))))
	return num.Step(-foot, -wallNarrow*foot, elevation) * num.Step(lowWall, tallWall, tall)
}
