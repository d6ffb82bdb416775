// Package files is what the program knows of names on the disk: which file a
// name stands for, whether two names stand for one, and how a file appears
// whole or not at all.
//
//	plan := files.NewPlan("edit")   // before the work
//	plan.Reads("the input", in)
//	plan.Writes("--output", out)
//	if err := plan.Check(); err != nil { … }
//	…
//	files.Write(out, write)         // after it
//
// One rule holds for links, whoever writes: a symbolic link is followed, as cp
// and a shell's > follow it, also one that points to nothing yet; the file it
// stands for is replaced, the link stays.
package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/clipenv/toolkit/internal/quote"
)

// maxLinks is how many links in a row Linux follows.
const maxLinks = 40

// Target returns the file that path stands for once every symbolic link is
// followed. It need not exist; its folder must. A folder, a device and a pipe
// cannot be replaced and are refused. Errors do not name the path.
func Target(path string) (string, error) {
	if info, err := os.Stat(path); err == nil {
		switch {
		case info.IsDir():
			return "", errors.New("it is a folder, want a file's name")
		case !info.Mode().IsRegular():
			return "", errors.New("it is a device or a pipe, want a file that can be replaced")
		}
	}
	for range maxLinks {
		folder, name := filepath.Split(path)
		switch {
		case name == "" || name == "." || name == "..":
			return "", errors.New("it names no file")
		case folder == "":
			folder = "."
		}
		// Of "a/link/../b" the "..", too, is of where the link points: nothing
		// is cleaned before it is resolved.
		resolved, err := filepath.EvalSymlinks(folder)
		if err != nil {
			return "", Cause(err)
		}
		path = filepath.Join(resolved, name)
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return path, nil
		case err != nil:
			return "", Cause(err)
		case info.Mode()&fs.ModeSymlink == 0:
			return path, nil
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", Cause(err)
		}
		if !filepath.IsAbs(to) {
			to = resolved + string(filepath.Separator) + to
		}
		path = to
	}
	return "", syscall.ELOOP
}

// CheckWritable refuses before the work what Write could not write after it.
// Errors name the path.
func CheckWritable(path string) error {
	folder := filepath.Dir(path)
	if _, err := os.Stat(folder); err != nil {
		return fmt.Errorf("cannot write to %s: %w", quote.Text(folder), Cause(err))
	}
	target, err := Target(path)
	if err != nil {
		return fmt.Errorf("cannot write to %s: %w", quote.Text(path), err)
	}
	f, err := beside(target)
	if err != nil {
		return fmt.Errorf("cannot write to %s: %w", quote.Text(folder), Cause(err))
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// Cause strips the operation and the path that the os package puts before the
// reason.
func Cause(err error) error {
	switch e := err.(type) {
	case *fs.PathError:
		return e.Err
	case *os.LinkError:
		return e.Err
	}
	return err
}
