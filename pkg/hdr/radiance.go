package hdr

import (
	"fmt"
	"math"
	"runtime"
	"sync"
)

// The Radiance picture format: Ward, "Real Pixels", Graphics Gems II (1991),
// and Radiance's file formats reference, "Picture File Format". A pixel is
// three 8-bit mantissas and a common exponent e: m·2^(e-136), black at e = 0.

func init() {
	Register(Format{
		Name:       "radiance",
		Magics:     []string{"#?"}, // the name of any program follows,
		Extensions: []string{".hdr", ".pic", ".rgbe"},
		Decode:     decodeRadiance,
		Holds:      func(WriteOptions) Range { return rangeRGBE },
		Encode:     encodeRadiance,
	})
}

// The widths between which scanlines may be run-length coded by channel.
const (
	minPacked = 8
	maxPacked = 32767
)

// stripPixels is about how many pixels one piece of work has.
const stripPixels = 1 << 18

// decodeRadiance reads the header, then unpacks the scanlines, one after the
// other since only unpacking tells where one ends, while other goroutines
// turn those unpacked into floats.
func decodeRadiance(src *Source) (*Image, error) {
	in := newWindow(src)
	head, err := readRadianceHeader(in)
	if err != nil {
		return nil, err
	}
	o := head.layout
	if err := src.CheckSize(int64(o.w), int64(o.h)); err != nil {
		return nil, err
	}
	// However well it is packed, a scanline has at least this many bytes.
	least := int64(8)
	switch {
	case o.pixels == 1:
		least = 4
	case o.pixels >= minPacked && o.pixels <= maxPacked:
		least = min(8, 4+8*int64((o.pixels+126)/127))
	}
	if left := src.Size - in.offset(); left < least*int64(o.scanlines) {
		return nil, fmt.Errorf("%d scanlines need at least %d bytes, the file has %d more: it is cut short or its header damaged",
			o.scanlines, least*int64(o.scanlines), left)
	}
	im := New(o.w, o.h)
	im.Meta = head.meta

	rows := max(1, stripPixels/o.pixels)
	tables := head.exponents()
	type strip struct {
		first int // scanline
		rgbe  []byte
	}
	workers := runtime.GOMAXPROCS(0)
	work := make(chan strip, workers)
	free := make(chan []byte, 2*workers+1)
	for range cap(free) {
		free <- nil
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for s := range work {
				o.store(im.Pix, s.rgbe, s.first, tables)
				free <- s.rgbe
			}
		})
	}
	for first := 0; first < o.scanlines && err == nil; first += rows {
		n := min(rows, o.scanlines-first)
		buf := <-free
		if buf == nil {
			buf = make([]byte, 4*o.pixels*rows)
		}
		buf = buf[:4*o.pixels*n]
		for i := range n {
			if err = in.scanline(buf[4*o.pixels*i:][:4*o.pixels], o.pixels); err != nil {
				err = fmt.Errorf("scanline %d: %w", first+i, err)
				break
			}
		}
		work <- strip{first, buf}
	}
	close(work)
	wg.Wait()
	if err != nil {
		return nil, err
	}
	if head.xyz {
		xyzToRec709(im.Pix)
	}
	return im, nil
}

// scanline unpacks the next scanline into dst: four planes, R G B E, of n
// bytes each.
func (in *window) scanline(dst []byte, n int) error {
	head := in.peek(4)
	if len(head) < 4 {
		return in.short("the file ends")
	}
	if n < minPacked || n > maxPacked || head[0] != 2 || head[1] != 2 || head[2] >= 128 {
		// A pixel here can be followed by four runs of no pixel at most.
		src := in.peek(20*n + 16)
		used, err := unpackPixels(dst, src, n)
		in.skip(used)
		if err == errShort {
			return in.short("the file ends")
		}
		return err
	}
	if width := int(head[2])<<8 | int(head[3]); width != n {
		return fmt.Errorf("packed for %d pixels, want %d", width, n)
	}
	in.skip(4)
	src := in.peek(8 * n) // a byte and its count for each value
	used := 0
	for c := range 4 {
		k, err := unpackRuns(dst[c*n:][:n], src[used:])
		used += k
		if err == errShort {
			return in.short("the file ends")
		}
		if err != nil {
			return err
		}
	}
	in.skip(used)
	return nil
}

var errShort = fmt.Errorf("short")

// unpackRuns fills dst from counts and bytes: a count above 128 repeats the
// byte that follows, one up to 128 copies so many. It returns the bytes used.
func unpackRuns(dst, src []byte) (used int, err error) {
	for x := 0; x < len(dst); {
		if used+2 > len(src) {
			return used, errShort
		}
		n := int(src[used])
		if n > 128 {
			n -= 128
			if n > len(dst)-x {
				return used, fmt.Errorf("run of %d at %d passes the row's end (%d)", n, x, len(dst))
			}
			v, run := src[used+1], dst[x:x+n]
			for i := range run {
				run[i] = v
			}
			used += 2
			x += n
			continue
		}
		switch {
		case n == 0:
			return used, fmt.Errorf("count of 0 at %d of %d", x, len(dst))
		case n > len(dst)-x:
			return used, fmt.Errorf("%d bytes at %d pass the row's end (%d)", n, x, len(dst))
		case used+1+n > len(src):
			return used, errShort
		}
		copy(dst[x:x+n], src[used+1:used+1+n])
		used += 1 + n
		x += n
	}
	return used, nil
}

// unpackPixels fills the four planes of dst from whole pixels, in which
// 1 1 1 n repeats the pixel before n times; counts that follow one another
// are digits to base 256, the lowest first.
func unpackPixels(dst, src []byte, n int) (used int, err error) {
	r, g, b, e := dst[:n], dst[n:2*n], dst[2*n:3*n], dst[3*n:4*n]
	shift := 0
	for x := 0; x < n; used += 4 {
		if used+4 > len(src) {
			return used, errShort
		}
		p := src[used : used+4 : used+4]
		if p[0] != 1 || p[1] != 1 || p[2] != 1 {
			r[x], g[x], b[x], e[x] = p[0], p[1], p[2], p[3]
			x++
			shift = 0
			continue
		}
		if x == 0 {
			return used, fmt.Errorf("begins with a repeated pixel")
		}
		if shift > 24 {
			return used, fmt.Errorf("run count at %d has more than four digits", x)
		}
		count := int(p[3]) << shift
		if count > n-x {
			return used, fmt.Errorf("run of %d at %d passes the row's end (%d)", count, x, n)
		}
		for end := x + count; x < end; x++ {
			r[x], g[x], b[x], e[x] = r[x-1], g[x-1], b[x-1], e[x-1]
		}
		shift += 8
	}
	return used, nil
}

// exponents returns for each channel the table from a pixel's exponent to the
// worth of one step of its mantissa: EXPOSURE and COLORCORR divided out.
func (h *radianceHeader) exponents() (tables [3][256]float32) {
	for c := range 3 {
		for e := 1; e < 256; e++ {
			tables[c][e] = float32(math.Ldexp(1, e-136) / h.scale[c])
		}
	}
	return tables
}

// store writes unpacked scanlines, first and those after it, to their places.
func (o layout) store(pix []float32, rgbe []byte, first int, tables [3][256]float32) {
	n := o.pixels
	for j := first; len(rgbe) > 0; j++ {
		r, g, b, e := rgbe[:n], rgbe[n:2*n], rgbe[2*n:3*n], rgbe[3*n:4*n]
		rgbe = rgbe[4*n:]
		at := o.start + j*o.scanlineStep
		if o.pixelStep != 1 {
			for x, i := range e {
				p := pix[3*at:][:3]
				p[0] = float32(r[x]) * tables[0][i]
				p[1] = float32(g[x]) * tables[1][i]
				p[2] = float32(b[x]) * tables[2][i]
				at += o.pixelStep
			}
			continue
		}
		row := pix[3*at:][:3*n]
		r, g, b = r[:len(e)], g[:len(e)], b[:len(e)]
		for x, i := range e {
			p := row[3*x : 3*x+3 : 3*x+3]
			p[0] = float32(r[x]) * tables[0][i]
			p[1] = float32(g[x]) * tables[1][i]
			p[2] = float32(b[x]) * tables[2][i]
		}
	}
}
