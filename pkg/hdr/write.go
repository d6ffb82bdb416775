package hdr

import (
	"errors"
	"fmt"
	"os"

	"github.com/clipenv/toolkit/internal/faults"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"slices"
)

// Compression is a method by which OpenEXR compresses pixels.
type Compression string

// The compressions that are written; more are read. DWAA and DWAB lose a
// little and hold half floats, whatever the type of the values; the others
// lose nothing.
const (
	ZIP          Compression = "zip" // the default
	PIZ          Compression = "piz"
	DWAA         Compression = "dwaa"
	DWAB         Compression = "dwab"
	Uncompressed Compression = "none"
)

// Precision is the type of the values in an OpenEXR file.
type Precision string

// Half floats end at 65504, which a sun can pass, and are coarse in the dark:
// Auto takes Half where it holds the image, else Float; see HalfRange.
const (
	Auto  Precision = "auto" // the default
	Half  Precision = "half"
	Float Precision = "float"
)

// MaxHalf is the largest finite half float.
const MaxHalf = 65504

// DefaultQuality is that of a JPEG for which none is given.
const DefaultQuality = 92

// WriteOptions say how to store an image. The zero value is good.
type WriteOptions struct {
	Compression Compression // OpenEXR: "" is ZIP
	Precision   Precision   // OpenEXR: "" is Auto
	Quality     int         // JPEG: 1 to 100, 0 is DefaultQuality

	// Force writes an image that this way of writing cannot hold, cut off at
	// the largest value; without it that is a LossError. Tell, if it is not
	// nil, is told what was cut.
	Force bool
	Tell  func(Loss)

	// Recipe is kept inside the file and comes back as Meta.Recipe; where it
	// is empty, the image's own is kept.
	Recipe string
}

// Check returns an error for every value that is not one of those above.
func (o WriteOptions) Check() error {
	var found faults.List
	found.Check(slices.Contains([]Compression{"", ZIP, PIZ, DWAA, DWAB, Uncompressed}, o.Compression), "compression is %q, want zip, piz, dwaa, dwab or none", o.Compression)
	found.Check(slices.Contains([]Precision{"", Auto, Half, Float}, o.Precision), "precision is %q, want auto, half or float", o.Precision)
	found.Check(o.Quality >= 0 && o.Quality <= 100, "quality is %d, want 1 to 100, or 0 for the default", o.Quality)
	return found.Err()
}

// Write writes the image to path in the format that its extension names. The
// file appears whole or not at all; see package files.
//
// PNG and JPEG take linear values in [0,1], as a tone map makes them, and
// store them with the sRGB curve.
func Write(path string, im *Image, o WriteOptions) error {
	f, err := formatFor(path)
	if err == nil {
		err = errors.Join(im.check(), o.Check())
	}
	if err != nil {
		return fmt.Errorf("hdr: %s: %w", quote.Text(path), err)
	}
	loss := f.Holds(o).LossIn(im)
	if loss.Any() && !o.Force {
		return fmt.Errorf("hdr: %s: %w", quote.Text(path), &LossError{loss})
	}
	if o.Recipe == "" {
		o.Recipe = im.Meta.Recipe
	}
	if err := files.Write(path, func(file *os.File) error { return f.Encode(file, im, o) }); err != nil {
		return fmt.Errorf("hdr: %s: %w", quote.Text(path), err)
	}
	if loss.Any() && o.Tell != nil {
		o.Tell(loss)
	}
	return nil
}
