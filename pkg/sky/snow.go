package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// snowAlbedo is fresh snow's (Warren 1982: .8 and more in visible light).
const snowAlbedo = .78

// snow says where it lies, and how the ground under it still shows.
type snow struct {
	cover raster.Plane // 0 to 1, at the working size
	shade raster.Plane // stops
	lit   float64      // share of the light that falls on it
	lamps raster.Plane // lamps' light on it by night, over what they give level ground; no values where none is
}

// lampsOnSnow is how many times as much light as on the mean of the ground lamps give
// snow at most.
const lampsOnSnow = 5

const (
	groundWidth  = 512 // that the ground's edge is found at
	groundRadius = 14. // texels at 1024×512 over which it follows the picture
	groundEps    = 4e-3

	reliefWidth = 12. // texels at 1024×512 of what counts as relief
	reliefPart  = .6  // of its stops that snow keeps
	reliefRough = .25 // stops of relief on rough ground, that it keeps less of
	broadPart   = .2  // of the stops of what is broader

	// From so many stops of relief on, and surely with so many, it is leaves and twigs,
	// whose tops have more snow and whose depths are dark, where stones are white or
	// bare. Grass has .2 to .5, undergrowth .6 to 1.3.
	tangleFrom, tangleSure = .45, .85
	tangleRelief           = .38 // of their stops that the snow on them keeps

	snowRelief = .45 // share of falling snow that a stop of it keeps off, or holds

	// How far under the eye, in degrees, what is seen as relief begins to be too small to stand
	// out of snow, and is: a hand's breadth at 35 degrees, an arm's length near the horizon.
	buriedFrom, buriedSure = 6., 35.
	buriedPart             = .8 // of what it keeps off that it then no longer does
	buriedShade            = .2 // and of its stops that no longer show

	postFrom, postSure = .3, 1. // stops that trunks and posts are darker than what is around

	leafyFrom, leafySure = .1, .25 // stops² of relief that leaves have and grass has not
	leafWidth            = 5.      // texels at 1024×512 over which these are told
	dustMost             = .8      // of what snow covers on leaves
)

// newSnow lets it lie on what is ground and no snow already, thin under a canopy and none under a
// roof, and along its edge on what is bright from above. On undergrowth and on leaves below
// the eye it is a dusting through which these show. Above the eye their undersides are seen. What
// is small underfoot it buries.
func (sc *Scene) newSnow(share float64) *snow {
	s, scale := sc.s, sc.f.Scale
	closer, within := sc.solidly(leafWidth), sc.solidly(reliefWidth)
	over := func(lg, near raster.Plane) raster.Plane {
		return lg.Like().Each(func(i int) float32 { return lg.V[i] - near.V[i] })
	}
	lg := sc.lampsOut()
	near := within(lg)
	fine := over(lg, near)
	square := fine.Like().Each(func(i int) float32 { return fine.V[i] * fine.V[i] })
	rough := within(square)
	rough.Each(func(i int) float32 { return float32(math.Sqrt(float64(max(rough.V[i], 0)))) })
	// The edge between two smooth things is no relief.
	middle, leafy := closer(fine), closer(square)
	leafy.Each(func(i int) float32 { return leafy.V[i] - middle.V[i]*middle.V[i] })
	red, blue := sc.f.F[1].Blur(leafWidth*scale), sc.f.F[2].Blur(leafWidth*scale)
	grown := rough.Like().Each(func(i int) float32 {
		return feature.Green(red.V[i], blue.V[i]) * num.Step(tangleFrom, tangleSure, rough.V[i])
	})
	if sc.shadow.hard {
		lg = sc.evenly(lg, grown)
		near = within(lg)
		fine = over(lg, near)
	}
	soft, far := fine.Blur(.8*scale), lg.Smaller(lightWidth).Blur(50*.25*min(1, 4*scale)).To(s.W, s.H)
	ground, stand, posts := sc.ground(), sc.plants(), hanging(s, soft)
	under, water, lay := sc.openAbove(), sc.wetness(), sc.snowy()
	n := &snow{cover: lg.Like(), shade: lg.Like(), lit: sc.onGround()}
	if sky := float32(1 - sc.lampPart()); sky < 1 {
		grey := num.Log2(groundGrey * sc.paper())
		n.lamps = far.Like().Each(func(i int) float32 {
			return min(max(num.Exp2(far.V[i]-grey)-sky, 0)/(1-sky), lampsOnSnow)
		})
	}
	n.cover.Fill(func(x, y int) float32 {
		i := y*s.W + x
		spread := rough.V[i]
		tangled := num.Step(tangleFrom, tangleSure, spread)
		part := reliefPart * min(1, reliefRough/max(spread, .02))
		part += tangled * (tangleRelief - part)
		stops := part*min(max(fine.V[i], -2), 1) + broadPart*min(max(near.V[i]-far.V[i], -2), 1)
		// What lies underfoot is small, and snow buries it, but for what grows.
		buried := float32(num.Step(buriedFrom, buriedSure, -s.Elevation[y])) * (1 - posts.V[i]) * (1 - grown.V[i])
		n.shade.V[i] = min(max(stops, -1.4-tangled), .3+.2*tangled)*(1-buriedShade*buried) - .08

		open := under(x, y)
		amount := ground.V[i] * open
		stands := snowRelief * (1 - buriedPart*buried) * min(max(soft.V[i], -1.6), 1)
		lies := num.Step(.25-.2*tangled, .75+.35*tangled, amount+stands) * num.Step(0, .7, amount)
		// Green and rough is leaves, on whose tops a little lies.
		leaves := feature.Green(red.V[i], blue.V[i]) * num.Step(leafyFrom, leafySure, leafy.V[i]) * stand(x, s.Elevation[y])
		lies += leaves * (amount*dustMost*num.Step(-1.2, 1.4, soft.V[i]) - lies)
		lies *= 1 - sc.Mask.Alpha.V[i]
		if lay.some {
			lies *= 1 - lay.share.V[i]
		}
		return .95 * float32(share) * lies * (1 - water.at(i))
	})
	return n
}

// hanging is how far what is narrow and darker than what is around goes on without a break from the
// horizon down to a texel, 0 to 1: trunks and posts, which no snow buries.
func hanging(s *raster.Sphere, relief raster.Plane) raster.Plane {
	out := relief.Like()
	for y := s.H / 2; y < s.H; y++ {
		row := out.Row(y)
		for x, v := range relief.Row(y) {
			row[x] = num.Step[float32](postFrom, postSure, -v)
			if y > s.H/2 {
				over := out.Row(y - 1)
				row[x] = min(row[x], max(over[(x+s.W-1)%s.W], over[x], over[(x+1)%s.W]))
			}
		}
	}
	return out
}

// solidly makes means of what stands before the sky, over texels at 1024×512.
func (sc *Scene) solidly(width float64) func(raster.Plane) raster.Plane {
	width *= sc.f.Scale
	alpha := sc.Mask.Alpha
	solid := alpha.Like().Each(func(i int) float32 { return 1 - alpha.V[i] + 1e-3 })
	all := solid.Blur(width)
	return func(p raster.Plane) raster.Plane {
		sum := p.Like().Each(func(i int) float32 { return p.V[i] * solid.V[i] }).Blur(width)
		return sum.Each(func(i int) float32 { return sum.V[i] / all.V[i] })
	}
}

// plants is how far what grows at an elevation of a column may stand on the ground, 0 to 1: all
// of it under leaves, elsewhere what reaches up to the skyline.
func (sc *Scene) plants() func(x int, elevation float64) float32 {
	top, leaves := sc.skyline(), sc.canopy.leaves
	return func(x int, elevation float64) float32 {
		return float32(leaves + (1-leaves)*reachesDown(float64(top[x]), elevation))
	}
}

// evenly is log luminance lg without the shadows and spots of an old sun, which say nothing of where
// snow lies, but for the shade of leaves on each other, as far as something is grown.
func (sc *Scene) evenly(lg, grown raster.Plane) raster.Plane {
	h, open := &sc.shadow, 1-float32(sc.canopy.spots)
	lift := h.lift.Read(sc.f.Guide())
	return lg.Like().Each(func(i int) float32 {
		return lg.V[i] + (1-open*grown.V[i])*min(max(lift.V[i], h.least), h.most)
	})
}

// onGround is the share of the light over a place that falls on its ground. Where walls
// and trees leave little of the sky, the ground tells: it is no darker than soil, and its
// darkest tenth no darker than that in the shade.
func (sc *Scene) onGround() float64 {
	below := sc.below()
	closed := num.Step(airyFrom, airySure, sc.Mask.Share) * (1 - sc.roofed())
	if closed == 0 || sc.Kind == Night {
		return below
	}
	ground := sc.lum.Where(func(_, y int) bool { return sc.s.Elevation[y] < groundLow })
	over := func(e [3]float64) float64 { return max(soilAlbedo*rgb.Lum(e)/math.Pi, 1e-30) }
	falls := max(float64(raster.Quantile(ground, .5))/over(sc.old.level()), float64(raster.Quantile(ground, .1))/over(sc.old.sky))
	return below + closed*(min(falls, below)-below)
}

const (
	airyFrom, airySure = .6, .3 // share of the sky from which on ground sees less than the camera
	groundLow          = -15.   // degrees: what lies lower is ground
	soilAlbedo         = .05    // wet soil's and dark asphalt's
)

// ground is how far a texel is ground, 0 to 1. It is found once.
func (sc *Scene) ground() raster.Plane { return sc.groundOnce.of(sc.findGround) }

// findGround tells ground from what stands on it: surely not what stands over the
// horizon, surely what lies far under it, the farther the higher things stand
// there, and nothing that is like these. Between them the picture's own edges tell.
func (sc *Scene) findGround() raster.Plane {
	top := sc.skyline()
	s := sc.s
	guess := sc.lum.Like().Fill(func(x, y int) float32 {
		tall := float64(min(top[x], 30))
		return float32(num.Step(1.5-.12*tall, -2-.4*tall, s.Elevation[y]))
	})
	guide, lg := sc.f.Guide(), sc.lampsOut()
	guide[0].Each(func(i int) float32 { return feature.GuideValue(lg.V[i]) })
	var small [3]raster.Plane
	for c := range small {
		small[c] = guide[c].Smaller(groundWidth)
	}
	p, stands := guess.Smaller(groundWidth), sc.standing(top)
	p.Each(func(i int) float32 { return p.V[i] * (1 - stands.V[i]) })
	r := max(1, int(math.Round(groundRadius*float64(p.W)/1024)))
	out := raster.NewGuided(small, p, r, groundEps).Read(guide)
	return out.Fill(func(x, y int) float32 {
		return min(max(out.Row(y)[x], 0), 1) * float32(num.Step(2.5, -.5, s.Elevation[y]))
	})
}

// roofed is how far a roof, and not leaves, keeps the snow from where the camera
// stands, 0 to 1: what is smooth overhead and no sky, or lets no
// sky through.
func (sc *Scene) roofed() float64 { return sc.roofOnce.of(sc.findRoof) }

func (sc *Scene) findRoof() float64 {
	var over, sky, all float64
	limit := sc.f.Smooth()
	for y := range sc.s.Row(roofLowest) {
		for x, a := range sc.Mask.Alpha.Row(y) {
			all += sc.s.Solid[y]
			sky += sc.s.Solid[y] * float64(a)
			if a < .1 && sc.f.Texture.Row(y)[x] < limit {
				over += sc.s.Solid[y]
			}
		}
	}
	all = max(all, 1e-12)
	return max(num.Step(.25, .55, over/all), num.Step(.08, .02, sky/all))
}

// roofLowest is the elevation, in degrees, above which a roof is overhead.
const roofLowest = 60.

// openAbove is the share of falling snow that reaches what is seen at a texel.
// Leaves keep some of it. A roof over the camera keeps all of it up to where it
// ends: as far away as its edge, which in each column is the top of the sky, and
// so twice as far over the eye as the floor lies under it.
func (sc *Scene) openAbove() func(x, y int) float32 {
	s := sc.s
	roofed := float32(sc.roofed())
	through := float32(.55 + .45*num.Step(.1, .6, sc.Mask.Share))
	through += roofed * (1 - through)
	if roofed == 0 {
		return func(int, int) float32 { return through }
	}
	reach := raster.NewPlane(s.W, 1)
	for y := s.H/2 - 1; y >= 0; y-- {
		for x, a := range sc.Mask.Alpha.Row(y) {
			if a > .5 {
				reach.V[x] = float32(s.Elevation[y])
			}
		}
	}
	// A post hides the edge, and does not end it: what is narrow is closed.
	negative := func(p raster.Plane) raster.Plane { return p.Each(func(i int) float32 { return -p.V[i] }) }
	post := sc.f.Texels(roofPost)
	reach = negative(negative(reach.Widened(post)).Widened(post))
	for range 3 {
		reach.Along(raster.Gaussian(roofBlur * sc.f.Scale))
	}
	for x, top := range reach.V {
		// The floor beneath the roof's edge, degrees under the horizon.
		reach.V[x] = float32(num.Degrees(math.Atan(math.Tan(num.Radians(min(float64(top), 80))) / roofOver)))
	}
	return func(x, y int) float32 {
		depth := -float32(s.Elevation[y])
		return through * (1 - roofed*num.Step(reach.V[x]-8, reach.V[x]+3, depth))
	}
}

const (
	roofOver = 2.  // times the eye's height over the floor that a roof lies over the eye
	roofPost = 8.  // texels at 1024×512: half of what a post hides of its edge at most
	roofBlur = 14. // texels at 1024×512 over which its edge runs
)
