package exr_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/hdr/exr"
)

// noise is an image of radiance over 20 stops, whose peak is given.
func noise(w, h int, peak float64) *hdr.Image {
	rng := rand.New(rand.NewPCG(1, 2))
	im := hdr.New(w, h)
	for i := range im.Pix {
		im.Pix[i] = float32(peak * math.Exp2(-20*rng.Float64()))
	}
	im.Pix[0] = float32(peak)
	return im
}

func write(t *testing.T, im *hdr.Image, o hdr.WriteOptions) *hdr.Image {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.exr")
	if err := hdr.Write(path, im, o); err != nil {
		t.Fatal(err)
	}
	back, err := hdr.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

func expectEqual(t *testing.T, name string, got, want *hdr.Image) {
	t.Helper()
	if got.W != want.W || got.H != want.H {
		t.Fatalf("%s: got %d×%d, want %d×%d", name, got.W, got.H, want.W, want.H)
	}
	for i := range want.Pix {
		if got.Pix[i] != want.Pix[i] {
			t.Fatalf("%s: value %d: got %v, want %v", name, i, got.Pix[i], want.Pix[i])
		}
	}
}

var lossless = []hdr.Compression{"", hdr.ZIP, hdr.PIZ, hdr.Uncompressed}

func TestFloatsComeBackBitForBit(t *testing.T) {
	im := noise(130, 65, 3e5)
	for _, c := range lossless {
		back := write(t, im, hdr.WriteOptions{Compression: c})
		expectEqual(t, string(c), back, im)
		want := string(c)
		if c == "" {
			want = "zip"
		}
		if m := back.Meta; m.Encoding != "float" || m.Compression != want {
			t.Errorf("%q: got %s %s, want float %s", c, m.Encoding, m.Compression, want)
		}
	}
}

func TestHalvesComeBackBitForBit(t *testing.T) {
	// What was rounded to halves once is not rounded again; 1300 rows take
	// more than one strip.
	once := write(t, noise(16, 1300, hdr.MaxHalf), hdr.WriteOptions{})
	if once.Meta.Encoding != "half" {
		t.Errorf("a peak of 65504 is stored as %s, want half", once.Meta.Encoding)
	}
	for _, c := range lossless {
		expectEqual(t, string(c), write(t, once, hdr.WriteOptions{Compression: c}), once)
	}
}

func TestHalvesAreTheNearest(t *testing.T) {
	im := noise(64, 32, 1000)
	back := write(t, im, hdr.WriteOptions{Precision: hdr.Half})
	for i, want := range im.Pix {
		step := math.Exp2(math.Floor(math.Log2(float64(want)))-10) + 0x1p-24
		if d := math.Abs(float64(back.Pix[i] - want)); d > step/2 {
			t.Fatalf("value %d: got %v, want %v within %v", i, back.Pix[i], want, step/2)
		}
	}
}

func TestAPeakPastHalfIsStoredAsFloat(t *testing.T) {
	for _, test := range []struct {
		peak      float64
		precision hdr.Precision
		want      string
	}{
		{hdr.MaxHalf, "", "half"}, {hdr.MaxHalf + 1, "", "float"}, {hdr.MaxHalf + 1, hdr.Auto, "float"},
		{1, hdr.Float, "float"}, {1e6, hdr.Half, "half"},
	} {
		back := write(t, noise(8, 4, test.peak), hdr.WriteOptions{Precision: test.precision, Force: true})
		if back.Meta.Encoding != test.want {
			t.Errorf("peak %v, %q: got %s, want %s", test.peak, test.precision, back.Meta.Encoding, test.want)
		}
	}
}

func TestAForcedHalfEndsAtItsLargest(t *testing.T) {
	im := &hdr.Image{W: 2, H: 1, Pix: []float32{3e5, 65510, 65504, 7, -1e6, 0}}
	back := write(t, im, hdr.WriteOptions{Precision: hdr.Half, Force: true})
	expectEqual(t, "half", back, &hdr.Image{W: 2, H: 1, Pix: []float32{65504, 65504, 65504, 7, 0, 0}})
	if back.Meta.Repairs != (hdr.Repairs{Negative: 1}) {
		t.Errorf("repaired %+v, want no infinite value in the file", back.Meta.Repairs)
	}
}

func TestDWAIsNear(t *testing.T) {
	im := hdr.New(256, 128)
	for y := range im.H {
		for x, row := 0, im.Row(y); x < im.W; x++ {
			for c := range 3 {
				row[3*x+c] = float32(2 + math.Sin(float64(x+c)/20)*math.Cos(float64(y)/15))
			}
		}
	}
	for _, c := range []hdr.Compression{hdr.DWAA, hdr.DWAB} {
		back := write(t, im, hdr.WriteOptions{Compression: c})
		if back.Meta.Compression != string(c) {
			t.Errorf("got %s, want %s", back.Meta.Compression, c)
		}
		for i, want := range im.Pix {
			if math.Abs(float64(back.Pix[i]-want)) > .03*float64(want) {
				t.Fatalf("%s: value %d: got %v, want %v within 3 %%", c, i, back.Pix[i], want)
			}
		}
	}
}

func TestStringsAndRecipeComeBack(t *testing.T) {
	im := hdr.New(4, 2)
	im.Meta.Attributes = map[string]string{"owner": "nobody", "längs": "ein\nzwei\x00drei", "empty": ""}
	im.Meta.Comments = []string{"by hand", "", "of a hill"}
	want := maps.Clone(im.Meta.Attributes)
	// The header has these for itself.
	for _, taken := range []string{"channels", "type", "recipe", "dataWindow", "chromaticities", "", strings.Repeat("a", 256)} {
		im.Meta.Attributes[taken] = "x"
	}
	got := write(t, im, hdr.WriteOptions{Recipe: "prompt: dusk\n"}).Meta
	if got.Recipe != "prompt: dusk\n" {
		t.Errorf("recipe: got %q, want %q", got.Recipe, "prompt: dusk\n")
	}
	if !slices.Equal(got.Comments, im.Meta.Comments) {
		t.Errorf("comments: got %q, want %q", got.Comments, im.Meta.Comments)
	}
	if !maps.Equal(got.Attributes, want) {
		t.Errorf("attributes: got %q, want %q", got.Attributes, want)
	}
	if got.Envmap != "latlong" || got.Primaries == nil || got.Primaries.White != [2]float64{float64(float32(.3127)), float64(float32(.3290))} {
		t.Errorf("got envmap %q and primaries %v, want latlong and Rec. 709", got.Envmap, got.Primaries)
	}
	im.Meta.Recipe = "kept"
	if got := write(t, im, hdr.WriteOptions{}).Meta.Recipe; got != "kept" {
		t.Errorf("recipe of the image: got %q, want kept", got)
	}
	if got := write(t, hdr.New(3, 2), hdr.WriteOptions{}).Meta.Envmap; got != "" {
		t.Errorf("an image of 3×2 has envmap %q, want none", got)
	}
}

func TestBadValuesAreRepairedAndCounted(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	im := &hdr.Image{W: 2, H: 1, Pix: []float32{inf, nan, -3, 7, 0, -inf}}
	back := write(t, im, hdr.WriteOptions{})
	expectEqual(t, "repaired", back, &hdr.Image{W: 2, H: 1, Pix: []float32{7, 0, 0, 7, 0, 0}})
	if want := (hdr.Repairs{NaN: 1, Inf: 1, Negative: 2}); back.Meta.Repairs != want {
		t.Errorf("got %+v, want %+v", back.Meta.Repairs, want)
	}
}

func TestManyReadAndWriteAtOnce(t *testing.T) {
	im := noise(100, 50, 1e5)
	dir := t.TempDir()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			path := filepath.Join(dir, fmt.Sprint(i, ".exr"))
			if err := hdr.Write(path, im, hdr.WriteOptions{}); err != nil {
				t.Error(err)
				return
			}
			back, err := hdr.Read(path)
			if err != nil {
				t.Error(err)
				return
			}
			for k := range im.Pix {
				if back.Pix[k] != im.Pix[k] {
					t.Errorf("%s: value %d: got %v, want %v", path, k, back.Pix[k], im.Pix[k])
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestVersion(t *testing.T) {
	if v := exr.Version(); !strings.HasPrefix(v, "3.") {
		t.Errorf("got OpenEXR %q, want 3.x", v)
	}
}

func TestNoCompressionLosesTheSun(t *testing.T) {
	im := noise(64, 32, 1)
	im.Pix[99] = 1e5
	for _, o := range []hdr.WriteOptions{
		{Compression: hdr.DWAA}, {Compression: hdr.DWAB}, {Compression: hdr.DWAB, Precision: hdr.Float},
		{Compression: hdr.PIZ, Precision: hdr.Half}, {Precision: hdr.Half},
	} {
		path := filepath.Join(t.TempDir(), "a.exr")
		var loss *hdr.LossError
		if err := hdr.Write(path, im, o); !errors.As(err, &loss) || loss.Loss.Above != 1 || loss.Loss.Peak != 1e5 {
			t.Errorf("%s %s: got error %v, want one value of 1e5 that cannot be held", o.Compression, o.Precision, err)
		}
		o.Force = true
		back := write(t, im, o)
		if got := back.Pix[99]; !(got > 6e4 && got <= hdr.MaxHalf) || back.Meta.Repairs.Inf > 0 {
			t.Errorf("%s %s by force: got %v and repaired %v, want 65504", o.Compression, o.Precision, got, back.Meta.Repairs)
		}
	}
}

func TestAutoLooksAtTheDarkEnd(t *testing.T) {
	im := noise(64, 32, 0x1p-22)
	back := write(t, im, hdr.WriteOptions{})
	expectEqual(t, "22 stops down", back, im)
	err := hdr.Write(filepath.Join(t.TempDir(), "a.exr"), im, hdr.WriteOptions{Precision: hdr.Half})
	if err == nil || !strings.Contains(err.Error(), "of the lit texels, which are below 1.9e-06") {
		t.Errorf("as half floats: got error %v, want what would be lost", err)
	}
	// What was read from half floats is written as half floats.
	once := write(t, im, hdr.WriteOptions{Precision: hdr.Half, Force: true})
	if twice := write(t, once, hdr.WriteOptions{}); twice.Meta.Encoding != "half" {
		t.Errorf("half floats in the dark: got %s, want half", twice.Meta.Encoding)
	}
}
