package hdr

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// TestFilesReadAsOpenCVReadsThem compares with what scripts/golden/hdr.py
// left: exact for Radiance, within a float's rounding for the sRGB curve,
// within the file's own tolerance for lossy codecs.
func TestFilesReadAsOpenCVReadsThem(t *testing.T) {
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]struct {
		Width, Height int
		Pixels        []float32
		Tolerance     float64
		Encoding      string
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	for name, want := range all {
		im, err := Read(filepath.Join("testdata", name))
		if err != nil {
			t.Error(err)
			continue
		}
		if im.W != want.Width || im.H != want.Height {
			t.Errorf("%s: got %d×%d, want %d×%d", name, im.W, im.H, want.Width, want.Height)
			continue
		}
		if im.Meta.Encoding != want.Encoding || im.Meta.LDR != (want.Encoding != "rgbe") {
			t.Errorf("%s: got encoding %q, LDR %v, want %q", name, im.Meta.Encoding, im.Meta.LDR, want.Encoding)
		}
		tolerance := want.Tolerance
		if im.Meta.LDR {
			tolerance = max(tolerance, 1e-7)
		}
		for i, w := range want.Pixels {
			if got := im.Pix[i]; !(math.Abs(float64(got-w)) <= tolerance) {
				t.Errorf("%s: value %d: got %v, want %v within %v", name, i, got, w, tolerance)
				break
			}
		}
	}
}
