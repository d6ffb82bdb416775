package exr_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// TestExamplesReadAsTheLibraryOfPythonReadsThem compares with what
// scripts/golden/examples.py left: every pixel, by a hash.
func TestExamplesReadAsTheLibraryOfPythonReadsThem(t *testing.T) {
	data, err := os.ReadFile("testdata/examples.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]struct {
		Width, Height, Negative int
		SHA256                  string
		Mean                    [3]float64
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join("..", "..", "..", "examples", "hdri")
	files, err := filepath.Glob(filepath.Join(folder, "*.exr"))
	if err != nil || len(files) != len(all) {
		t.Fatalf("%d example maps (%v), %d goldens", len(files), err, len(all))
	}
	for name, want := range all {
		im, err := hdr.Read(filepath.Join(folder, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if im.W != want.Width || im.H != want.Height || im.Meta.Repairs != (hdr.Repairs{Negative: want.Negative}) {
			t.Errorf("%s: got %d×%d, repaired %+v, want %d×%d, %d negative", name, im.W, im.H, im.Meta.Repairs, want.Width, want.Height, want.Negative)
		}
		sum, mean := sha256.New(), [3]float64{}
		row := make([]byte, 0, 12*im.W)
		for y := range im.H {
			row = row[:0]
			for i, v := range im.Row(y) {
				row = binary.LittleEndian.AppendUint32(row, math.Float32bits(v))
				mean[i%3] += float64(v) / float64(im.W*im.H)
			}
			sum.Write(row)
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != want.SHA256 {
			t.Errorf("%s: pixels hash to %s with mean %v, want %s with mean %v", name, got, mean, want.SHA256, want.Mean)
		}
	}
}
