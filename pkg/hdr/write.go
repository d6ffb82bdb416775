package hdr

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"github.com/clipenv/toolkit/internal/quote"
)

// Compression is a way in which OpenEXR packs pixels.
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

// Check returns every value that is none of those above.
func (o WriteOptions) Check() error {
	var errs []error
	switch o.Compression {
	case "", ZIP, PIZ, DWAA, DWAB, Uncompressed:
	default:
		errs = append(errs, fmt.Errorf("compression is %q, want zip, piz, dwaa, dwab or none", o.Compression))
	}
	switch o.Precision {
	case "", Auto, Half, Float:
	default:
		errs = append(errs, fmt.Errorf("precision is %q, want auto, half or float", o.Precision))
	}
	if o.Quality < 0 || o.Quality > 100 {
		errs = append(errs, fmt.Errorf("quality is %d, want 1 to 100, or 0 for the default", o.Quality))
	}
	return errors.Join(errs...)
}

// Write writes the image to path in the format that its extension names. The
// file appears whole or not at all; see WriteFile.
//
// PNG and JPEG take linear values in [0,1] that a tone map has made, and
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
	err = WriteFile(path, func(file *os.File) error { return f.Encode(file, im, o) })
	if err == nil && loss.Any() && o.Tell != nil {
		o.Tell(loss)
	}
	return err
}

// WriteFile makes the file at path with what write leaves in the file it is
// given, which lies beside the target and is renamed over it once it is on
// the disk. Where anything goes wrong the target stays as it was. A symbolic
// link is followed; directories, devices and pipes are refused.
func WriteFile(path string, write func(*os.File) error) (err error) {
	target, err := writable(path)
	if err != nil {
		return err
	}
	f, err := renameio.NewPendingFile(target,
		renameio.WithTempDir(filepath.Dir(target)),
		renameio.WithPermissions(0o644),
		renameio.WithExistingPermissions())
	if err != nil {
		return fmt.Errorf("hdr: %s: %w", quote.Text(path), cause(err))
	}
	defer f.Cleanup()
	if err := write(f.File); err != nil {
		return fmt.Errorf("hdr: %s: %w", quote.Text(path), cause(err))
	}
	if err := f.CloseAtomicallyReplace(); err != nil {
		return fmt.Errorf("hdr: %s: %w", quote.Text(path), cause(err))
	}
	return nil
}

// cause strips the name of the temporary file, which tells a user nothing.
func cause(err error) error {
	var ofPath *fs.PathError
	var ofLink *os.LinkError
	switch {
	case errors.As(err, &ofPath):
		return ofPath.Err
	case errors.As(err, &ofLink):
		return ofLink.Err
	}
	return err
}

// writable returns the file that path stands for, if a rename may replace it.
func writable(path string) (string, error) {
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	if err != nil {
		return "", err
	}
	info, err := os.Stat(target)
	switch {
	case err != nil:
		return "", err
	case info.IsDir():
		return "", fmt.Errorf("hdr: %s: is a directory, want a file name", quote.Text(path))
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("hdr: %s: is a device or a pipe, want a file that can be replaced", quote.Text(path))
	}
	return target, nil
}
