package sky

import "math"

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
func (sc *Scene) standing(top []float32) plane {
	alpha := sc.Mask.alpha.smaller(groundWidth)
	s := newSphere(alpha.w, alpha.h)
	// Under leaves and roofs the skyline is theirs. Where much of the sky is seen, walls stand too
	// far off to matter, and what is like them may as well be a square. By night ground is
	// like the wall that the same lamp lights.
	under := float32((1 - sc.canopy.leaves) * (1 - sc.roofed()) * step(airyFrom, airySure, sc.Mask.Share))
	if under == 0 || sc.Kind == Night {
		return newPlane(s.w, s.h)
	}
	scale := float64(s.w) / 1024
	var f, soft [3]plane
	for c := range f {
		f[c] = sc.f.f[c].smaller(groundWidth)
		soft[c] = f[c].blur(2 * scale)
	}
	at := func(from, to float64) plane {
		return f[0].like().fill(func(x, y int) float32 {
			if e := s.elevation[y]; e > from && e < to && alpha.row(y)[x] < .1 {
				return 1
			}
			return 0
		})
	}
	// away is how far each texel is from what lies where a weight is, in stops².
	away := func(weight plane) plane {
		sum := weight.like()
		for c, by := range [3]float32{standsLight, 1, 1} {
			mean := fillFrom(f[c], weight, scale)
			sum.each(func(i int) float32 {
				d := by * (soft[c].v[i] - mean.v[i])
				return sum.v[i] + d*d
			})
		}
		return sum
	}
	ground, things := away(at(-90, underfoot)), away(at(standsFrom, standsTo))
	return ground.like().fill(func(x, y int) float32 {
		if y < s.h/2 {
			return 0
		}
		i := y*s.w + x
		may := reachesDown(float64(top[x*sc.s.w/s.w]), s.elevation[y])
		like := step(standsNo, standsSure, things.v[i]/(things.v[i]+ground.v[i]+standsAlike))
		// Green may be grass as well as leaves.
		return under * float32(may) * (1 - green(f[1].v[i], f[2].v[i])) * like
	})
}

// reachesDown is how far what stands up to tall over the horizon, in degrees, may reach down to an
// elevation, 0 to 1.
func reachesDown(tall, elevation float64) float64 {
	foot := degrees(math.Atan(wallFoot * math.Tan(radians(tall))))
	return step(-foot, -wallNarrow*foot, elevation) * step(lowWall, tallWall, tall)
}
