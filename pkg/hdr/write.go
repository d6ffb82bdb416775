package hdr

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// Compression is a method by which OpenEXR compresses pixels.
type Compression string

// The compressions that are written; every one that OpenEXR knows is read.
// DWAA and DWAB lose a little, the others nothing.
const (
	ZIP          Compression = "zip" // the default
	PIZ          Compression = "piz"
	DWAA         Compression = "dwaa"
	DWAB         Compression = "dwab"
	Uncompressed Compression = "none"
)

// Precision is the type of the values in an OpenEXR file.
type Precision string

// Half floats end at 65504, which a sun can pass: Auto takes Half where the
// peak fits, else Float. Half cuts off what is above.
const (
	Auto  Precision = "auto" // the default
	Half  Precision = "half"
	Float Precision = "float"
)

// MaxHalf is the largest finite half float.
const MaxHalf = 65504

// WriteOptions set how an image is stored. The zero value is a good default.
type WriteOptions struct {
	Compression Compression // OpenEXR: "" is ZIP
	Precision   Precision   // OpenEXR: "" is Auto
	Quality     int         // JPEG: 1 to 100, 0 is 92

	// Recipe is kept inside the file and comes back as Meta.Recipe; where it
	// is empty, the image's own is kept.
	Recipe string
}

// Check returns an error for every value that is not one of those above.
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

// Write writes the image to path in the format of its extension. The file
// appears whole or not at all; see WriteFile.
//
// PNG and JPEG take linear values in [0,1], as a tone map makes them, and
// store them with the sRGB curve.
func Write(path string, im *Image, o WriteOptions) error {
	f, err := formatFor(path)
	if err == nil {
		err = errors.Join(im.check(), o.Check())
	}
	if err != nil {
		return fmt.Errorf("hdr: %s: %w", path, err)
	}
	if o.Recipe == "" {
		o.Recipe = im.Meta.Recipe
	}
	return WriteFile(path, func(file *os.File) error { return f.Encode(file, im, o) })
}

// WriteFile writes the file at path through a temporary file beside it. The
// function write fills the temporary file, which is renamed over the target
// once it is on the disk. If anything fails, the target stays as it was. A
// symbolic link is followed; directories, devices and pipes are refused.
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
		return fmt.Errorf("hdr: %s: %w", path, cause(err))
	}
	defer f.Cleanup()
	if err := write(f.File); err != nil {
		return fmt.Errorf("hdr: %s: %w", path, cause(err))
	}
	if err := f.CloseAtomicallyReplace(); err != nil {
		return fmt.Errorf("hdr: %s: %w", path, cause(err))
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
		return "", fmt.Errorf("hdr: %s: is a directory, want a file name", path)
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("hdr: %s: is a device or a pipe, want a file that can be replaced", path)
	}
	return target, nil
}
