package edit

import (
	"fmt"
	"math"
	"runtime"
	"sync"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Transfer says how the change between two small maps is carried to a large
// one. Gains are natural logarithms.
type Transfer struct {
	Floor      float64 // radiance added before taking logarithms: darker than this, all is dark
	Radius     int     // of the guided filter's window, in texels of the small map
	Smoothness float64 // of the guided filter: what counts as a flat guide, in log radiance squared
	Brighten   float64 // the most that a texel may gain
	Darken     float64 // the most that it may lose
	Cast       float64 // the most that a channel may gain over the others
	Lamps      float64 // how much more what shines by itself loses when it gets dark
}

// DefaultTransfer is what edits use.
var DefaultTransfer = Transfer{
	Floor: .01, Radius: 3, Smoothness: .05,
	Brighten: 2.2, Darken: 5, Cast: 1, Lamps: .35,
}

// Relight returns input with the light changed as from start to end, two small
// maps of one size: each texel is multiplied by the ratio end/start, brought
// to the input's size by a guided filter (He, Sun & Tang, ECCV 2010) whose
// guide is the input's own log radiance, so that edges stay where they are and
// detail stays sharp. Rotation about the vertical commutes with it.
func (t Transfer) Relight(input, start, end *hdr.Image) (*hdr.Image, error) {
	if start.W != end.W || start.H != end.H {
		return nil, fmt.Errorf("edit: relight: the maps before and after are %d×%d and %d×%d, want one size", start.W, start.H, end.W, end.H)
	}
	guide, err := t.smallGuide(input, start.W, start.H)
	if err != nil {
		return nil, fmt.Errorf("edit: relight: %w", err)
	}
	slopes, offsets := t.fit(guide, start, end)
	out := hdr.New(input.W, input.H)
	out.Meta = input.Meta
	across, down := bilinear(input.W, start.W, mod), bilinear(input.H, start.H, stay)
	eachRow(input.H, func(y int) { t.relightRow(input, out, y, slopes, offsets, across, down[y]) })
	return out, nil
}

// relightRow applies log gain = slope·guide + offset to one row.
func (t Transfer) relightRow(in, out *hdr.Image, y int, slopes, offsets *hdr.Image, across []tap, row tap) {
	src, dst := in.Row(y), out.Row(y)
	slope, offset := blendRows(slopes, row), blendRows(offsets, row)
	for x := range in.W {
		p := src[3*x : 3*x+3]
		g := t.guide(p)
		var gain [3]float64
		for c := range gain {
			gain[c] = float64(across[x].at(slope, c))*g + float64(across[x].at(offset, c))
		}
		t.limit(&gain, g)
		for c, v := range p {
			dst[3*x+c] = v * float32(math.Exp(gain[c]))
		}
	}
}

// limit keeps a texel's gains within what looks like a change of light: no
// stronger cast than any light has, no white-out, and lamps that go out when
// everything gets dark.
func (t Transfer) limit(gain *[3]float64, guide float64) {
	mean := (gain[0] + gain[1] + gain[2]) / 3
	all := mean
	if all < 0 && guide > 0 {
		all *= 1 + t.Lamps*guide // guide is log radiance: 0 is white
	}
	if all > 0 {
		all = t.Brighten * math.Tanh(all/t.Brighten)
	} else if guide <= 0 {
		all = max(all, -t.Darken)
	} else {
		all = max(all, -t.Darken-2*guide) // a sun has further to fall
	}
	for c := range gain {
		gain[c] = all + t.Cast*math.Tanh((gain[c]-mean)/t.Cast)
	}
}

// guide is the mean log radiance of a texel.
func (t Transfer) guide(p []float32) float64 {
	// One logarithm of the product for three of the factors.
	f := t.Floor
	return math.Log((max(float64(p[0]), 0)+f)*(max(float64(p[1]), 0)+f)*(max(float64(p[2]), 0)+f)) / 3
}

// smallGuide returns the guide at the small size: the mean of the guides of
// the texels that a small one covers.
func (t Transfer) smallGuide(input *hdr.Image, w, h int) ([]float64, error) {
	if input.W < w || input.H < h {
		enlarged, err := envmap.Interpolate(input, max(w, input.W), max(h, input.H), envmap.Bilinear)
		if err != nil {
			return nil, err
		}
		input = enlarged
	}
	guide := make([]float64, w*h)
	eachRow(h, func(row int) {
		from, to := row*input.H/h, (row+1)*input.H/h
		for col := range w {
			left, right := col*input.W/w, (col+1)*input.W/w
			var sum float64
			for y := from; y < to; y++ {
				src := input.Row(y)
				for x := left; x < right; x++ {
					sum += t.guide(src[3*x : 3*x+3])
				}
			}
			guide[row*w+col] = sum / float64((to-from)*(right-left))
		}
	})
	return guide, nil
}

// fit returns, for each small texel and channel, the line through its
// neighbourhood that gives the log gain from the guide.
func (t Transfer) fit(guide []float64, start, end *hdr.Image) (slopes, offsets *hdr.Image) {
	w, h := start.W, start.H
	slopes, offsets = hdr.New(w, h), hdr.New(w, h)
	square := make([]float64, w*h)
	for i, g := range guide {
		square[i] = g * g
	}
	meanGuide, meanSquare := box(guide, w, h, t.Radius), box(square, w, h, t.Radius)
	for c := range 3 {
		gain, product := make([]float64, w*h), make([]float64, w*h)
		for i := range gain {
			before, after := max(float64(start.Pix[3*i+c]), 0), max(float64(end.Pix[3*i+c]), 0)
			ratio := math.Log(after+t.Floor) - math.Log(before+t.Floor)
			gain[i] = min(max(ratio, -t.Darken), t.Darken)
			product[i] = gain[i] * guide[i]
		}
		meanGain, meanProduct := box(gain, w, h, t.Radius), box(product, w, h, t.Radius)
		slope, offset := make([]float64, w*h), make([]float64, w*h)
		for i := range slope {
			variance := meanSquare[i] - meanGuide[i]*meanGuide[i]
			slope[i] = (meanProduct[i] - meanGuide[i]*meanGain[i]) / (variance + t.Smoothness)
			offset[i] = meanGain[i] - slope[i]*meanGuide[i]
		}
		slope, offset = box(slope, w, h, 1), box(offset, w, h, 1)
		for i := range slope {
			slopes.Pix[3*i+c], offsets.Pix[3*i+c] = float32(slope[i]), float32(offset[i])
		}
	}
	return slopes, offsets
}

// box is the mean over a square window on the panorama: longitude closes on
// itself, and beyond a pole the map goes on half a turn away.
func box(v []float64, w, h, radius int) []float64 {
	rows := make([]float64, w*h) // means along rows
	for y := range h {
		var sum float64
		for x := -radius; x <= radius; x++ {
			sum += v[y*w+mod(x, w)]
		}
		for x := range w {
			rows[y*w+x] = sum / float64(2*radius+1)
			sum += v[y*w+mod(x+radius+1, w)] - v[y*w+mod(x-radius, w)]
		}
	}
	out := make([]float64, w*h)
	for y := range h {
		for dy := -radius; dy <= radius; dy++ {
			row, turn := overPole(y+dy, w, h)
			for x := range w {
				out[y*w+x] += rows[row*w+mod(x+turn, w)] / float64(2*radius+1)
			}
		}
	}
	return out
}

// overPole returns the row of the map at y, which may lie beyond a pole, and
// by how many texels it is turned there.
func overPole(y, w, h int) (row, turn int) {
	switch {
	case y < 0:
		return min(-1-y, h-1), w / 2
	case y >= h:
		return max(2*h-1-y, 0), w / 2
	}
	return y, 0
}

func mod(i, n int) int { return ((i % n) + n) % n }

// tap reads between two neighbours of a row or column.
type tap struct {
	a, b int
	w    float32 // of b
}

func (t tap) at(row []float32, c int) float32 {
	return row[3*t.a+c] + t.w*(row[3*t.b+c]-row[3*t.a+c])
}

// bilinear returns where each of n samples lies among few; edge says which of
// the few stands beyond the first and the last.
func bilinear(n, few int, edge func(i, few int) int) []tap {
	taps := make([]tap, n)
	for i := range taps {
		at := (float64(i)+.5)*float64(few)/float64(n) - .5
		low := math.Floor(at)
		taps[i] = tap{edge(int(low), few), edge(int(low)+1, few), float32(at - low)}
	}
	return taps
}

func stay(i, n int) int { return min(max(i, 0), n-1) }

// blendRows returns the row of im between two.
func blendRows(im *hdr.Image, t tap) []float32 {
	a, b := im.Row(t.a), im.Row(t.b)
	out := make([]float32, len(a))
	for i := range out {
		out[i] = a[i] + t.w*(b[i]-a[i])
	}
	return out
}

// eachRow calls work for every row, several at a time.
func eachRow(h int, work func(y int)) {
	var wg sync.WaitGroup
	workers := max(1, min(runtime.GOMAXPROCS(0), h))
	for k := range workers {
		wg.Go(func() {
			for y := k * h / workers; y < (k+1)*h/workers; y++ {
				work(y)
			}
		})
	}
	wg.Wait()
}
