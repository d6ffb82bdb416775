package hdr

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// scaled is a picture of 1000 texels from 1 to 1.999 times a radiance.
func scaled(radiance float64) *Image {
	im := New(100, 10)
	for i := range im.Pix {
		im.Pix[i] = float32(radiance * (1 + float64(i/3)/1000))
	}
	return im
}

func TestALossIsMeasuredAtBothEnds(t *testing.T) {
	sun := scaled(1)
	sun.Pix[30], sun.Pix[31] = 1e5, 65504
	inexact := scaled(1)
	inexact.Pix[0], inexact.Pix[1], inexact.Pix[2] = 1e-9, 1e-9, 0
	exact := New(4, 2)
	for i := range exact.Pix {
		exact.Pix[i] = float32(i) * 0x1p-24
	}
	nan := scaled(1)
	nan.Pix[0], nan.Pix[1], nan.Pix[2] = float32(math.NaN()), float32(math.Inf(1)), -1
	for _, c := range []struct {
		name        string
		im          *Image
		r           Range
		above, dark int
	}{
		{"a sun", sun, HalfRange, 1, 0},
		{"half floats of the least steps", exact, HalfRange, 0, 0},
		{"one dark texel", inexact, HalfRange, 0, 1},
		{"22 stops down", scaled(0x1p-26), HalfRange, 0, 1000},
		{"15 stops down", scaled(0x1p-15), HalfRange, 0, 0},
		{"black", New(4, 2), HalfRange, 0, 0},
		{"not a number beside infinity", nan, HalfRange, 1, 0},
		{"no limits", nan, Range{}, 0, 0},
		{"below RGBE", scaled(1e-36), rangeRGBE, 0, 1000},
		{"above RGBE", scaled(1.68e38), rangeRGBE, 3 * 991, 0},
		{"a screen", scaled(1), screenRange(WriteOptions{}), 3 * 999, 0},
	} {
		l := c.r.LossIn(c.im)
		if l.Above != c.above || l.Dark != c.dark {
			t.Errorf("%s: got %d above and %d in the dark, want %d and %d", c.name, l.Above, l.Dark, c.above, c.dark)
		}
	}
	if l := HalfRange.LossIn(inexact); l.Any() || l.Lit != 1000 {
		t.Errorf("one texel of %d in the dark: got a loss, want it passed over", l.Lit)
	}
}

func TestAWriteThatWouldLoseLightIsRefused(t *testing.T) {
	dir := t.TempDir()
	for name, im := range map[string]*Image{"a.png": scaled(1.5), "a.jpg": scaled(1.5), "a.hdr": scaled(1.7e38), "b.hdr": scaled(1e-36)} {
		path := filepath.Join(dir, name)
		err := Write(path, im, WriteOptions{})
		var loss *LossError
		if !errors.As(err, &loss) || !strings.Contains(err.Error(), "cannot hold") || !strings.Contains(err.Error(), ".exr") {
			t.Errorf("%s: got error %v, want one that says what is lost and what holds it", name, err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: is there, want nothing written", name)
		}
		var told Loss
		if err := Write(path, im, WriteOptions{Force: true, Tell: func(l Loss) { told = l }}); err != nil || !told.Any() {
			t.Errorf("%s by force: got %v and %v, want the file and what was cut", name, err, told)
		}
	}
}
