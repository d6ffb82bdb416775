package synth

import (
	"math"
	"math/rand/v2"

	"github.com/clipenv/toolkit/pkg/label"
)

// hour is the clear sky at one height of the sun: radiance at the zenith, at
// the horizon under the sun and opposite it, and the sun's own irradiance.
type hour struct {
	elevation          float64 // degrees
	zenith, near, away vec
	sun                vec
}

// hours are by eye from photographs at one fixed exposure, at which a sunlit
// lawn is near .25 and the sky of noon near .5. Below the horizon they follow
// civil twilight (0 to -6 degrees) and the blue hour into night.
var hours = []hour{
	{-18, vec{.0022, .0032, .0068}, vec{.0055, .0065, .0095}, vec{.0050, .0062, .0092}, vec{}},
	{-10, vec{.012, .026, .066}, vec{.095, .078, .085}, vec{.024, .040, .082}, vec{}},
	{-6, vec{.032, .062, .145}, vec{.36, .205, .14}, vec{.075, .095, .16}, vec{}},
	{-3, vec{.085, .098, .128}, vec{.86, .36, .10}, vec{.42, .235, .13}, vec{}},
	{0, vec{.150, .150, .158}, vec{1.12, .44, .09}, vec{.66, .36, .15}, vec{.75, .27, .05}},
	{4, vec{.180, .193, .215}, vec{1.22, .55, .14}, vec{.80, .47, .20}, vec{2.1, 1.05, .34}},
	{9, vec{.190, .230, .320}, vec{1.12, .66, .28}, vec{.70, .52, .36}, vec{3.0, 1.95, 1.0}},
	{16, vec{.130, .250, .500}, vec{.95, .85, .72}, vec{.62, .67, .74}, vec{3.9, 3.2, 2.35}},
	{35, vec{.110, .245, .560}, vec{.70, .80, .92}, vec{.56, .70, .90}, vec{4.9, 4.5, 3.9}},
	{75, vec{.125, .280, .640}, vec{.62, .78, .98}, vec{.58, .75, .96}, vec{5.6, 5.3, 4.8}},
}

// hourAt interpolates hours; elevation is in degrees.
func hourAt(elevation float64) hour {
	e := clamp(elevation, hours[0].elevation, hours[len(hours)-1].elevation)
	i := 1
	for hours[i].elevation < e {
		i++
	}
	a, b := hours[i-1], hours[i]
	t := (e - a.elevation) / (b.elevation - a.elevation)
	// Below the horizon light falls by powers: blend the logarithms.
	blend := func(p, q vec) vec {
		if b.elevation > 0 || p.x == 0 || q.x == 0 {
			return p.to(q, t)
		}
		return vec{p.x * math.Pow(q.x/p.x, t), p.y * math.Pow(q.y/p.y, t), p.z * math.Pow(q.z/p.z, t)}
	}
	return hour{e, blend(a.zenith, b.zenith), blend(a.near, b.near), blend(a.away, b.away), blend(a.sun, b.sun)}
}

// sky is the upper half of a map, without the disc of the sun.
type sky struct {
	hour
	to       vec     // unit vector to the sun, above the horizon or below it
	fall     float64 // how fast the horizon's colour gives way to the zenith's
	glow     float64 // strength of the aureole about the sun
	dull     float64 // 0: clear air, 1: an even grey cover
	grey     vec     // the cover's radiance half way up
	glare    vec     // light of a town on the horizon at night
	clouds   *clouds
	stars    *stars
	moon     vec     // unit vector to it
	moonGlow float64 // radiance of its aureole
	gradual  float64 // weight of the cover's zenith-to-horizon gradient
}

// newSky draws the sky for a time and a weather. The elevation of the sun is in degrees.
func newSky(time, weather label.Attributes, elevation, azimuth float64, r *rand.Rand) *sky {
	s := &sky{hour: hourAt(elevation), to: direction(azimuth, elevation*math.Pi/180)}
	s.fall = 2.2 + 3.2*r.Float64()
	s.gradual = .15 + .3*r.Float64()
	switch {
	case time.Any(label.Sunset | label.Sunrise):
		s.fall = 1.0 + 1.3*r.Float64()
		redder := math.Exp(.16 * r.NormFloat64())
		s.near.y /= math.Sqrt(redder)
		s.near.z /= redder
		s.away.z *= .8 + .3*r.Float64()
	case time == label.Night:
		k := math.Exp(lerp(math.Log(.55), math.Log(2.2), r.Float64()))
		s.zenith, s.near, s.away = s.zenith.scale(k), s.near.scale(k), s.away.scale(k)
	}
	tint := func(c vec, sd float64) vec {
		return vec{c.x * math.Exp(sd*r.NormFloat64()), c.y * math.Exp(.6*sd*r.NormFloat64()), c.z * math.Exp(sd*r.NormFloat64())}
	}
	s.zenith, s.near, s.away = tint(s.zenith, .08), tint(s.near, .06), tint(s.away, .06)
	s.glow = (.7 + .6*r.Float64()) * s.near.luma()
	level := .46 * s.zenith.scale(.5).add(s.away.scale(.9)).luma() / .53
	switch weather {
	case label.Overcast:
		s.dull, s.grey = .96, tint(vec{1.0, 1.02, 1.06}, .025).scale(level*(.75+.35*r.Float64()))
	case label.Fog:
		s.dull, s.grey = .97, tint(vec{1.0, 1.01, 1.03}, .03).scale(level*(.75+.4*r.Float64()))
		s.gradual *= .4
	case label.Rain:
		s.dull, s.grey = .97, tint(vec{.94, 1.0, 1.08}, .03).scale(level*(.45+.3*r.Float64()))
	}
	if l := s.grey.luma(); l > .52 { // a cover must stay under white up to the zenith
		s.grey = s.grey.scale(.52 / l)
	}
	if s.dull > 0 && time.Any(label.Sunset|label.Sunrise) {
		s.dull = .5 + .15*r.Float64() // a low sun still stains a covered sky
		s.grey = s.grey.mul(vec{1.25, .92, .66}).scale(.75)
	}
	s.clouds = newClouds(time, weather, s, r)
	return s
}

// behind is the sky without clouds.
func (s *sky) behind(d vec) vec {
	z := clamp(d.z, 0, 1)
	low := math.Pow(1-z, s.fall)
	flat := math.Hypot(s.to.x, s.to.y) * math.Hypot(d.x, d.y)
	side := .5 // 1 under the sun, 0 opposite
	if flat > 1e-9 {
		side = .5 + .5*(d.x*s.to.x+d.y*s.to.y)/flat
	}
	c := s.zenith.to(s.away.to(s.near, side*side), low)
	if s.glow > 0 {
		a := math.Acos(clamp(d.dot(s.to), -1, 1))
		c = c.add(s.near.to(vec{1, 1, 1}, .25).scale(s.glow * (.75*fastExp(-a/.16) + .3*fastExp(-a/.5))))
	}
	if s.dull > 0 {
		cover := s.grey.scale(1 - s.gradual + 2*s.gradual*z)
		c = c.to(cover, s.dull)
	}
	if s.moonGlow > 0 {
		a := math.Acos(clamp(d.dot(s.moon), -1, 1))
		c = c.add(vec{.75, .88, 1.1}.scale(s.moonGlow * (fastExp(-a/.09) + .12*fastExp(-a/.5))))
	}
	if s.glare.x > 0 {
		c = c.add(s.glare.scale(fastExp(-z * 7)))
	}
	return c
}

// radiance is the sky in the direction d with d.z ≥ 0; footprint is a texel's
// width in radians.
func (s *sky) radiance(d vec, footprint float64) vec {
	c := s.behind(d)
	if s.stars != nil {
		c = c.add(s.stars.band(d, footprint))
	}
	if s.clouds != nil {
		c = s.clouds.over(c, d, footprint, s)
	}
	return c
}

// irradiance integrates radiance times cosine over the upper hemisphere.
func (s *sky) irradiance() vec {
	const rows, columns = 6, 16
	var e vec
	for i := range rows {
		// Equal steps of sin² of the elevation carry equal weight.
		z := math.Sqrt((float64(i) + .5) / rows)
		for j := range columns {
			d := direction(2*math.Pi*(float64(j)+.5)/columns, math.Asin(z))
			e = e.add(s.radiance(d, .3))
		}
	}
	return e.scale(math.Pi / (rows * columns))
}
