package hdr

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
)

// window shows a stream as a slice that slides over it, so that parsing needs
// no call for each byte and the file is never in memory as a whole.
type window struct {
	r    io.Reader
	buf  []byte // what was read and not yet skipped
	room []byte // what buf lies in
	at   int64  // offset of buf in the stream
	err  error  // why no more can be read, once it cannot
}

func newWindow(src *Source) *window {
	if src.File == nil {
		return &window{buf: src.Data, err: io.EOF}
	}
	return &window{r: src.Reader()}
}

// peek returns at least n bytes, or all that are left.
func (in *window) peek(n int) []byte {
	if len(in.buf) >= n || in.err != nil {
		return in.buf
	}
	if len(in.room) < n {
		in.room = make([]byte, max(2*n, 1<<20))
	}
	have := copy(in.room, in.buf)
	for have < n && in.err == nil {
		var k int
		k, in.err = in.r.Read(in.room[have:])
		have += k
	}
	in.buf = in.room[:have]
	return in.buf
}

func (in *window) skip(n int) {
	in.buf = in.buf[n:]
	in.at += int64(n)
}

func (in *window) offset() int64 { return in.at }

// short is the error for a stream that ends too early: the reason, unless
// reading itself went wrong.
func (in *window) short(reason string) error {
	if in.err != nil && in.err != io.EOF {
		return in.err
	}
	return fmt.Errorf("%s", reason)
}

// maxHeaderBytes bounds a header, which may carry a recipe.
const maxHeaderBytes = 4 << 20

// line returns the next line without its LF and any CR before that.
func (in *window) line() (string, error) {
	if in.at > maxHeaderBytes {
		return "", fmt.Errorf("header passes %d bytes", maxHeaderBytes)
	}
	for n := 256; ; n *= 4 {
		buf := in.peek(n)
		if i := bytes.IndexByte(buf[:min(len(buf), maxHeaderBytes)], '\n'); i >= 0 {
			line := strings.TrimRight(string(buf[:i]), "\r")
			in.skip(i + 1)
			return line, nil
		}
		if n > maxHeaderBytes {
			return "", fmt.Errorf("header has a line longer than %d bytes", maxHeaderBytes)
		}
		if len(buf) < n {
			return "", in.short("the file ends in its header")
		}
	}
}

// layout says where the pixels of a file go.
type layout struct {
	w, h              int // of the image
	scanlines, pixels int // of the file: h and w, or the other way about

	// in texels of the image, from row 0 on
	start, scanlineStep, pixelStep int
}

type radianceHeader struct {
	meta   Meta
	scale  [3]float64 // EXPOSURE times COLORCORR
	xyz    bool
	layout layout

	recipe   []string            // its lines
	lines    map[string][]string // the values of each name, in their order
	oddLines int
}

const recipePrefix = "recipe: "

func readRadianceHeader(in *window) (*radianceHeader, error) {
	if _, err := in.line(); err != nil { // the magic, known to be right
		return nil, err
	}
	h := &radianceHeader{scale: [3]float64{1, 1, 1}, meta: Meta{Encoding: "rgbe"}, lines: map[string][]string{}}
	for blank := false; ; {
		line, err := in.line()
		if err != nil {
			return nil, err
		}
		if !blank {
			if blank = line == ""; !blank {
				err = h.line(line)
			}
		} else if h.layout, err = parseResolution(line); err == nil {
			break
		} else if line == "" || strings.ContainsAny(line, "#=") {
			// Some program left a line empty in the header's midst.
			h.odd("", "an empty line in it")
			blank, err = line == "", nil
			if !blank {
				err = h.line(line)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	h.finish()
	return h, nil
}

// line takes in a line that is not empty.
func (h *radianceHeader) line(line string) error {
	comment, ok := strings.CutPrefix(line, "#")
	if !ok {
		return h.variable(line)
	}
	comment = strings.TrimPrefix(comment, " ")
	if text, ok := strings.CutPrefix(comment, recipePrefix); ok {
		h.recipe = append(h.recipe, text)
	} else {
		h.meta.Comments = append(h.meta.Comments, comment)
	}
	return nil
}

// finish puts together what stood in several lines.
func (h *radianceHeader) finish() {
	h.meta.Recipe = strings.Join(h.recipe, "\n")
	if h.xyz {
		h.meta.Primaries = nil // they are those of an RGB space
	}
	for name, values := range h.lines {
		if h.meta.Attributes == nil {
			h.meta.Attributes = map[string]string{}
		}
		h.meta.Attributes[name] = strings.Join(values, "\n")
	}
	if h.oddLines > mostOdd {
		h.meta.Notes = append(h.meta.Notes, fmt.Sprintf("its header has %d more such lines", h.oddLines-mostOdd))
	}
}

// mostOdd is how many lines are told of one by one.
const mostOdd = 5

// odd notes a line that is left out, and why; an empty line has no text.
func (h *radianceHeader) odd(line, why string) {
	if h.oddLines++; h.oddLines > mostOdd {
		return
	}
	note := "its header is read on past " + why
	if line != "" {
		note = fmt.Sprintf("its header's line \"%s\" is left out: %s", quote.Text(line), why)
	}
	h.meta.Notes = append(h.meta.Notes, note)
}

// variable takes in a line NAME=value. Any other is the command of a program
// that had the picture in hand, and an indented one speaks of a picture that
// went into this one: both are kept as comments. A line about the light that
// says nothing is left out, for the pixels are worth more than it.
func (h *radianceHeader) variable(line string) error {
	name, value, ok := strings.Cut(line, "=")
	if !ok || strings.ContainsAny(name, " \t") {
		h.meta.Comments = append(h.meta.Comments, line)
		return nil
	}
	value = strings.TrimSpace(value)
	want := map[string]int{"EXPOSURE": 1, "COLORCORR": 3, "PRIMARIES": 8}[name]
	if want > 0 {
		v := parseFloats(value)
		switch {
		case len(v) != want:
			h.odd(line, fmt.Sprintf("want %d numbers", want))
		case name == "PRIMARIES":
			p := Primaries{[2]float64(v[0:2]), [2]float64(v[2:4]), [2]float64(v[4:6]), [2]float64(v[6:8])}
			if p.Valid() {
				h.meta.Primaries = &p
			}
		case name == "EXPOSURE":
			h.divide(v[0], v[0], v[0])
		default:
			h.divide(v...)
		}
		return nil
	}
	switch {
	case name != "FORMAT":
		h.lines[name] = append(h.lines[name], strings.TrimPrefix(line, name+"="))
	case value == "32-bit_rle_xyze":
		h.xyz, h.meta.Encoding = true, "xyze"
	case value != "32-bit_rle_rgbe":
		return fmt.Errorf("FORMAT is \"%s\", want 32-bit_rle_rgbe or 32-bit_rle_xyze", quote.Text(value))
	}
	return nil
}

// divide takes in factors that the pixels were multiplied by. One that is not
// above zero cannot have been: some programs write EXPOSURE=0, in stops.
func (h *radianceHeader) divide(factors ...float64) {
	for c, f := range factors {
		if s := h.scale[c] * f; f > 0 && s > 1e-30 && s < 1e30 {
			h.scale[c] = s
		}
	}
}

// parseFloats returns the finite numbers of a line, or none if it has anything
// else.
func parseFloats(text string) (v []float64) {
	for _, f := range strings.Fields(text) {
		x, err := strconv.ParseFloat(f, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		v = append(v, x)
	}
	return v
}

// parseResolution reads the line that gives the order and number of pixels:
// "-Y 512 +X 1024" has rows from the top, from left to right. Radiance's Y
// points up and its X to the right; the axis named first is the slower one.
func parseResolution(line string) (o layout, err error) {
	bad := fmt.Errorf("resolution is %.80q, want one like \"-Y 512 +X 1024\"", line)
	f := strings.Fields(line)
	if len(f) != 4 || len(f[0]) != 2 || len(f[2]) != 2 {
		return o, bad
	}
	slow, fast := f[0], f[2]
	signs := slow[0] == '-' || slow[0] == '+'
	signs = signs && (fast[0] == '-' || fast[0] == '+')
	if !signs || slow[1:]+fast[1:] != "YX" && slow[1:]+fast[1:] != "XY" {
		return o, bad
	}
	counts := [2]int{}
	for i, s := range []string{f[1], f[3]} {
		n, err := strconv.ParseUint(s, 10, 31)
		if err != nil || n == 0 {
			return o, bad
		}
		counts[i] = int(n)
	}
	o.scanlines, o.pixels = counts[0], counts[1]
	o.h, o.w = o.scanlines, o.pixels
	if slow[1] == 'X' {
		o.w, o.h = o.scanlines, o.pixels
	}
	// step returns how far apart neighbours along an axis lie, and moves the
	// start to the axis's far end where it runs backward.
	step := func(axis string) int {
		by, n, forward := 1, o.w, byte('+')
		if axis[1] == 'Y' {
			by, n, forward = o.w, o.h, '-'
		}
		if axis[0] == forward {
			return by
		}
		o.start += by * (n - 1)
		return -by
	}
	o.scanlineStep, o.pixelStep = step(slow), step(fast)
	return o, nil
}
