package hdr

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/parallel"
)

// encodeRadiance writes rows from the top in RGBE, run-length coded by
// channel where the width allows it.
func encodeRadiance(f *os.File, im *Image, o WriteOptions) error {
	if err := writeRadianceHeader(f, im, o.Recipe); err != nil {
		return err
	}
	// Goroutines pack one strip each, then the strips are written in order.
	rows := max(1, stripPixels/im.W)
	packed := make([][]byte, runtime.GOMAXPROCS(0))
	for first := 0; first < im.H; first += rows * len(packed) {
		parallel.Rows(len(packed), func(from, to int) {
			for i := from; i < to; i++ {
				packed[i] = packed[i][:0]
				scratch := make([]byte, 4*im.W)
				y := first + i*rows
				for end := min(im.H, y+rows); y < end; y++ {
					packed[i] = packRow(packed[i], im.Row(y), scratch)
				}
			}
		})
		for _, p := range packed {
			if _, err := f.Write(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// reservedVariables are the header lines that say how to read the pixels.
var reservedVariables = []string{"FORMAT", "EXPOSURE", "COLORCORR", "PRIMARIES", "PIXASPECT", "GAMMA"}

// writeRadianceHeader refuses a header that no reader would take in, ours
// among them.
func writeRadianceHeader(f *os.File, im *Image, recipe string) error {
	var b bytes.Buffer
	line := func(format string, a ...any) { fmt.Fprint(&b, wholeLine(fmt.Sprintf(format, a...))) }
	line("#?RADIANCE")
	oneLine := strings.NewReplacer("\n", " ", "\r", " ")
	for _, c := range im.Meta.Comments {
		line("# %s", oneLine.Replace(c))
	}
	if recipe != "" {
		for part := range strings.SplitSeq(recipe, "\n") {
			line("# %s%s", recipePrefix, part)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(im.Meta.Attributes)) {
		if name == "" || strings.ContainsAny(name, "= \t\r\n#") || slices.Contains(reservedVariables, name) {
			continue
		}
		for value := range strings.SplitSeq(im.Meta.Attributes[name], "\n") {
			line("%s=%s", name, oneLine.Replace(value))
		}
	}
	if b.Len() > maxHeaderBytes-1024 {
		return fmt.Errorf("radiance: the recipe, comments and attributes have %d bytes, want at most %d: an .exr holds them", b.Len(), maxHeaderBytes-1024)
	}
	fmt.Fprintf(&b, "FORMAT=32-bit_rle_rgbe\n\n-Y %d +X %d\n", im.H, im.W)
	_, err := f.Write(b.Bytes())
	return err
}

// wholeLine ends a line of the header. Readers after Walter's rgbe.c, OpenCV's
// among them, take it in by pieces of 127 bytes, FreeImage by 255, and hold a
// piece that is "\n" alone for the empty line that ends the header. A line that
// would leave one is made longer, by what DOS has before it.
func wholeLine(s string) string {
	for len(s)%127 == 0 || len(s)%255 == 0 {
		s += "\r"
	}
	return s + "\n"
}

// packRow appends one row to dst. The scratch has four bytes to a pixel.
func packRow(dst []byte, row []float32, scratch []byte) []byte {
	n := len(row) / 3
	toRGBE(scratch, row)
	if n < minPacked || n > maxPacked {
		for x := range n {
			dst = append(dst, scratch[x], scratch[n+x], scratch[2*n+x], scratch[3*n+x])
		}
		return dst
	}
	dst = append(dst, 2, 2, byte(n>>8), byte(n))
	for c := range 4 {
		dst = packRuns(dst, scratch[c*n:][:n])
	}
	return dst
}

// The range of radiance that RGBE is given: the least is that of Radiance's
// own setcolr, the largest has a mantissa of 255 at the exponent 255.
const (
	leastRGBE   = 1e-32
	largestRGBE = 255 * (1 << 60) * (1 << 59)
)

var rangeRGBE = Range{Way: "Radiance's RGBE", Least: leastRGBE, Largest: largestRGBE, Instead: ".exr with float precision holds them"}

// toRGBE fills the four planes of dst, R G B E, with the nearest RGBE values.
// What is not above zero becomes 0, what is too large the largest.
func toRGBE(dst []byte, row []float32) {
	n := len(row) / 3
	r, g, b, e := dst[:n], dst[n:2*n], dst[2*n:3*n], dst[3*n:4*n]
	r, g, b = r[:len(e)], g[:len(e)], b[:len(e)]
	least, largest := math.Float32bits(leastRGBE), math.Float32bits(largestRGBE)
	for x := range e {
		p := row[3*x : 3*x+3 : 3*x+3]
		red, green, blue := p[0], p[1], p[2]
		// The bits of floats from 0 up order as integers do; those of
		// negatives and NaN lie above all of them.
		peak := max(math.Float32bits(red), math.Float32bits(green), math.Float32bits(blue))
		if peak-least > largest-least { // below the least it wraps around
			red, green, blue = clampRGBE(red), clampRGBE(green), clampRGBE(blue)
			peak = max(math.Float32bits(red), math.Float32bits(green), math.Float32bits(blue))
			if peak < least {
				r[x], g[x], b[x], e[x] = 0, 0, 0, 0
				continue
			}
		}
		// The float's own exponent puts the peak's mantissa into [128,256);
		// one from 255.5 on, which rounds up to 256, takes the next exponent.
		const half = 1 << (23 - 8) // half a step of the mantissa
		exp := (peak + half) >> 23 // biased by 127
		scale := math.Float32frombits((127 + 134 - exp) << 23)
		r[x] = byte(int32(red*scale + .5))
		g[x] = byte(int32(green*scale + .5))
		b[x] = byte(int32(blue*scale + .5))
		e[x] = byte(exp + 2)
	}
}

func clampRGBE(v float32) float32 {
	if !(v > 0) {
		return 0
	}
	return min(v, largestRGBE)
}

// packRuns appends one channel of a row: runs of four and more as a count
// above 128 and the byte, what lies between as counts and the bytes.
func packRuns(dst, row []byte) []byte {
	for x := 0; x < len(row); {
		start, n := nextRun(row, x)
		for x < start {
			k := min(128, start-x)
			dst = append(dst, byte(k))
			dst = append(dst, row[x:x+k]...)
			x += k
		}
		if n > 0 {
			dst = append(dst, byte(128+n), row[x])
			x += n
		}
	}
	return dst
}

// nextRun finds the first run of at least four equal bytes from x on, and
// measures it up to the 127 that one count can say. Where there is none it
// returns the row's end and 0.
func nextRun(row []byte, x int) (start, n int) {
	for x+8 <= len(row) {
		// A byte of d is 0 where two neighbours are equal; the top one has no
		// neighbour here and is set. The test for zero bytes is from Warren,
		// Hacker's Delight, 6-1.
		v := binary.LittleEndian.Uint64(row[x:])
		d := v ^ v>>8 | 1<<63
		equal := ^(d&sevens + sevens | d | sevens)
		if equal == 0 {
			x += 7
			continue
		}
		if runs := equal & (equal >> 8) & (equal >> 16); runs != 0 {
			x += bits.TrailingZeros64(runs) / 8
			return x, runLength(row[x:min(x+127, len(row))])
		}
		x += 5 // a run that begins there needs a byte beyond these eight
	}
	for ; x+4 <= len(row); x++ {
		if n := runLength(row[x:min(x+127, len(row))]); n >= 4 {
			return x, n
		}
	}
	return len(row), 0
}

const sevens = 0x7f7f7f7f7f7f7f7f // the low seven bits of eight bytes

// runLength counts the bytes that are equal to the first.
func runLength(row []byte) (n int) {
	const ones = 0x0101010101010101
	for first := uint64(row[0]) * ones; n+8 <= len(row); n += 8 {
		if d := binary.LittleEndian.Uint64(row[n:]) ^ first; d != 0 {
			return n + bits.TrailingZeros64(d)/8
		}
	}
	for n < len(row) && row[n] == row[0] {
		n++
	}
	return n
}
