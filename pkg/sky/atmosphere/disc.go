package atmosphere

import (
	"fmt"
	"math"
)

// limb is the exponent by which the sun's disc darkens to its edge, μ^limb
// with μ = sqrt(1 - (angle/radius)²): Hestroffer and Magnan 1998, A&A 333, 338,
// table 2, at 679, 552 and 444 nm.
var limb = [3]float64{.397, .503, .652}

// AddDisc adds the disc of .53° that casts the sky's beam to a map of 3·w·h
// radiances. Clouds have dimmed it as they have the beam.
func (s *Sky) AddDisc(pix []float32, w, h int) { AddDisc(pix, w, h, s.Source(), s.beam) }

// AddDisc adds a limb-darkened disc of .53° in a direction to a map of 3·w·h
// radiances, row-major, of any size: the sum of radiance times solid angle is
// the beam's irradiance. Texels that the disc covers in part get their part;
// a texel that holds the whole disc gets all of it.
func AddDisc(pix []float32, w, h int, direction, beam [3]float64) {
	mustHold(pix, w, h)
	if beam == ([3]float64{}) {
		return
	}
	polar := math.Atan2(math.Hypot(direction[0], direction[2]), direction[1])
	// Longitude from the map's left edge, 0 to 2π.
	longitude := math.Pi - math.Atan2(direction[0], direction[2])
	first := max(0, int(math.Floor((polar-sunRadius)*float64(h)/math.Pi)))
	last := min(h-1, int(math.Floor((polar+sunRadius)*float64(h)/math.Pi)))

	shares := make([][]float64, last-first+1)
	var whole [3]float64
	for i := range shares {
		shares[i] = discRow(first+i, w, h, polar, longitude)
		for j, v := range shares[i] {
			whole[j%3] += v
		}
	}
	for i, share := range shares {
		solid := solidAngle(first+i, w, h)
		for j, v := range share {
			if v > 0 {
				pix[3*w*(first+i)+j] += float32(beam[j%3] * v / whole[j%3] / solid)
			}
		}
	}
}

// discRow returns the light of a disc of radiance 1 at its middle that falls in
// each texel of row y, red, green and blue: by points a sixteenth of the
// radius apart.
func discRow(y, w, h int, polar, longitude float64) []float64 {
	const apart = sunRadius / 16
	share := make([]float64, 3*w)
	sinPolar := math.Sin(polar)
	height := math.Pi / float64(h)
	lines := int(math.Ceil(height / apart))
	for line := range lines {
		theta := (float64(y) + (float64(line)+.5)/float64(lines)) * height
		reach, ok := discReach(theta, polar)
		if !ok {
			continue
		}
		sin := math.Sin(theta)
		points := int(math.Ceil(2 * math.Pi / float64(w) * sin / apart))
		points = max(points, 1)
		step := 2 * math.Pi / float64(w*points) // of longitude
		from, to := int(math.Floor((longitude-reach)/step)), int(math.Floor((longitude+reach)/step))
		if to-from >= w*points {
			from, to = 0, w*points-1
		}
		weight := sin * step * height / float64(lines)
		rise := math.Sin((theta - polar) / 2)
		for i := from; i <= to; i++ {
			across := math.Sin(((float64(i)+.5)*step - longitude) / 2)
			half := rise*rise + sin*sinPolar*across*across // sin² of half the angle
			away := 4 * half / (sunRadius * sunRadius)     // the angle is small
			if away >= 1 {
				continue
			}
			x := i % (w * points)
			if x < 0 {
				x += w * points
			}
			dark := .5 * math.Log(1-away)
			for c := range 3 {
				share[3*(x/points)+c] += weight * math.Exp(limb[c]*dark)
			}
		}
	}
	return share
}

// discReach returns how far in longitude the disc reaches at a polar angle: π
// where it holds the pole, and false where it does not come.
func discReach(theta, polar float64) (float64, bool) {
	if math.Abs(theta-polar) >= sunRadius {
		return 0, false
	}
	q := (math.Cos(sunRadius) - math.Cos(theta)*math.Cos(polar)) / (math.Sin(theta) * math.Sin(polar))
	switch {
	case math.IsNaN(q) || q <= -1:
		return math.Pi, true
	case q >= 1:
		return 0, false
	}
	return math.Acos(q), true
}

// solidAngle is that of a texel in row y of a map w texels wide and h high.
func solidAngle(y, w, h int) float64 {
	top, bottom := math.Pi*float64(y)/float64(h), math.Pi*float64(y+1)/float64(h)
	return 4 * math.Pi / float64(w) * math.Sin((top+bottom)/2) * math.Sin((bottom-top)/2)
}

func mustHold(pix []float32, w, h int) {
	if w < 1 || h < 1 || len(pix) != 3*w*h {
		panic(fmt.Sprintf("atmosphere: a map of %d×%d holds %d numbers, want %d", w, h, len(pix), 3*w*h))
	}
}
