package exr_test

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// golden is what the OpenEXR package of Python reads from a file; see
// scripts/golden/hdr.py.
type golden struct {
	Width, Height         int
	Pixels                []float32
	Tolerance             float64
	Encoding, Compression string
	Envmap, Recipe        string
	Attributes            map[string]string
}

func goldens(t *testing.T) map[string]golden {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]golden
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestFilesReadAsTheLibraryOfPythonReadsThem(t *testing.T) {
	for name, want := range goldens(t) {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name)
			im, err := hdr.Read(path)
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			fromMemory, err := hdr.DecodeBytes(data, name)
			if err != nil {
				t.Fatal(err)
			}
			if im.W != want.Width || im.H != want.Height {
				t.Fatalf("got %d×%d, want %d×%d", im.W, im.H, want.Width, want.Height)
			}
			for i, w := range want.Pixels {
				if got := im.Pix[i]; !(math.Abs(float64(got-w)) <= want.Tolerance*float64(w)) {
					t.Fatalf("value %d: got %v, want %v", i, got, w)
				}
				if im.Pix[i] != fromMemory.Pix[i] {
					t.Fatalf("value %d: got %v from the file, %v from memory", i, im.Pix[i], fromMemory.Pix[i])
				}
			}
			m := im.Meta
			if m.Format != "exr" || m.LDR || m.Encoding != want.Encoding || m.Compression != want.Compression {
				t.Errorf("got %s %s %s, want exr %s %s", m.Format, m.Encoding, m.Compression, want.Encoding, want.Compression)
			}
			if m.Envmap != want.Envmap || m.Recipe != want.Recipe {
				t.Errorf("got envmap %q and recipe %q, want %q and %q", m.Envmap, m.Recipe, want.Envmap, want.Recipe)
			}
			for key, value := range maps.All(want.Attributes) {
				got := m.Attributes[key]
				if key == "comments" {
					got = strings.Join(m.Comments, "\n")
				}
				if got != value {
					t.Errorf("attribute %s: got %q, want %q", key, got, value)
				}
			}
		})
	}
}
