package hdr

import (
	"fmt"
	"math"
	"strings"

	"github.com/clipenv/toolkit/internal/parallel"
)

// Repairs counts the values, three to a texel, that were not usable radiance.
type Repairs struct {
	NaN      int
	Inf      int // +Inf
	Negative int // -Inf among them
}

// Total returns the number of changed values.
func (r Repairs) Total() int { return r.NaN + r.Inf + r.Negative }

// String describes the repairs in words; it is empty if there are none.
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
	parts := make([]part, parallel.Count(len(im.Pix)))
	each := func(work func(p *part, pix []float32)) {
		parallel.Bands(len(im.Pix), len(parts), func(i, from, to int) { work(&parts[i], im.Pix[from:to]) })
	}
	each((*part).scan)
	var whole part
	for _, p := range parts {
		whole.repairs.add(p.repairs)
		whole.peak = max(whole.peak, p.peak)
	}
	if whole.repairs.Inf > 0 {
		peak := math.Float32frombits(whole.peak)
		if peak == 0 {
			peak = 1
		}
		each(func(_ *part, pix []float32) {
			for i, v := range pix {
				if v > math.MaxFloat32 {
					pix[i] = peak
				}
			}
		})
	}
	return whole.repairs
}

// part is what is known of a part of an image's values.
type part struct {
	repairs Repairs
	peak    uint32 // bits of the largest finite value from 0 up
}

// scan repairs what needs no peak, and counts.
func (p *part) scan(pix []float32) {
	const most = 0x7f7fffff // the bits of MaxFloat32
	const blockLength = 1024
	for len(pix) > 0 {
		block := pix[:min(blockLength, len(pix))]
		pix = pix[len(block):]
		if worst := largestBits(block); worst <= most {
			p.peak = max(p.peak, worst)
			continue
		}
		for i, v := range block {
			switch bits := math.Float32bits(v); {
			case bits <= most:
				p.peak = max(p.peak, bits)
			case v != v:
				p.repairs.NaN++
				block[i] = 0
			case v < 0:
				p.repairs.Negative++
				block[i] = 0
			case v > 0:
				p.repairs.Inf++
			}
		}
	}
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
