package hdr

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/clipenv/toolkit/internal/quote"
)

// Format is one kind of file.
type Format struct {
	Name       string
	Magics     []string // what a file of this format begins with; '*' stands for any byte
	Extensions []string // with the dot, lower case; the first is the usual one

	Layers bool // whether a file may hold several pictures

	// Decode returns the image with the values and the primaries that the
	// file has. Its errors do not name the file.
	Decode func(src *Source) (*Image, error)

	// Holds tells how much of radiance a way of writing holds.
	Holds func(o WriteOptions) Range

	// Encode writes im to f, which is empty and may be sought. Both
	// are nil for a format that is only read.
	Encode func(f *os.File, im *Image, o WriteOptions) error
}

// Source is the input of a decoder: a file, or bytes in memory.
type Source struct {
	File *os.File // where it is nil, Data is read
	Data []byte

	Size      int64 // length of the file or of Data, in bytes
	MaxPixels int   // the largest W*H to allocate

	Layer string // the picture wanted of a file that holds several; "" is the usual one
}

// Reader reads the source from its beginning.
func (s *Source) Reader() *io.SectionReader {
	var r io.ReaderAt = s.File
	if s.File == nil {
		r = bytes.NewReader(s.Data)
	}
	return io.NewSectionReader(r, 0, s.Size)
}

// CheckSize returns an error if an image of w by h texels, the size that a
// header declares, is too large to allocate.
func (s *Source) CheckSize(w, h int64) error {
	if w < 1 || h < 1 {
		return fmt.Errorf("size is %d×%d, want at least 1×1", w, h)
	}
	if w > int64(s.MaxPixels) || h > int64(s.MaxPixels) || w*h > int64(s.MaxPixels) {
		return fmt.Errorf("size is %d×%d, want at most %d texels: a damaged header, or scale the map down first", w, h, s.MaxPixels)
	}
	return nil
}

var registry struct {
	sync.RWMutex
	formats []Format
}

// Register makes a format known to Read, Decode and Write. A package that
// holds a format calls it in its init function.
func Register(f Format) {
	registry.Lock()
	defer registry.Unlock()
	registry.formats = append(registry.formats, f)
}

// formatOf returns the format whose magic the head begins with.
func formatOf(head []byte) (Format, error) {
	registry.RLock()
	defer registry.RUnlock()
	for _, f := range registry.formats {
		for _, magic := range f.Magics {
			if matches(head, magic) {
				return f, nil
			}
		}
	}
	switch {
	case len(head) == 0:
		return Format{}, fmt.Errorf("the file is empty")
	case matches(head, exrMagic):
		return Format{}, fmt.Errorf("this program was built without OpenEXR (import pkg/hdr/exr)")
	}
	return Format{}, fmt.Errorf("unknown format: begins with %q, want Radiance, OpenEXR, PNG, JPEG or WebP", head)
}

const exrMagic = "v/1\x01"

func matches(head []byte, magic string) bool {
	if len(head) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '*' && magic[i] != head[i] {
			return false
		}
	}
	return true
}

// formatFor returns the format that writes files with path's extension.
func formatFor(path string) (Format, error) {
	registry.RLock()
	defer registry.RUnlock()
	ext := strings.ToLower(filepath.Ext(path))
	var known []string
	for _, f := range registry.formats {
		if f.Encode == nil {
			continue
		}
		if slices.Contains(f.Extensions, ext) {
			return f, nil
		}
		known = append(known, f.Extensions...)
	}
	slices.Sort(known)
	if ext == ".exr" {
		return Format{}, fmt.Errorf("this program was built without OpenEXR (import pkg/hdr/exr)")
	}
	return Format{}, fmt.Errorf("cannot write %q files, want one of %s", ext, strings.Join(known, " "))
}

// LayerError is a file whose pictures are not told apart by their names, or
// that has none of the name wanted.
type LayerError struct {
	Wanted string // "" where none was named
	Layers []string
}

func (e *LayerError) Error() string {
	var names strings.Builder
	for i, name := range e.Layers {
		if i > 0 {
			names.WriteString(", ")
		}
		names.WriteString(name)
	}
	if e.Wanted == "" {
		return fmt.Sprintf("it has several layers and none is the plain one, want one named: %s", quote.Text(names.String()))
	}
	return fmt.Sprintf("it has no layer \"%s\", want one of %s", quote.Text(e.Wanted), quote.Text(names.String()))
}

// Read reads the image in the file at path, whatever its name ends in.
// Meta says what the file was and what was repaired; see Repair.
func Read(path string) (*Image, error) { return ReadLayer(path, "") }

// ReadLayer reads the layer of a name from a file that holds several, as
// Meta.Layers lists them.
func ReadLayer(path, layer string) (*Image, error) {
	info, err := os.Stat(path) // before it is opened: a pipe waits there for its writer
	switch {
	case err != nil:
		return nil, opening(err)
	case info.IsDir():
		return nil, fmt.Errorf("hdr: %s: is a directory, want an image file", quote.Text(path))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("hdr: %s: is a device or a pipe, want an image file: save it as one first", quote.Text(path))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, opening(err)
	}
	defer f.Close()
	im, err := (&Source{File: f, Size: info.Size(), MaxPixels: MaxPixels, Layer: layer}).decode()
	if err != nil {
		return nil, fmt.Errorf("hdr: %s: %w", quote.Text(path), err)
	}
	return im, nil
}

// opening says which file cannot be opened, and why, on one line.
func opening(err error) error {
	if cause := (*fs.PathError)(nil); errors.As(err, &cause) {
		return fmt.Errorf("open %s: %w", quote.Text(cause.Path), cause.Err)
	}
	return err
}

// DecodeBytes reads an image from memory. The name appears in error messages.
func DecodeBytes(data []byte, name string) (*Image, error) {
	im, err := (&Source{Data: data, Size: int64(len(data)), MaxPixels: MaxPixels}).decode()
	if err != nil {
		return nil, fmt.Errorf("hdr: %s: %w", quote.Text(name), err)
	}
	return im, nil
}

// decode finds the format, reads the pixels, and brings them to usable
// Rec. 709 radiance.
func (s *Source) decode() (*Image, error) {
	head := make([]byte, 16)
	n, err := io.ReadFull(s.Reader(), head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	f, err := formatOf(head[:n])
	if err != nil {
		return nil, err
	}
	if s.Layer != "" && !f.Layers {
		return nil, fmt.Errorf("%s: it has one picture and no layers, want no layer named", f.Name)
	}
	im, err := f.Decode(s)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	im.Meta.Format = f.Name
	im.Meta.toUTF8()
	if err := im.check(); err != nil {
		return nil, err
	}
	im.Meta.Repairs = Repair(im)
	if p := im.Meta.Primaries; p != nil && !p.near(Rec709) {
		p.toRec709(im.Pix)
		im.Meta.Repairs.add(Repair(im))
	}
	return im, nil
}
