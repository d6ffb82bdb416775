package hdr

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/rgb"
)

// grey levels that JPEG and PNG tell apart, one a letter.
func lettered(rows string) image.Image {
	lines := strings.Split(rows, "/")
	const cell = 16 // whole blocks of a JPEG
	pic := image.NewGray(image.Rect(0, 0, cell*len(lines[0]), cell*len(lines)))
	for y := range pic.Rect.Dy() {
		for x := range pic.Rect.Dx() {
			pic.SetGray(x, y, color.Gray{Y: 30 * (lines[y/cell][x/cell] - 'a' + 1)})
		}
	}
	return pic
}

// letters reads back what lettered drew.
func letters(im *Image) string {
	var rows []string
	for y := 8; y < im.H; y += 16 {
		var row strings.Builder
		for x := 8; x < im.W; x += 16 {
			v := SRGBEncode(float64(im.Row(y)[3*x]))
			row.WriteByte(byte(math.Round(v*255/30)) + 'a' - 1)
		}
		rows = append(rows, row.String())
	}
	return strings.Join(rows, "/")
}

func pngChunk(kind string, body []byte) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	chunk = append(append(chunk, kind...), body...)
	return binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
}

// pngWith is a picture as a PNG with chunks in front of its pixels.
func pngWith(t *testing.T, pic image.Image, chunks ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&insertion{w: &b, at: 8 + 25, extra: bytes.Join(chunks, nil)}, pic); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegSegment(marker byte, body string) []byte {
	segment := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(2+len(body)))
	return append(segment, body...)
}

func jpegWith(t *testing.T, pic image.Image, segments ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	err := jpeg.Encode(&insertion{w: &b, at: 2, extra: bytes.Join(segments, nil)}, pic, &jpeg.Options{Quality: 95})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webpWith is the lossless picture of testdata in an extended WebP.
func webpWith(t *testing.T, kind string, body []byte) (data []byte, w, h int) {
	t.Helper()
	plain, err := os.ReadFile("testdata/lossless.webp")
	if err != nil {
		t.Fatal(err)
	}
	im := mustDecode(t, plain)
	chunk := func(kind string, body []byte) []byte {
		c := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body)))
		return append(append(c, body...), make([]byte, len(body)%2)...)
	}
	flags := map[string]byte{"EXIF": 8, "XMP ": 4, "ICCP": 32}[kind]
	extended := []byte{flags, 0, 0, 0, byte(im.W - 1), 0, 0, byte(im.H - 1), 0, 0}
	body = bytes.Join([][]byte{[]byte("WEBP"), chunk("VP8X", extended), plain[12:], chunk(kind, body)}, nil)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...), im.W, im.H
}

// exifOf is a TIFF file that says an orientation.
func exifOf(order binary.AppendByteOrder, as uint16) []byte {
	mark := "II"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		mark = "MM"
	}
	b := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	b = order.AppendUint16(b, 2) // entries
	for _, tag := range []uint16{0x0112, 0x0128} {
		b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, tag), 3), 1)
		b = order.AppendUint16(order.AppendUint16(b, as), 0)
	}
	return order.AppendUint32(b, 0)
}

func TestOrientationIsAppliedAsViewersDo(t *testing.T) {
	const upright = "ab/cd/ef"
	for as, stored := range []string{
		0: upright, 1: upright, 2: "ba/dc/fe", 3: "fe/dc/ba", 4: "ef/cd/ab",
		5: "ace/bdf", 6: "bdf/ace", 7: "fdb/eca", 8: "eca/fdb", 9: upright,
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			exif := exifOf(order, uint16(as))
			for name, data := range map[string][]byte{
				"jpeg": jpegWith(t, lettered(stored), jpegSegment(0xe1, "Exif\x00\x00"+string(exif))),
				"png":  pngWith(t, lettered(stored), pngChunk("eXIf", exif)),
			} {
				im := mustDecode(t, data)
				if got := letters(im); got != upright {
					t.Errorf("%s, orientation %d: got %s, want %s", name, as, got, upright)
				}
				if said := len(im.Meta.Notes) == 1; said != (as > 1 && as < 9) {
					t.Errorf("%s, orientation %d: got notes %q", name, as, im.Meta.Notes)
				}
			}
			data, w, h := webpWith(t, "EXIF", exif)
			im := mustDecode(t, data)
			if as >= 5 && as <= 8 {
				w, h = h, w
			}
			if im.W != w || im.H != h {
				t.Errorf("webp, orientation %d: got %d×%d, want %d×%d", as, im.W, im.H, w, h)
			}
		}
	}
}

// iccOf is a profile of version 2 of three primaries, adapted to D50, and a
// gamma of 1 or 2.
func iccOf(p Primaries, gamma byte) []byte {
	d50 := [3]float64{.9642, 1, .8249}
	from, to := bradford.Apply(xyz(p.White)), bradford.Apply(d50)
	m := bradford.Inverse().Times(rgb.Diagonal([3]float64{to[0] / from[0], to[1] / from[1], to[2] / from[2]})).Times(bradford).Times(p.toXYZ())
	fixed := func(b []byte, v ...float64) []byte {
		for _, x := range v {
			b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(x*65536))))
		}
		return b
	}
	type tag struct {
		name string
		body []byte
	}
	tags := []tag{{"desc", append([]byte("desc\x00\x00\x00\x00\x00\x00\x00\x0aWide\x1b[2JX\x00"), make([]byte, 78)...)}}
	for i, c := range "rgb" {
		tags = append(tags, tag{string(c) + "XYZ", fixed([]byte("XYZ \x00\x00\x00\x00"), m[0][i], m[1][i], m[2][i])})
		tags = append(tags, tag{string(c) + "TRC", []byte{'c', 'u', 'r', 'v', 0, 0, 0, 0, 0, 0, 0, 1, gamma, 0}})
	}
	head := make([]byte, 128)
	copy(head[8:], []byte{2, 0x40, 0, 0})
	copy(head[12:], "mntrRGB XYZ ")
	copy(head[36:], "acsp")
	copy(head[68:], fixed(nil, d50[0], d50[1], d50[2]))
	table, bodies := binary.BigEndian.AppendUint32(nil, uint32(len(tags))), []byte(nil)
	for _, g := range tags {
		table = append(table, g.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(128+4+12*len(tags)+len(bodies)))
		table = binary.BigEndian.AppendUint32(table, uint32(len(g.body)))
		bodies = append(bodies, g.body...)
		bodies = append(bodies, make([]byte, (4-len(bodies)%4)%4)...)
	}
	out := bytes.Join([][]byte{head, table, bodies}, nil)
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out
}

// displayP3 has D65, as Rec. 709 has.
var displayP3 = Primaries{[2]float64{.68, .32}, [2]float64{.265, .69}, [2]float64{.15, .06}, Rec709.White}

func packed(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(data) // a buffer takes all
	_ = z.Close()
	return b.Bytes()
}

func uniform(c color.NRGBA) *image.NRGBA {
	pic := image.NewNRGBA(image.Rect(0, 0, 16, 8))
	for i := range 16 * 8 {
		pic.SetNRGBA(i%16, i/16, c)
	}
	return pic
}

func TestProfilesAreConverted(t *testing.T) {
	pic := uniform(color.NRGBA{R: 204, G: 102, B: 51, A: 255})
	stored := [3]float64{.8, .4, .2}
	for _, gamma := range []byte{1, 2} {
		for name, p := range map[string]Primaries{"P3": displayP3, "Rec. 709": Rec709} {
			profile := iccOf(p, gamma)
			var linear [3]float64
			for i, v := range stored {
				linear[i] = math.Pow(v, float64(gamma))
			}
			m := p.toRec709Matrix()
			want := m.Apply(linear)
			for format, data := range map[string][]byte{
				"png":  pngWith(t, pic, pngChunk("iCCP", append([]byte("a name\x00\x00"), packed(profile)...))),
				"jpeg": jpegWith(t, pic, jpegSegment(0xe2, "ICC_PROFILE\x00\x02\x02"+string(profile[200:])), jpegSegment(0xe2, "ICC_PROFILE\x00\x01\x02"+string(profile[:200]))),
			} {
				im := mustDecode(t, data)
				for i := range 3 {
					if got := float64(im.Pix[i]); math.Abs(got-max(0, want[i])) > .01 {
						t.Errorf("%s, %s, gamma %d: got %v, want %v", format, name, gamma, im.Pix[:3], want)
						break
					}
				}
				if got := strings.Join(im.Meta.Notes, ""); got != `its ICC profile "Wide\x1b[2JX" is applied` {
					t.Errorf("%s, %s: got note %q, want the profile's name", format, name, got)
				}
			}
		}
	}
}

func TestAProfileThatIsNoneIsSaid(t *testing.T) {
	pic := uniform(color.NRGBA{R: 188, G: 188, B: 188, A: 255})
	whole := iccOf(displayP3, 2)
	tags := bytes.Clone(whole)
	binary.BigEndian.PutUint32(tags[128:], 1<<31)
	far := bytes.Clone(whole)
	binary.BigEndian.PutUint32(far[132+8:], 0xfffffff0)
	for name, profile := range map[string][]byte{"short": whole[:100], "cut": whole[:300], "tags": tags, "far": far, "no tags": append(bytes.Clone(whole[:128]), 0, 0, 0, 0)} {
		im := mustDecode(t, pngWith(t, pic, pngChunk("iCCP", append([]byte("a\x00\x00"), packed(profile)...))))
		if got := strings.Join(im.Meta.Notes, ""); !strings.Contains(got, "read as sRGB") || im.Pix[0] != linear8[188] {
			t.Errorf("%s: got %v and note %q, want it read as sRGB and said", name, im.Pix[0], got)
		}
	}
}

func TestGammaAndPrimariesOfPNG(t *testing.T) {
	pic := uniform(color.NRGBA{R: 204, G: 204, B: 204, A: 255})
	number := func(v ...uint32) (b []byte) {
		for _, n := range v {
			b = binary.BigEndian.AppendUint32(b, n)
		}
		return b
	}
	p3 := pngChunk("cHRM", number(31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))
	srgb := pngChunk("sRGB", []byte{0})
	for _, c := range []struct {
		name   string
		chunks [][]byte
		want   float64
		notes  string
	}{
		{"nothing", nil, srgbDecode(.8), ""},
		{"linear", [][]byte{pngChunk("gAMA", number(100000))}, .8, "its gAMA of 1 is applied"},
		{"of a Macintosh", [][]byte{pngChunk("gAMA", number(55556))}, math.Pow(.8, 1.8), "its gAMA of 0.55556 is applied"},
		{"of sRGB", [][]byte{pngChunk("gAMA", number(45455))}, srgbDecode(.8), ""},
		{"sRGB comes before it", [][]byte{pngChunk("gAMA", number(100000)), srgb}, srgbDecode(.8), ""},
		{"nonsense", [][]byte{pngChunk("gAMA", number(0))}, srgbDecode(.8), "makes no sense: read as sRGB"},
		{"wide", [][]byte{p3}, srgbDecode(.8), ""},
		{"PQ", [][]byte{pngChunk("cICP", []byte{9, 16, 0, 1})}, srgbDecode(.8), "primaries 9 and transfer 16 (cICP), which are not known here: read as sRGB"},
		{"sRGB by numbers", [][]byte{pngChunk("cICP", []byte{1, 13, 0, 1})}, srgbDecode(.8), ""},
	} {
		im := mustDecode(t, pngWith(t, pic, c.chunks...))
		if got := float64(im.Pix[0]); math.Abs(got-c.want) > 1e-5 {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
		if got := strings.Join(im.Meta.Notes, ""); !strings.Contains(got, c.notes) || (got == "") != (c.notes == "") {
			t.Errorf("%s: got note %q, want %q", c.name, got, c.notes)
		}
	}
	red := mustDecode(t, pngWith(t, uniform(color.NRGBA{R: 255, A: 255}), p3))
	if got := red.Pix[0]; math.Abs(float64(got)-1.2249) > 1e-3 || red.Meta.Primaries == nil {
		t.Errorf("red of P3: got %v, want 1.2249 in Rec. 709", got)
	}
}

const xmpHead = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">`

func TestAPartOfTheSphereIsSaid(t *testing.T) {
	attributes := xmpHead + `<rdf:Description xmlns:G="http://ns.google.com/photos/1.0/panorama/" G:CroppedAreaImageWidthPixels="400" G:CroppedAreaImageHeightPixels="100" G:FullPanoWidthPixels="400" G:FullPanoHeightPixels="200" G:CroppedAreaTopPixels="50"/></rdf:RDF></x:xmpmeta>`
	elements := xmpHead + `<rdf:Description xmlns:GPano="http://ns.google.com/photos/1.0/panorama/"><GPano:CroppedAreaImageWidthPixels>400</GPano:CroppedAreaImageWidthPixels><GPano:CroppedAreaImageHeightPixels>100</GPano:CroppedAreaImageHeightPixels><GPano:FullPanoWidthPixels> 400</GPano:FullPanoWidthPixels><GPano:FullPanoHeightPixels>200</GPano:FullPanoHeightPixels><GPano:CroppedAreaTopPixels>50</GPano:CroppedAreaTopPixels></rdf:Description></rdf:RDF></x:xmpmeta>`
	cylinder := strings.Replace(attributes, "G:CroppedAreaTopPixels", `G:ProjectionType="cylindrical" G:CroppedAreaTopPixels`, 1)
	whole := strings.NewReplacer(`HeightPixels="100"`, `HeightPixels="200"`, `="50"`, `="0"`).Replace(attributes)
	const part = "is a part of the sphere, 400×100 of 400×200 from (0, 50) on"
	for xmp, want := range map[string]string{attributes: part, elements: part, cylinder: `projection is "cylindrical"`, whole: "", "<x>&": ""} {
		webp, _, _ := webpWith(t, "XMP ", []byte(xmp))
		for name, data := range map[string][]byte{
			"jpeg":       jpegWith(t, lettered("ab"), jpegSegment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+xmp)),
			"png":        pngWith(t, lettered("ab"), pngChunk("iTXt", []byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"+xmp))),
			"packed png": pngWith(t, lettered("ab"), pngChunk("iTXt", append([]byte("XML:com.adobe.xmp\x00\x01\x00\x00\x00"), packed([]byte(xmp))...))),
			"webp":       webp,
		} {
			got := strings.Join(mustDecode(t, data).Meta.Notes, "")
			if !strings.Contains(got, want) || (got == "") != (want == "") {
				t.Errorf("%s with %.300s: got note %q, want %q", name, xmp, got, want)
			}
		}
	}
}
