package sky

import "math"

// snowAlbedo is fresh snow's (Warren 1982: .8 and more in visible light).
const snowAlbedo = .78

// snow says where it lies, and how the ground under it still shows.
type snow struct {
	cover plane   // 0 to 1, at the working size
	shade plane   // stops
	lit   float64 // share of the light that falls on it
}

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

	dustMost = .35 // of what snow covers on leaves
)

// newSnow lets it lie on what is ground and no snow already, thin under a canopy and none under a
// roof, and along its edge on what is bright from above. On undergrowth it is a
// dusting through which that shows.
func (sc *Scene) newSnow(share float64) *snow {
	s, lg, scale := sc.s, sc.lampsOut(), sc.f.scale
	near, far := lg.blur(reliefWidth*scale), lg.smaller(lightWidth).blur(50*.25*min(1, 4*scale)).to(s.w, s.h)
	fine := lg.like().each(func(i int) float32 { return lg.v[i] - near.v[i] })
	soft := fine.blur(.8 * scale)
	rough := fine.like().each(func(i int) float32 { return fine.v[i] * fine.v[i] }).blur(reliefWidth * scale)
	ground := sc.ground()
	under, water, lay := sc.openAbove(), sc.wetness(), sc.snowy()
	n := &snow{cover: lg.like(), shade: lg.like(), lit: sc.onGround()}
	n.cover.fill(func(x, y int) float32 {
		i := y*s.w + x
		spread := float32(math.Sqrt(float64(max(rough.v[i], 0))))
		tangled := step(tangleFrom, tangleSure, spread)
		part := reliefPart * min(1, reliefRough/max(spread, .02))
		part += tangled * (tangleRelief - part)
		stops := part*min(max(fine.v[i], -2), 1) + broadPart*min(max(near.v[i]-far.v[i], -2), 1)
		n.shade.v[i] = min(max(stops, -1.4-tangled), .3+.2*tangled) - .08

		open := under(x, y)
		amount := ground.v[i] * open
		lies := step(.25-.2*tangled, .75+.35*tangled, amount+.45*min(max(soft.v[i], -1.6), 1)) * step(0, .7, amount)
		// Green is leaves, on whose tops a little lies.
		green := green(sc.f.f[1].v[i], sc.f.f[2].v[i])
		dust := dustMost * green * step(.1, .3, spread) * (1 - step(2, 24, float32(s.elevation[y]))) * step(-1.2, 1.4, soft.v[i])
		lies = max(lies, open*dust) * (1 - sc.Mask.alpha.v[i])
		if lay.some {
			lies *= 1 - lay.share.v[i]
		}
		return .95 * float32(share) * lies * (1 - water.at(i))
	})
	return n
}

// green is how far what has chromas of red and blue is leaves or grass, 0 to 1. Red walls
// send back little blue, too.
func green(red, blue float32) float32 {
	return step(.04, .22, -(red+blue)/2) * (1 - step(.1, .35, red))
}

// onGround is the share of the light over a place that falls on its ground. Where walls
// and trees leave little of the sky, the ground tells: it is no darker than soil, and its
// darkest tenth no darker than that in the shade.
func (sc *Scene) onGround() float64 {
	below := sc.below()
	closed := step(airyFrom, airySure, sc.Mask.Share) * (1 - sc.roofed())
	if closed == 0 || sc.Kind == Night {
		return below
	}
	ground := sc.lum.where(func(_, y int) bool { return sc.s.elevation[y] < groundLow })
	over := func(e [3]float64) float64 { return max(soilAlbedo*luma(e)/math.Pi, 1e-30) }
	falls := max(float64(quantile(ground, .5))/over(sc.old.level()), float64(quantile(ground, .1))/over(sc.old.sky))
	return below + closed*(min(falls, below)-below)
}

const (
	airyFrom, airySure = .6, .3 // share of the sky from which on ground sees less than the camera
	groundLow          = -15.   // degrees: what lies lower is ground
	soilAlbedo         = .05    // wet soil's and dark asphalt's
)

// ground is how far a texel is ground, 0 to 1. It is found once.
func (sc *Scene) ground() plane { return sc.groundOnce.of(sc.findGround) }

// findGround tells ground from what stands on it: surely not what stands over the
// horizon, surely what lies far under it, the farther the higher things stand
// there, and nothing that is like these. Between them the picture's own edges tell.
func (sc *Scene) findGround() plane {
	top := sc.skyline()
	s := sc.s
	guess := sc.lum.like().fill(func(x, y int) float32 {
		tall := float64(min(top[x], 30))
		return float32(step(1.5-.12*tall, -2-.4*tall, s.elevation[y]))
	})
	guide := sc.f.guide()
	var small [3]plane
	for c := range small {
		small[c] = guide[c].smaller(groundWidth)
	}
	p, stands := guess.smaller(groundWidth), sc.standing(top)
	p.each(func(i int) float32 { return p.v[i] * (1 - stands.v[i]) })
	r := max(1, int(math.Round(groundRadius*float64(p.w)/1024)))
	out := newGuided(small, p, r, groundEps).read(guide)
	return out.fill(func(x, y int) float32 {
		return min(max(out.row(y)[x], 0), 1) * float32(step(2.5, -.5, s.elevation[y]))
	})
}

// roofed is how far a roof, and not leaves, keeps the snow from where the camera
// stands, 0 to 1: what is smooth overhead and no sky, or lets no
// sky through.
func (sc *Scene) roofed() float64 { return sc.roofOnce.of(sc.findRoof) }

func (sc *Scene) findRoof() float64 {
	var over, sky, all float64
	limit := sc.f.smooth()
	for y := range sc.s.row(roofLowest) {
		for x, a := range sc.Mask.alpha.row(y) {
			all += sc.s.solid[y]
			sky += sc.s.solid[y] * float64(a)
			if a < .1 && sc.f.texture.row(y)[x] < limit {
				over += sc.s.solid[y]
			}
		}
	}
	all = max(all, 1e-12)
	return max(step(.25, .55, over/all), step(.08, .02, sky/all))
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
	through := float32(.55 + .45*step(.1, .6, sc.Mask.Share))
	if roofed == 0 {
		return func(int, int) float32 { return through }
	}
	reach := newPlane(s.w, 1)
	for y := s.h/2 - 1; y >= 0; y-- {
		for x, a := range sc.Mask.alpha.row(y) {
			if a > .5 {
				reach.v[x] = float32(s.elevation[y])
			}
		}
	}
	for range 3 {
		reach.along(gaussian(roofBlur * sc.f.scale))
	}
	for x, top := range reach.v {
		// The floor beneath the roof's edge, degrees under the horizon.
		reach.v[x] = float32(degrees(math.Atan(math.Tan(radians(min(float64(top), 80))) / roofOver)))
	}
	return func(x, y int) float32 {
		depth := -float32(s.elevation[y])
		return through * (1 - roofed*step(reach.v[x]-8, reach.v[x]+3, depth))
	}
}

const (
	roofOver = 2.  // times the eye's height over the floor that a roof lies over the eye
	roofBlur = 14. // texels at 1024×512 over which its edge runs
)
