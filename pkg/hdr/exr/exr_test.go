package exr_test

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	_ "github.com/clipenv/toolkit/pkg/hdr/exr"
)

// noise is an image of radiance over 30 stops, whose peak is given.
func noise(w, h int, peak float64) *hdr.Image {
	rng := rand.New(rand.NewPCG(1, 2))
	im := hdr.New(w, h)
	for i := range im.Pix {
		im.Pix[i] = float32(peak * math.Exp2(-30*rng.Float64()))
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

func TestFloatsComeBackBitForBit(t *testing.T) {
	for _, c := range []hdr.Compression{"", hdr.ZIP, hdr.PIZ, hdr.Uncompressed} {
		im := noise(130, 65, 3e5)
		back := write(t, im, hdr.WriteOptions{Compression: c})
		if back.Meta.Encoding != "float" {
			t.Errorf("%q: encoding of a peak of 3e5 is %s, want float", c, back.Meta.Encoding)
		}
		for i := range im.Pix {
			if back.Pix[i] != im.Pix[i] {
				t.Fatalf("%q: value %d: got %v, want %v", c, i, back.Pix[i], im.Pix[i])
			}
		}
	}
}
