package exr_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// plane is a channel of a test's file: its name and sampling, and its values.
type plane struct {
	name string
	x, y int
	at   func(x, y int) float64
}

// sampled is an uncompressed OpenEXR file of 12×6 texels whose channels have
// samplings of their own. Planes go in the order of their names.
func sampled(planes ...plane) []byte {
	const w, h = 12, 6
	le := binary.LittleEndian
	words := func(v ...uint32) (b []byte) {
		for _, n := range v {
			b = le.AppendUint32(b, n)
		}
		return b
	}
	head := words(20000630, 2)
	attribute := func(name, kind string, value []byte) {
		head = append(head, name+"\x00"+kind+"\x00"...)
		head = append(le.AppendUint32(head, uint32(len(value))), value...)
	}
	var channels []byte
	for _, p := range planes {
		channels = append(append(channels, p.name...), 0)
		channels = append(channels, words(2, 0, uint32(p.x), uint32(p.y))...)
	}
	box := words(0, 0, w-1, h-1)
	attribute("channels", "chlist", append(channels, 0))
	attribute("compression", "compression", []byte{0})
	attribute("dataWindow", "box2i", box)
	attribute("displayWindow", "box2i", box)
	attribute("lineOrder", "lineOrder", []byte{0})
	attribute("pixelAspectRatio", "float", words(math.Float32bits(1)))
	attribute("screenWindowCenter", "v2f", words(0, 0))
	attribute("screenWindowWidth", "float", words(math.Float32bits(1)))
	head = append(head, 0)
	var table, chunks []byte
	for y := range h {
		var row []byte
		for _, p := range planes {
			for x := 0; x < w && y%p.y == 0; x++ {
				if x%p.x == 0 {
					row = le.AppendUint32(row, math.Float32bits(float32(p.at(x, y))))
				}
			}
		}
		table = le.AppendUint64(table, uint64(len(head)+8*h+len(chunks)))
		chunks = append(append(chunks, words(uint32(y), uint32(len(row)))...), row...)
	}
	return bytes.Join([][]byte{head, table, chunks}, nil)
}

func TestSubsampledChannelsAreInterpolated(t *testing.T) {
	ramp := func(x, y int) float64 { return float64(x + 10*y) }
	im, err := hdr.DecodeBytes(sampled(plane{"B", 2, 1, ramp}, plane{"G", 1, 1, ramp}, plane{"R", 2, 2, ramp}), "a")
	if err != nil {
		t.Fatal(err)
	}
	for y := range 5 { // behind the last sample there is nothing to go to
		for x := range 11 {
			for c := range 3 {
				if got, want := float64(im.Row(y)[3*x+c]), ramp(x, y); math.Abs(got-want) > 1e-5 {
					t.Fatalf("texel %d, %d, channel %d: got %v, want %v", x, y, c, got, want)
				}
			}
		}
	}
}

func TestLuminanceWithChromaOfAnySampling(t *testing.T) {
	colour := [3]float64{.25, .5, 1}
	luminance := .2126*colour[0] + .7152*colour[1] + .0722*colour[2]
	all := func(v float64) func(int, int) float64 { return func(int, int) float64 { return v } }
	for _, c := range []struct {
		layer string
		x, y  int
	}{{"", 1, 1}, {"", 2, 2}, {"", 4, 1}, {"sky.", 2, 2}, {"sky.", 1, 3}} {
		im, err := hdr.DecodeBytes(sampled(
			plane{c.layer + "BY", c.x, c.y, all((colour[2] - luminance) / luminance)},
			plane{c.layer + "RY", c.x, c.y, all((colour[0] - luminance) / luminance)},
			plane{c.layer + "Y", 1, 1, all(luminance)},
		), "a")
		if err != nil {
			t.Errorf("%v: %v", c, err)
			continue
		}
		for i, v := range im.Pix {
			if math.Abs(float64(v)-colour[i%3]) > 2e-3 {
				t.Errorf("%v: value %d: got %v, want %v", c, i, v, colour[i%3])
				break
			}
		}
	}
}

func TestALayerIsReadByItsName(t *testing.T) {
	all := func(v float64) func(int, int) float64 { return func(int, int) float64 { return v } }
	var planes []plane
	for i, layer := range []string{"albedo", "beauty", "normal"} {
		for _, c := range "BGR" {
			planes = append(planes, plane{fmt.Sprintf("%s.%c", layer, c), 1, 1, all(float64(i + 1))})
		}
	}
	path := t.TempDir() + "/a.exr"
	writeBytes(t, path, sampled(planes...))
	for layer, want := range map[string]float32{"": 2, "albedo": 1, "beauty": 2, "NORMAL": 3} {
		im, err := hdr.ReadLayer(path, layer)
		if err != nil || im.Pix[0] != want {
			t.Errorf("layer %q: got %v, %v, want %v", layer, im, err, want)
			continue
		}
		if got := strings.Join(im.Meta.Layers, " "); got != "albedo beauty normal" || layer == "" && im.Meta.Layer != "beauty" {
			t.Errorf("layer %q: got %q of %q", layer, im.Meta.Layer, got)
		}
	}
	if _, err := hdr.ReadLayer(path, "diffuse"); err == nil || !strings.Contains(err.Error(), `no layer "diffuse", want one of albedo, beauty, normal`) {
		t.Errorf("a layer that is not there: got error %v", err)
	}
}

func TestAnEmptyTableOfOffsetsIsFoundAgain(t *testing.T) {
	for _, name := range []string{"half_none.exr", "half_zips.exr", "float_zip.exr"} {
		data := bytes.Clone(testFile(t, name))
		want, err := hdr.DecodeBytes(data, name)
		if err != nil {
			t.Fatal(err)
		}
		cleared := false
		for _, chunks := range []int{6, 1} { // the table ends where its first entry says
			for at := 0; at+8*chunks < len(data) && !cleared; at++ {
				if binary.LittleEndian.Uint64(data[at:]) == uint64(at+8*chunks) {
					clear(data[at : at+8*chunks])
					cleared = true
				}
			}
		}
		if !cleared {
			t.Fatalf("%s: no table found", name)
		}
		im, err := hdr.DecodeBytes(data, name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		expectEqual(t, name, im, want)
		for n := len(data) - 1; n > len(data)-200; n-- {
			if _, err := hdr.DecodeBytes(data[:n], name); err == nil {
				t.Fatalf("%s without its table: %d of %d bytes are read without an error", name, n, len(data))
			}
		}
	}
}

func TestNewerCompressionsAreNamed(t *testing.T) {
	old := []byte("compression\x00compression\x00\x01\x00\x00\x00\x03")
	for number, want := range map[byte]string{
		10: "HTJ2K256, which OpenEXR 3.4 brought", 11: "HTJ2K32", 12: "LJ2K, which OpenEXR 3.5", 13: "ZSTD, which OpenEXR 3.5 brought",
		14: "number 14, which is unknown", 255: "number 255",
	} {
		data := bytes.Replace(testFile(t, "half_zip.exr"), old, append(bytes.Clone(old[:len(old)-1]), number), 1)
		_, err := hdr.DecodeBytes(data, "a")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "save it as zip or piz first") {
			t.Errorf("compression %d: got error %v, want %q", number, err, want)
		}
	}
}

func TestAPanoramaInsideOfALargerWindowIsNamed(t *testing.T) {
	data := patched(t, "half_zip.exr", "displayWindow", "box2i", 0, 0xfffffffe, 0xffffffff, 20, 10)
	im, err := hdr.DecodeBytes(data, "a")
	if err != nil {
		t.Fatal(err)
	}
	const want = "its data window, 12×6 at (2, 1), is twice as wide as high inside of a display window of 23×12"
	if got := strings.Join(im.Meta.Notes, ""); !strings.Contains(got, want) {
		t.Errorf("got note %q, want %q", got, want)
	}
}

func TestAHeaderOfGigabytesIsRefused(t *testing.T) {
	head := []byte("v/1\x01\x02\x00\x00\x00a\x00string\x00\xff\xff\xff\x7f")
	path := t.TempDir() + "/a.exr"
	writeBytes(t, path, head)
	extend(t, path, 20<<30)
	if _, err := hdr.Read(path); err == nil || !strings.Contains(err.Error(), "want at most 268435456") {
		t.Errorf("got error %v, want the size of the header", err)
	}
}
