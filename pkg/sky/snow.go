package sky

import "math"

// snowAlbedo is fresh snow's (Warren 1982: .8 and more in visible light).
const snowAlbedo = .78

// snow says where it lies, and how the ground under it still shows.
type snow struct {
	cover plane   // 0 to 1, at the working size
	shade plane   // stops
	lit   float64 // share of the light that falls on it
	lamps plane   // lamps' light on it by night, over what they give level ground; no values where none is
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

	leafyFrom, leafySure = .1, .25 // stops² of relief that leaves have and grass has not
	leafWidth            = 5.      // texels at 1024×512 over which these are told
	dustMost             = .8      // of what snow covers on leaves
)

// newSnow lets it lie on what is ground and no snow already, thin under a canopy and none under a
// roof, and along its edge on what is bright from above. On undergrowth and on leaves below
// the eye it is a dusting through which these show. Above the eye their undersides are seen.
func (sc *Scene) newSnow(share float64) *snow {
	s, lg, scale := sc.s, sc.evenly(), sc.f.scale
	closer, within := sc.solidly(leafWidth), sc.solidly(reliefWidth)
	near, far := within(lg), lg.smaller(lightWidth).blur(50*.25*min(1, 4*scale)).to(s.w, s.h)
	fine := lg.like().each(func(i int) float32 { return lg.v[i] - near.v[i] })
	soft := fine.blur(.8 * scale)
	square := fine.like().each(func(i int) float32 { return fine.v[i] * fine.v[i] })
	rough := within(square)
	// The edge between two smooth things is no relief.
	middle, leafy := closer(fine), closer(square)
	leafy.each(func(i int) float32 { return leafy.v[i] - middle.v[i]*middle.v[i] })
	red, blue := sc.f.f[1].blur(leafWidth*scale), sc.f.f[2].blur(leafWidth*scale)
	ground, stand := sc.ground(), sc.plants()
	under, water, lay := sc.openAbove(), sc.wetness(), sc.snowy()
	n := &snow{cover: lg.like(), shade: lg.like(), lit: sc.onGround()}
	if sky := float32(1 - sc.lampPart()); sky < 1 {
		grey := log2(groundGrey * sc.paper())
		n.lamps = far.like().each(func(i int) float32 {
			return min(max(exp2(far.v[i]-grey)-sky, 0)/(1-sky), lampsOnSnow)
		})
	}
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
		// Green and rough is leaves, on whose tops a little lies.
		leaves := green(red.v[i], blue.v[i]) * step(leafyFrom, leafySure, leafy.v[i]) * stand(x, s.elevation[y])
		lies += leaves * (amount*dustMost*step(-1.2, 1.4, soft.v[i]) - lies)
		lies *= 1 - sc.Mask.alpha.v[i]
		if lay.some {
			lies *= 1 - lay.share.v[i]
		}
		return .95 * float32(share) * lies * (1 - water.at(i))
	})
	return n
}

// solidly makes means of what stands before the sky, over texels at 1024×512.
func (sc *Scene) solidly(width float64) func(plane) plane {
	width *= sc.f.scale
	alpha := sc.Mask.alpha
	solid := alpha.like().each(func(i int) float32 { return 1 - alpha.v[i] + 1e-3 })
	all := solid.blur(width)
	return func(p plane) plane {
		sum := p.like().each(func(i int) float32 { return p.v[i] * solid.v[i] }).blur(width)
		return sum.each(func(i int) float32 { return sum.v[i] / all.v[i] })
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

// evenly is log luminance without lamps and the spots of an old sun, which say nothing of where
// snow lies.
func (sc *Scene) evenly() plane {
	lg, h := sc.lampsOut(), sc.shadow
	if sc.canopy.spots == 0 {
		return lg
	}
	lift := h.lift.read(sc.f.guide())
	return lg.like().each(func(i int) float32 { return lg.v[i] + min(max(lift.v[i], h.least), h.most) })
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
	guide, lg := sc.f.guide(), sc.lampsOut()
	guide[0].each(func(i int) float32 { return guideValue(lg.v[i]) })
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
	through += roofed * (1 - through)
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
	// A post hides the edge, and does not end it: what is narrow is closed.
	negative := func(p plane) plane { return p.each(func(i int) float32 { return -p.v[i] }) }
	post := sc.f.texels(roofPost)
	reach = negative(negative(reach.widened(post)).widened(post))
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

// widened is the largest value of each row within r texels.
func (p plane) widened(r int) plane {
	return p.like().fill(func(x, y int) float32 {
		row, most := p.row(y), float32(math.Inf(-1))
		for d := -r; d <= r; d++ {
			most = max(most, row[((x+d)%p.w+p.w)%p.w])
		}
		return most
	})
}

const (
	roofOver = 2.  // times the eye's height over the floor that a roof lies over the eye
	roofPost = 8.  // texels at 1024×512: half of what a post hides of its edge at most
	roofBlur = 14. // texels at 1024×512 over which its edge runs
)
