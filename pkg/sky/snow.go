package sky

import "math"

// snowAlbedo is fresh snow's (Warren 1982: .8 and more in visible light).
const snowAlbedo = .78

// snow says where it lies, and how the ground under it still shows.
type snow struct {
	cover plane // 0 to 1, at the working size
	frost plane // of things that stand there
	shade plane // stops
}

// newSnow lets it lie on flat ground that is not rough: below the horizon,
// further down under tall things.
func (sc *Scene) newSnow(share float64) snow {
	s, lg, scale := sc.s, sc.f.f[0], sc.f.scale
	near, far := lg.blur(12*scale), lg.smaller(lightWidth).blur(50*.25*min(1, 4*scale)).to(s.w, s.h)
	fine := lg.like().each(func(i int) float32 { return lg.v[i] - near.v[i] })
	soft := fine.blur(1.5 * scale)
	rough := fine.like().each(func(i int) float32 { d := fine.v[i] - soft.v[i]; return d * d }).blur(4 * scale)
	top := sc.skyline()
	roofed := sc.roofed()
	n := snow{cover: lg.like(), frost: lg.like(), shade: lg.like()}
	n.cover.fill(func(x, y int) float32 {
		i, el := y*s.w+x, s.elevation[y]
		under := 0.
		if el > -16 {
			under = .35 * min(float64(top[x]), 30)
		}
		flat := float32(1 - step(-2, 4, el+under))
		texture := float32(math.Sqrt(float64(max(rough.v[i], 0))))
		flat *= 1 - .85*step(.35, .75, texture)*float32(step(-24, -14, el))
		flat *= float32(1 - roofed*step(-18, -30, el))
		n.frost.v[i] = float32(share) * .35 * (1 - flat) * float32(1-roofed) * (1 - sc.Mask.alpha.v[i])
		n.shade.v[i] = .3*fine.v[i] + .12*min(max(lg.v[i]-far.v[i], -2), 1) - .05
		return .93 * float32(share) * flat * step(-2.2, -.6, soft.v[i])
	})
	return n
}

// roofed is how far a roof, and not leaves, keeps the snow from where the camera
// stands, 0 to 1: what is smooth overhead and no sky.
func (sc *Scene) roofed() float64 {
	var over, all float64
	limit := sc.f.smooth()
	for y := range sc.s.row(roofLowest) {
		for x, a := range sc.Mask.alpha.row(y) {
			all += sc.s.solid[y]
			if a < .1 && sc.f.texture.row(y)[x] < limit {
				over += sc.s.solid[y]
			}
		}
	}
	return step(.25, .55, over/max(all, 1e-12))
}

// roofLowest is the elevation, in degrees, above which a roof is overhead.
const roofLowest = 60.
