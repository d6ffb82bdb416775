package exr

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// FuzzDecode holds that any bytes give an error or an image that a repair
// makes usable.
func FuzzDecode(f *testing.F) {
	names, err := filepath.Glob("testdata/*.exr")
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds (%v)", err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		src := &hdr.Source{Data: data, Size: int64(len(data)), MaxPixels: 1 << 16}
		im, err := decode(src)
		if err != nil {
			return
		}
		if len(im.Pix) != 3*im.W*im.H {
			t.Fatalf("%d×%d has %d values", im.W, im.H, len(im.Pix))
		}
		hdr.Repair(im)
		for i, v := range im.Pix {
			if !(v >= 0 && v <= math.MaxFloat32) {
				t.Fatalf("value %d is %v", i, v)
			}
		}
	})
}
