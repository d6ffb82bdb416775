package atmosphere

import "math"

// Gradation is the luminance of the CIE standard overcast sky at the elevation
// with a sine, over that of the zenith: type 1 of CIE S 011/E:2003, ISO
// 15469:2004, (1 + 4·e^(-.7/sin))/(1 + 4·e^-.7), which is .335 at the horizon.
func Gradation(sin float64) float64 {
	const a, b = 4, -.7
	if sin <= 0 {
		return 1 / (1 + a*math.Exp(b))
	}
	return (1 + a*math.Exp(b/sin)) / (1 + a*math.Exp(b))
}

// indicatrix is how much brighter thin cloud is at an angle chi to the sun:
// group 5 of the same standard, 1 + 10·(e^(-3χ) - e^(-3π/2)) + .45·cos²χ,
// with its cusp at the sun rounded over 4°.
func indicatrix(cosine float64) float64 {
	const c, d, e, rounding = 10, -3, .45, .07
	chi := math.Acos(min(max(cosine, -1), 1))
	return 1 + c*(math.Exp(d*math.Sqrt(chi*chi+rounding*rounding))-math.Exp(d*math.Pi/2)) + e*cosine*cosine
}

// cloudShape is the clouds' radiance at an elevation and a cosine of the
// azimuth to the sun's, to a scale: the overcast gradation, brighter
// towards the sun the less of the sky is covered.
func (s *Sky) cloudShape(elevation, turned float64) float64 {
	sin, cos := math.Sincos(elevation)
	source := math.Abs(s.light.SunElevation)
	toSun := sin*math.Sin(source) + cos*math.Cos(source)*turned
	n := s.light.Cover
	return Gradation(sin) * (n + (1-n)*indicatrix(toSun))
}

// throughClouds is the share of the light on level ground that a cover leaves:
// 1 - .75·n^3.4, Kasten and Czeplak 1980, doi 10.1016/0038-092X(80)90391-6.
func throughClouds(cover float64) float64 { return 1 - .75*math.Pow(cover, 3.4) }

// cloudChroma is how much of the light's colour clouds keep, as a power:
// light that has been through them many times is nearly grey.
const cloudChroma = .4

// overcast draws the clouds before the clear sky. Of the clear sky's radiance
// the share 1 - n is left and of its beam (1 - n)², and the clouds send
// down what is missing from Kasten and Czeplak's sum.
func (s *Sky) overcast() {
	n := s.light.Cover
	s.clear = 1
	s.horizontal = s.onLevel()
	var beam, level [3]float64
	for _, source := range s.sources {
		for c, v := range source.beam.rgb() {
			beam[c] += v
			level[c] += v * max(0, source.sin)
		}
	}
	s.clear = 1 - n
	s.beam = scaled(beam, (1-n)*(1-n))
	if n == 0 {
		return
	}
	var missing [3]float64 // negative by rounding only: 1 - .75·n^3.4 is above 1 - n
	for c := range missing {
		missing[c] = max(0, throughClouds(n)*(s.horizontal[c]+level[c])-(1-n)*(1-n)*level[c]-(1-n)*s.horizontal[c])
	}
	sent := paled(missing, cloudChroma)
	s.cloud = scaled(sent, 1/s.shapeOnLevel())
	for c := range sent {
		s.horizontal[c] = (1-n)*s.horizontal[c] + sent[c]
	}
}

// paled raises a colour to a power, at its luminance.
func paled(rgb [3]float64, power float64) (out [3]float64) {
	y := Luminance(rgb)
	if !(y > 0) {
		return out
	}
	for c, v := range rgb {
		out[c] = math.Pow(v/y, power)
	}
	return scaled(out, y/Luminance(out))
}

// quadratureRings are the elevations of the sums over the sky, each with as
// much of level ground's cosine as the others.
const quadratureRings = 24

func ringElevation(i int) float64 {
	return math.Asin(math.Sqrt((float64(i) + .5) / quadratureRings))
}

// ringWeight is the weight of azimuth node k: the trapezoidal rule round the
// circle, on its half.
func ringWeight(k int) float64 {
	w := math.Pi / quadratureRings / (glowTurns - 1)
	if k == 0 || k == glowTurns-1 {
		w /= 2
	}
	return w
}

// onLevel sums Radiance over level ground: the sky's irradiance.
func (s *Sky) onLevel() (sum [3]float64) {
	for i := range quadratureRings {
		r := s.newRow(ringElevation(i))
		for k := range glowTurns {
			p := placeAt(math.Pi * float64(k) / (glowTurns - 1))
			for c, v := range r.in(&p) {
				sum[c] += ringWeight(k) * float64(v)
			}
		}
	}
	return sum
}

// shapeOnLevel sums the clouds' shape over level ground.
func (s *Sky) shapeOnLevel() (sum float64) {
	for i := range quadratureRings {
		for k := range glowTurns {
			turned := math.Cos(math.Pi * float64(k) / (glowTurns - 1))
			sum += ringWeight(k) * s.cloudShape(ringElevation(i), turned)
		}
	}
	return sum
}
