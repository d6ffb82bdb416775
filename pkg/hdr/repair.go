package hdr

import (
	"fmt"
	"math"
	"strings"
)

// Repairs counts the values, three to a texel, that were not usable radiance.
type Repairs struct {
	NaN      int
	Inf      int // +Inf
	Negative int // -Inf among them
}

// Total is the number of values changed.
func (r Repairs) Total() int { return r.NaN + r.Inf + r.Negative }

// String says what was repaired and how, and is empty where nothing was.
func (r Repairs) String() string {
	var parts []string
	say := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	say(r.NaN, "NaN set to 0")
	say(r.Inf, "infinite set to the largest finite value")
	say(r.Negative, "negative set to 0")
	return strings.Join(parts, ", ")
}

func (r *Repairs) add(more Repairs) {
	r.NaN += more.NaN
	r.Inf += more.Inf
	r.Negative += more.Negative
}

// Repair makes every value finite and at least 0, and counts the changes:
//
//   - NaN and negative values, -Inf among them, become 0;
//   - +Inf becomes the largest finite value of the image, or 1 where there is
//     none above 0: a clipped sun stays the brightest thing in its map.
func Repair(im *Image) Repairs {
	var r Repairs
	if worst := largestBits(im.Pix); worst <= math.Float32bits(math.MaxFloat32) {
		return r
	}
	var peak float32
	for _, v := range im.Pix {
		switch {
		case v != v:
			r.NaN++
		case v < 0:
			r.Negative++
		case v > math.MaxFloat32:
			r.Inf++
		default:
			peak = max(peak, v)
		}
	}
	if peak == 0 {
		peak = 1
	}
	for i, v := range im.Pix {
		switch {
		case v != v, v < 0:
			im.Pix[i] = 0
		case v > math.MaxFloat32:
			im.Pix[i] = peak
		}
	}
	return r
}

// largestBits returns the largest of the values' bits. Those of NaN, +Inf and
// negatives lie above those of every finite value from 0 up.
func largestBits(pix []float32) uint32 {
	var a, b, c, d uint32 // four, so that none waits for the one before
	for len(pix) >= 4 {
		a = max(a, math.Float32bits(pix[0]))
		b = max(b, math.Float32bits(pix[1]))
		c = max(c, math.Float32bits(pix[2]))
		d = max(d, math.Float32bits(pix[3]))
		pix = pix[4:]
	}
	for _, v := range pix {
		a = max(a, math.Float32bits(v))
	}
	return max(a, b, c, d)
}
