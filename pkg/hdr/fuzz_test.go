package hdr

import (
	"math"
	"os"
	"path/filepath"
	"testing"
)

// fuzz holds that any bytes give an error or usable radiance, and that what
// was read can be written and read again.
func fuzz(f *testing.F, patterns ...string) {
	for _, pattern := range patterns {
		names, err := filepath.Glob(filepath.Join("testdata", pattern))
		if err != nil || len(names) == 0 {
			f.Fatalf("%s: no seeds (%v)", pattern, err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		src := Source{Data: data, Size: int64(len(data)), MaxPixels: 1 << 16}
		im, err := src.decode()
		if err != nil {
			return
		}
		for i, v := range im.Pix {
			if !(v >= 0 && v <= math.MaxFloat32) {
				t.Fatalf("value %d is %v", i, v)
			}
		}
		if im.W*im.H > 1<<12 {
			return
		}
		back := mustDecode(t, file(t, "a.hdr", im, WriteOptions{}))
		if back.W != im.W || back.H != im.H {
			t.Fatalf("wrote %d×%d, read %d×%d", im.W, im.H, back.W, back.H)
		}
	})
}

func FuzzRadiance(f *testing.F) {
	f.Add([]byte("#?RADIANCE\nEXPOSURE=2\nCOLORCORR=1 2 3\nFORMAT=32-bit_rle_xyze\n\n+X 2 -Y 1\nabcdefgh"))
	f.Add([]byte("#?RGBE\r\n\r\n-Y 1 +X 4\r\nabcd\x01\x01\x01\x03"))
	f.Add([]byte("#?RADIANCE\nPRIMARIES=.7 .3 .2 .8 .1 .1 .3 .3\n\n-Y 1 +X 1\nabcd"))
	fuzz(f, "*.hdr")
}

func FuzzLDR(f *testing.F) { fuzz(f, "*.png", "*.jpg", "*.webp") }
