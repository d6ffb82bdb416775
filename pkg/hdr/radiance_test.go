package hdr

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// noise is an image whose radiance spans 60 stops, with runs and black in it.
func noise(w, h int) *Image {
	rng := rand.New(rand.NewPCG(3, 4))
	im := New(w, h)
	for i := range im.Pix {
		switch {
		case i%97 < 30 && i >= 3:
			im.Pix[i] = im.Pix[i-3]
		case rng.IntN(20) > 0:
			im.Pix[i] = float32(math.Exp2(rng.Float64()*60 - 30))
		}
	}
	return im
}

func mustDecode(t *testing.T, data []byte) *Image {
	t.Helper()
	im, err := DecodeBytes(data, "test")
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// file writes an image and returns the file's bytes.
func file(t *testing.T, name string, im *Image, o WriteOptions) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := Write(path, im, o); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRGBEIsWithinHalfAStepOfItsMantissa(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {7, 3}, {8, 1}, {127, 4}, {1000, 300}, {33000, 2}} {
		im := noise(size[0], size[1])
		back := mustDecode(t, file(t, "a.hdr", im, WriteOptions{}))
		for i := 0; i < len(im.Pix); i += 3 {
			// The largest channel has a mantissa of 128 at least; where it
			// rounds up to 256, the step doubles.
			peak := float64(max(im.Pix[i], im.Pix[i+1], im.Pix[i+2]))
			step := math.Exp2(math.Floor(math.Log2(peak))) / 128
			if peak/step >= 255.5 {
				step *= 2
			}
			for c := range 3 {
				got, want := back.Pix[i+c], im.Pix[i+c]
				if d := math.Abs(float64(got - want)); d > step/2*(1+1e-6) {
					t.Fatalf("%v: value %d: got %v, want %v within %v", size, i+c, got, want, step/2)
				}
			}
		}
	}
}

func TestWhatWasReadIsWrittenUnchanged(t *testing.T) {
	first := file(t, "a.hdr", noise(300, 40), WriteOptions{Recipe: "one"})
	second := file(t, "b.hdr", mustDecode(t, first), WriteOptions{})
	if !bytes.Equal(first, second) {
		t.Errorf("a file of %d bytes came back as %d different ones", len(first), len(second))
	}
}

func TestRGBEHoldsWhatItCanOfTheRest(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	im := &Image{W: 3, H: 1, Pix: []float32{inf, 1, -inf, nan, -1, 0, 1e-38, 0, 0}}
	got := mustDecode(t, file(t, "a.hdr", im, WriteOptions{Force: true})).Pix
	want := []float32{largestRGBE, 0, 0, 0, 0, 0, 0, 0, 0}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// rgbe is a pixel of the tests' files, and radiance what it stands for.
type rgbe [4]byte

func (p rgbe) radiance() (v [3]float32) {
	for c := range 3 {
		v[c] = float32(math.Ldexp(float64(p[c]), int(p[3])-136))
	}
	return v
}

// picture makes the pixel at x, y of a test picture; every third repeats.
func picture(x, y int) rgbe {
	if x%5 >= 2 && x%5 <= 3 {
		x -= x%5 - 1
	}
	return rgbe{byte(200 - x), byte(100 + 3*y), byte(x * y), byte(120 + x%3 + y)}
}

// scanline codes pixels: "flat", "old" with 1 1 1 n for repeats, or "new".
func scanline(pixels []rgbe, coding string) (out []byte) {
	n := len(pixels)
	switch coding {
	case "new":
		out = append(out, 2, 2, byte(n>>8), byte(n))
		for c := range 4 {
			row := make([]byte, n)
			for x, p := range pixels {
				row[x] = p[c]
			}
			out = packRuns(out, row)
		}
	case "old":
		for x := 0; x < n; {
			run := 0
			for x+1+run < n && pixels[x+1+run] == pixels[x] {
				run++
			}
			out = append(out, pixels[x][:]...)
			for left := run; left > 0; left >>= 8 {
				out = append(out, 1, 1, 1, byte(left))
			}
			x += 1 + run
		}
	default:
		for _, p := range pixels {
			out = append(out, p[:]...)
		}
	}
	return out
}

func TestAllOrdersAndCodingsOfPixelsAgree(t *testing.T) {
	const w, h = 19, 11
	for _, order := range []string{"-Y +X", "-Y -X", "+Y +X", "+Y -X", "+X -Y", "+X +Y", "-X -Y", "-X +Y"} {
		for _, coding := range []string{"flat", "old", "new"} {
			slow, fast := order[:2], order[3:]
			size := map[byte]int{'X': w, 'Y': h}
			data := fmt.Appendf(nil, "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n%s %d %s %d\n", slow, size[slow[1]], fast, size[fast[1]])
			for j := range size[slow[1]] {
				var pixels []rgbe
				for i := range size[fast[1]] {
					at := map[byte]int{}
					for _, axis := range []struct {
						name string
						i    int
					}{{slow, j}, {fast, i}} {
						k := axis.i
						if axis.name == "-X" || axis.name == "+Y" {
							k = size[axis.name[1]] - 1 - k
						}
						at[axis.name[1]] = k
					}
					pixels = append(pixels, picture(at['X'], at['Y']))
				}
				data = append(data, scanline(pixels, coding)...)
			}
			im := mustDecode(t, data)
			if im.W != w || im.H != h {
				t.Fatalf("%s %s: got %d×%d, want %d×%d", order, coding, im.W, im.H, w, h)
			}
			for y := range h {
				for x := range w {
					got, want := [3]float32(im.Row(y)[3*x:]), picture(x, y).radiance()
					if got != want {
						t.Fatalf("%s %s: texel %d,%d: got %v, want %v", order, coding, x, y, got, want)
					}
				}
			}
		}
	}
}

func TestLongRunsOfTheOldCoding(t *testing.T) {
	const n = 70000 // wider than what is packed by channel; a run of three digits
	pixels := slices.Repeat([]rgbe{{9, 8, 7, 130}}, n)
	data := fmt.Appendf(nil, "#?RGBE\n\n-Y 1 +X %d\n", n)
	im := mustDecode(t, append(data, scanline(pixels, "old")...))
	want := pixels[0].radiance()
	for x := range n {
		if got := [3]float32(im.Pix[3*x:]); got != want {
			t.Fatalf("texel %d: got %v, want %v", x, got, want)
		}
	}
}

// onePixel is a file of one white texel with the given header lines.
func onePixel(lines string) []byte {
	return append([]byte("#?RADIANCE\n"+lines+"\n-Y 1 +X 1\n"), 128, 128, 128, 129)
}

func TestExposureAndColourCorrectionAreDividedOut(t *testing.T) {
	tests := []struct {
		lines string
		want  [3]float32
	}{
		{"", [3]float32{1, 1, 1}},
		{"EXPOSURE=2\nEXPOSURE= 4 \n", [3]float32{.125, .125, .125}},
		{"COLORCORR=1 2 4\nEXPOSURE=.5\n", [3]float32{2, 1, .5}},
		{"EXPOSURE=0\n", [3]float32{1, 1, 1}},
		{"EXPOSURE=-3\n", [3]float32{1, 1, 1}},
		{"\tEXPOSURE=2\n", [3]float32{1, 1, 1}}, // of another picture
		{"PRIMARIES=0 0 0 0 0 0 0 0\n", [3]float32{1, 1, 1}},
		{"PRIMARIES=.64 .33 .29 .6 .15 .06 .3333 .3333\n", [3]float32{1, 1, 1}}, // white to white
	}
	for _, test := range tests {
		im := mustDecode(t, onePixel(test.lines))
		for c := range 3 {
			if got := im.Pix[c]; math.Abs(float64(got-test.want[c])) > 1e-6 {
				t.Errorf("%q: got %v, want %v", test.lines, im.Pix[:3], test.want)
				break
			}
		}
	}
}

func TestXYZEBecomesRec709(t *testing.T) {
	// X = Y = Z is the equal-energy white, redder than D65. XYZ needs no
	// primaries, so that a file's are not applied to it.
	for _, primaries := range []string{"", "PRIMARIES=.7 .3 .2 .8 .1 .1 .3 .3\n"} {
		im := mustDecode(t, onePixel(primaries+"FORMAT=32-bit_rle_xyze\n"))
		want := []float32{1.20498, .94828, .90888} // Lindbloom's sRGB matrix, rows summed
		for c := range 3 {
			if got := im.Pix[c]; math.Abs(float64(got-want[c])) > 5e-4 {
				t.Fatalf("%q: got %v, want %v", primaries, im.Pix, want)
			}
		}
		if im.Meta.Encoding != "xyze" || im.Meta.Primaries != nil {
			t.Errorf("%q: got %q with primaries %v, want xyze with none", primaries, im.Meta.Encoding, im.Meta.Primaries)
		}
	}
}

func TestLineEndsOfDOS(t *testing.T) {
	unix := onePixel("VIEW=-vta\n# by hand\nEXPOSURE=2\n")
	head, pixels := unix[:len(unix)-4], unix[len(unix)-4:]
	dos := append(bytes.ReplaceAll(head, []byte("\n"), []byte("\r\n")), pixels...)
	a, b := mustDecode(t, unix), mustDecode(t, dos)
	if !slices.Equal(a.Pix, b.Pix) || a.Meta.Attributes["VIEW"] != b.Meta.Attributes["VIEW"] || !slices.Equal(a.Meta.Comments, b.Meta.Comments) {
		t.Errorf("got %+v with CRLF, want %+v", b, a)
	}
}

func TestHeaderComesBack(t *testing.T) {
	im := New(2, 1)
	im.Meta.Comments = []string{"by hand", "a\nb"}
	im.Meta.Attributes = map[string]string{"VIEW": "-vta -vv 360", "FORMAT": "nonsense", "EXPOSURE": "7", "bad name": "x"}
	const recipe = "prompt: dusk\n\n  seed: 7\n"
	got := mustDecode(t, file(t, "a.hdr", im, WriteOptions{Recipe: recipe})).Meta
	if got.Recipe != recipe {
		t.Errorf("recipe: got %q, want %q", got.Recipe, recipe)
	}
	if want := []string{"by hand", "a b"}; !slices.Equal(got.Comments, want) {
		t.Errorf("comments: got %q, want %q", got.Comments, want)
	}
	if len(got.Attributes) != 1 || got.Attributes["VIEW"] != "-vta -vv 360" {
		t.Errorf("attributes: got %v, want VIEW alone", got.Attributes)
	}
}

// However long the lines of a header are, readers that take them in by pieces find
// one empty line, before the resolution.
func TestNoPieceOfALineIsEmpty(t *testing.T) {
	for n := range 1100 {
		im := New(2, 1)
		im.Meta.Comments = []string{strings.Repeat("c", n)}
		im.Meta.Attributes = map[string]string{"VIEW": strings.Repeat("v", n)}
		recipe := strings.Repeat("r", n)
		data := file(t, "a.hdr", im, WriteOptions{Recipe: recipe})
		for _, buffer := range []int{127, 255} {
			rest, pieces := string(data), 0
			for {
				end := strings.IndexByte(rest, '\n') + 1
				piece := rest[:min(end, buffer)]
				rest = rest[len(piece):]
				if piece == "\n" {
					break
				}
				pieces++
			}
			if !strings.HasPrefix(rest, "-Y 1 +X 2\n") {
				t.Errorf("lines of %d, read by pieces of %d: %d of them, and then %.40q, want the resolution", n, buffer, pieces, rest)
			}
		}
		got := mustDecode(t, data).Meta
		if got.Recipe != recipe || got.Attributes["VIEW"] != im.Meta.Attributes["VIEW"] || !slices.Equal(got.Comments, im.Meta.Comments) {
			t.Fatalf("lines of %d: %+v came back", n, got)
		}
	}
}

// Whatever a channel's row holds, it comes back, and no run of four or more
// is spelt out byte by byte.
func TestRunsAreFoundWhereverTheyBegin(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		row := make([]byte, 1+random.IntN(300))
		symbols, repeat := 1+random.IntN(4), random.IntN(4)
		for i := range row {
			row[i] = byte(random.IntN(symbols)) * 85 // 0, 85, 170 and 255
			if i > 0 && random.IntN(4) < repeat {
				row[i] = row[i-1]
			}
		}
		packed := packRuns(nil, row)
		got := make([]byte, len(row))
		if used, err := unpackRuns(got, packed); err != nil || used != len(packed) || !bytes.Equal(got, row) {
			t.Fatalf("%v: packed %v, got %v after %d bytes, error %v", row, packed, got, used, err)
		}
		for i := 0; i < len(packed); {
			n := int(packed[i])
			if n > 128 {
				i += 2
				continue
			}
			for same, j := 1, i+2; j <= i+n; j++ {
				if same++; packed[j] != packed[j-1] {
					same = 1
				}
				if same == 4 {
					t.Fatalf("%v: packed %v: four equal bytes are spelt out at %d", row, packed, j)
				}
			}
			i += 1 + n
		}
	}
}
