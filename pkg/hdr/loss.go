package hdr

import (
	"fmt"
	"math"
	"strings"

	"github.com/clipenv/toolkit/internal/parallel"
)

// Range is how much of radiance a way of writing holds. The zero value holds
// all that a float32 does.
type Range struct {
	Way     string  // as in "half floats"
	Least   float32 // what is below it is rounded to multiples of Step
	Step    float32 // 0: black
	Largest float32 // what is above it is cut off; 0 is no limit
	Instead string  // what holds more
}

// HalfRange is that of half floats, whose steps are equal below 2⁻¹⁴: at 2⁻¹⁹
// a value is off by up to 1.6 %, and banding shows.
var HalfRange = Range{
	Way:     "half floats",
	Least:   0x1p-19,
	Step:    0x1p-24,
	Largest: MaxHalf,
	Instead: "float precision holds them, and so does .hdr",
}

// Loss is what a range would take from an image.
type Loss struct {
	Range
	Above int     // values above the largest, three to a texel
	Peak  float32 // the largest value

	// Texels that are not black, and those among them whose brightest channel
	// is below the least and would change by more than a sixty-fourth.
	Lit, Dark int
}

// Any tells whether an image should not be written so: a single value too
// large may be the sun, while a thousandth of the texels may be too dark.
func (l Loss) Any() bool { return l.Above > 0 || l.Dark > l.Lit/1000 }

// String counts both ends, as in "3 values above 65504, up to 1e+05".
func (l Loss) String() string {
	var parts []string
	if l.Above > 0 {
		values := "values"
		if l.Above == 1 {
			values = "value"
		}
		parts = append(parts, fmt.Sprintf("%d %s above %.6g, up to %.6g", l.Above, values, l.Largest, l.Peak))
	}
	if l.Dark > l.Lit/1000 {
		parts = append(parts, fmt.Sprintf("%.1f %% of the lit texels, which are below %.2g and would be coarse or black",
			100*float64(l.Dark)/float64(l.Lit), l.Least))
	}
	return strings.Join(parts, ", and ")
}

// LossError is a write that was refused, since it would change the light.
type LossError struct{ Loss Loss }

func (e *LossError) Error() string {
	return fmt.Sprintf("%s cannot hold %v: %s", e.Loss.Way, e.Loss, e.Loss.Instead)
}

// LossIn measures what a range would take from an image.
func (r Range) LossIn(im *Image) Loss {
	largest := r.Largest
	if largest == 0 {
		largest = float32(math.Inf(1))
	}
	parts := make([]Loss, parallel.Count(im.W*im.H))
	parallel.Bands(im.W*im.H, len(parts), func(i, from, to int) {
		parts[i] = r.lossIn(im.Pix[3*from:3*to], largest)
	})
	whole := Loss{Range: r}
	for _, l := range parts {
		whole.Above += l.Above
		whole.Lit += l.Lit
		whole.Dark += l.Dark
		whole.Peak = max(whole.Peak, l.Peak)
	}
	return whole
}

// lossIn is LossIn for some texels; what passes largest is lost.
func (r Range) lossIn(pix []float32, largest float32) (l Loss) {
	for ; len(pix) >= 3; pix = pix[3:] {
		var brightest float32
		for _, v := range pix[:3] {
			if v > brightest { // NaN is not
				brightest = v
			}
			if v > largest {
				l.Above++
			}
		}
		if brightest == 0 {
			continue
		}
		l.Lit++
		l.Peak = max(l.Peak, brightest)
		if brightest < r.Least && r.coarse(brightest) {
			l.Dark++
		}
	}
	return l
}

// coarse tells whether a value below the least would change by more than a
// sixty-fourth. What was read from half floats fits them.
func (r Range) coarse(v float32) bool {
	if r.Step == 0 {
		return true
	}
	kept := math.RoundToEven(float64(v/r.Step)) * float64(r.Step)
	return math.Abs(kept-float64(v)) > float64(v)/64
}
