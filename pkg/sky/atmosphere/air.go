package atmosphere

import (
	"math"
	"sync"

	"github.com/clipenv/toolkit/internal/parallel"
)

// The planet and its air, Hillaire 2020, section 4 and table 1, checked
// against the author's own program (github.com/sebh/UnrealEngineSkyAtmosphere,
// SkyAtmosphereCommon.cpp). Lengths are in km.
const (
	groundRadius = 6360.
	topRadius    = 6460.
	mieHeight    = 1.2

	// rayleighHeight is the height of air as dense as at the ground that holds
	// as much air, from Bucholtz's optical depths over his coefficients. The
	// paper rounds it to 8.
	rayleighHeight = 8.43

	ozoneMiddle  = 25. // ozone's tent stands from 10 to 40 km
	ozoneHalf    = 15.
	groundAlbedo = .3

	// mieAsymmetry is g of the aerosol's phase function, and aureoleAsymmetry
	// that of the share of it that coarse dust sends on. Their mean cosine
	// is .72, within what is measured of aerosol (Dubovik et al. 2002, doi
	// 10.1175/1520-0469(2002)059<0590:VOAAOP>2.0.CO;2), and they make the sky 2° to
	// 40° from the sun fall as photographed ones do. The paper's one lobe of
	// .8 draws a white disc 14° across.
	mieAsymmetry     = .65
	aureoleAsymmetry = .93
	aureoleShare     = .05

	// mieAlbedo is the aerosol's scattering over its extinction: 3.996 over
	// 4.440 in the program. The paper's table prints 4.40 as absorption,
	// which would be soot.
	mieAlbedo = .9
)

// sunRadius is half the angle that sun and moon span, .53°.
const sunRadius = .53 / 2 * math.Pi / 180

// ångström is the exponent by which the aerosol's extinction falls with
// wavelength, that of continental haze (Ångström 1929): the paper's aerosol is
// grey, which leaves hazy sunsets paler than they are.
const ångström = 1.3

// mieDepth is the aerosol's vertical optical depth at 550 nm.
func mieDepth(haze float64) float64 { return .03 * math.Pow(20, haze) }

// air is what a haze makes of the atmosphere. It does not know the sun.
type air struct {
	mie       spectrum   // extinction at the ground, per km
	depths    []spectrum // optical depth to the top: heights × angles
	scattered []spectrum // radiance scattered more than once: heights × sun angles
}

var recentAirs = recent[float64, *air]{}

func airOf(haze float64) *air { return recentAirs.of(haze, func() *air { return newAir(haze) }) }

func newAir(haze float64) *air {
	a := thinAir(haze)
	a.scattered = scatteredMore(haze)
	return a
}

// thinAir is air of which it is not known what it scatters more than once.
func thinAir(haze float64) *air {
	a := &air{depths: make([]spectrum, depthHeights*depthAngles)}
	for c, wavelength := range wavelengths {
		a.mie[c] = mieDepth(haze) / mieHeight * math.Pow(wavelength/550, -ångström)
	}
	for i, column := range columns() {
		for c := range wavelengths {
			a.depths[i][c] = column[0]*rayleighScattering[c] + column[1]*a.mie[c] + column[2]*ozoneAbsorption[c]
		}
	}
	return a
}

// densities of air, aerosol and ozone at a height, over those at the ground
// and in the middle of the ozone.
func densities(height float64) (rayleigh, mie, ozone float64) {
	return math.Exp(-height / rayleighHeight), math.Exp(-height / mieHeight),
		max(0, 1-math.Abs(height-ozoneMiddle)/ozoneHalf)
}

// coefficients returns scattering by air and by aerosol and the whole
// extinction at a height, per km.
func (a *air) coefficients(height float64) (rayleigh, mie, extinction spectrum) {
	r, m, o := densities(height)
	for c := range wavelengths {
		rayleigh[c] = r * rayleighScattering[c]
		mie[c] = m * mieAlbedo * a.mie[c]
		extinction[c] = rayleigh[c] + m*a.mie[c] + o*ozoneAbsorption[c]
	}
	return rayleigh, mie, extinction
}

// The table of depths is laid out as in Bruneton and Neyret 2008, doi
// 10.1111/j.1467-8659.2008.01245.x, by the distance to the horizon and by that
// to the top, which puts most nodes where rays graze the ground.
const (
	depthHeights = 40
	depthAngles  = 96
)

var horizonFromTop = math.Sqrt(topRadius*topRadius - groundRadius*groundRadius)

// columns integrates the densities of air, aerosol and ozone, in km, from each
// node of the table to the top of the air.
var columns = sync.OnceValue(func() [][3]float64 {
	out := make([][3]float64, depthHeights*depthAngles)
	parallel.Rows(depthHeights, func(from, to int) {
		for i := from; i < to; i++ {
			rho := horizonFromTop * float64(i) / (depthHeights - 1)
			r := math.Sqrt(rho*rho + groundRadius*groundRadius)
			shortest, longest := topRadius-r, rho+horizonFromTop
			for j := range depthAngles {
				d := shortest + (longest-shortest)*float64(j)/(depthAngles-1)
				mu := 1.
				if d > 0 {
					mu = min(1, (horizonFromTop*horizonFromTop-rho*rho-d*d)/(2*r*d))
				}
				out[i*depthAngles+j] = column(r, mu)
			}
		}
	})
	return out
})

// column integrates the densities from radius r along a ray whose cosine to
// the vertical is mu, which does not meet the ground, to the top.
func column(r, mu float64) (sum [3]float64) {
	if mu < 0 { // down to where the ray is level, and up again
		lowest := column(max(groundRadius, r*math.Sqrt(max(0, 1-mu*mu))), 0)
		rest := column(r, -mu)
		for i := range sum {
			sum[i] = 2*lowest[i] - rest[i]
		}
		return sum
	}
	const steps = 40
	length := toTop(r, mu)
	for i := range steps {
		u := (float64(i) + .5) / steps // steps are short where the air is dense
		t, dt := length*u*u, length*2*u/steps
		rayleigh, mie, ozone := densities(max(0, math.Sqrt(r*r+t*t+2*r*t*mu)-groundRadius))
		sum[0] += rayleigh * dt
		sum[1] += mie * dt
		sum[2] += ozone * dt
	}
	return sum
}

// toTop is the distance from radius r to the top of the air.
func toTop(r, mu float64) float64 {
	return math.Sqrt(max(0, r*r*(mu*mu-1)+topRadius*topRadius)) - r*mu
}

// toGround is the distance to the ground, if the ray meets it.
func toGround(r, mu float64) (float64, bool) {
	under := r*r*(mu*mu-1) + groundRadius*groundRadius
	if mu >= 0 || under < 0 {
		return 0, false
	}
	return max(0, -r*mu-math.Sqrt(under)), true
}

// altitude is a height of the air: where its tables are read there.
type altitude struct {
	radius   float64
	horizon  float64 // sine of the angle that the horizon lies below what is level
	shortest float64 // way to the top of the air
	span     float64 // by how much the longest way is longer
	depths   between
	more     between // of air of which it is known
}

// at is the air's altitude at a radius.
func (a *air) at(r float64) altitude {
	rho := math.Sqrt(max(0, r*r-groundRadius*groundRadius))
	h := altitude{radius: r, horizon: rho / r, shortest: topRadius - r}
	h.span = rho + horizonFromTop - h.shortest
	h.depths = rowsAt(a.depths, depthAngles, depthHeights, rho/horizonFromTop)
	if a.scattered != nil {
		h.more = rowsAt(a.scattered, shineFine, shineHeights, math.Sqrt(max(0, r-groundRadius)/(topRadius-groundRadius)))
	}
	return h
}

// sunlight returns the share of a disc's light that reaches a height, where
// its middle stands at an angle whose cosine to the vertical is mu: what the
// air lets through of what the planet does not hide.
func (h *altitude) sunlight(mu float64, out *spectrum) {
	// Near the horizon the sine of the angle above it is the angle.
	visible := discAbove((mu + h.horizon) / sunRadius)
	if visible == 0 {
		*out = spectrum{}
		return
	}
	h.depths.at(min(toTop(h.radius, mu)-h.shortest, h.span)/h.span, out)
	for c, depth := range out {
		out[c] = visible * exp(-depth)
	}
}

// through returns what comes to the ground of light of the sun's colour and an
// irradiance of 1, whose source's elevation has a sine.
func (a *air) through(sin float64) [3]float64 {
	eye := a.at(groundRadius + eyeHeight)
	var left spectrum
	eye.sunlight(sin, &left)
	for c := range left {
		left[c] *= sunSpectrum[c] / SunIrradiance
	}
	return left.rgb()
}

// discAbove returns the share of a disc of radius 1 that lies above a level
// line x below its middle: the area of a circular segment.
func discAbove(x float64) float64 {
	switch {
	case x <= -1:
		return 0
	case x >= 1:
		return 1
	}
	return .5 + (x*math.Sqrt(1-x*x)+math.Asin(x))/math.Pi
}

// between is a table's two rows about a place, and how far it is from the first to
// the second.
type between struct {
	upper, lower []spectrum
	part         float64
}

// rowsAt are the rows about 0 <= y <= 1 of a table of w × h.
func rowsAt(table []spectrum, w, h int, y float64) between {
	y = min(max(y, 0), 1) * float64(h-1)
	j := min(int(y), h-2)
	return between{table[j*w : (j+1)*w], table[(j+1)*w : (j+2)*w], y - float64(j)}
}

// at interpolates between the nodes, 0 <= x <= 1.
func (b *between) at(x float64, out *spectrum) {
	x = min(max(x, 0), 1) * float64(len(b.upper)-1)
	i := min(int(x), len(b.upper)-2)
	x -= float64(i)
	upper, lower := (*[2]spectrum)(b.upper[i:]), (*[2]spectrum)(b.lower[i:])
	for c := range out {
		top := upper[0][c] + x*(upper[1][c]-upper[0][c])
		bottom := lower[0][c] + x*(lower[1][c]-lower[0][c])
		out[c] = top + b.part*(bottom-top)
	}
}
