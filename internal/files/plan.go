package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
)

// Plan is what a command is about to read and to write. Check finds, before
// the work, where it would write over what it reads, or twice to one file.
type Plan struct {
	verb    string
	reads   []claim
	folders []folder
	writes  []claim
}

// claim is a file and what the command calls it: "the input", "--output".
type claim struct {
	what, path string
	again      bool // it is read more than once
	into       bool // its folder is the command's to make
}

// folder is read whole, but for the files that reads denies.
type folder struct {
	what, path string
	reads      func(name string) bool
}

// NewPlan begins the plan of a command, whose errors begin with verb.
func NewPlan(verb string) *Plan { return &Plan{verb: verb} }

// Reads claims files that are read. A path that is "" is none; one that does
// not exist is left for the reading to find.
func (p *Plan) Reads(what string, paths ...string) { p.read(what, false, paths) }

// ReadsAgain claims files that are read more than once, as to take their hash:
// a pipe, whose content is there once, is refused.
func (p *Plan) ReadsAgain(what string, paths ...string) { p.read(what, true, paths) }

func (p *Plan) read(what string, again bool, paths []string) {
	for _, path := range paths {
		if path != "" {
			p.reads = append(p.reads, claim{what: what, path: path, again: again})
		}
	}
}

// ReadsUnder claims the files in a folder, at any depth, whose names reads
// takes.
func (p *Plan) ReadsUnder(what, path string, reads func(name string) bool) {
	p.folders = append(p.folders, folder{what, path, reads})
}

// Writes claims a file that is written; "" is none.
func (p *Plan) Writes(what, path string) {
	if path != "" {
		p.writes = append(p.writes, claim{what: what, path: path})
	}
}

// WritesInto claims files in a folder that the command makes where it is not
// there.
func (p *Plan) WritesInto(what, folder string, names ...string) {
	for _, name := range names {
		p.writes = append(p.writes, claim{what: what, path: filepath.Join(folder, name), into: true})
	}
}

// Check returns the first fault: a file that cannot be written, one that is
// written and read or written twice, by whatever names, or a pipe that would
// have to be read twice.
func (p *Plan) Check() error {
	for _, r := range p.reads {
		if info, err := os.Stat(r.path); r.again && err == nil && !info.Mode().IsRegular() && !info.IsDir() {
			return fmt.Errorf("%s: %s %s is a pipe or a device, and is read more than once: save it to a file first", p.verb, r.what, quote.Text(r.path))
		}
	}
	for i, w := range p.writes {
		if !w.into {
			if err := CheckWritable(w.path); err != nil {
				return fmt.Errorf("%s: %w", p.verb, err)
			}
		}
		if err := p.checkRead(w); err != nil {
			return err
		}
		for _, other := range p.writes[:i] {
			if oneFile(w.path, other.path) {
				return fmt.Errorf("%s: %s %s is the file of %s %s: each needs one of its own", p.verb, w.what, quote.Text(w.path), other.what, quote.Text(other.path))
			}
		}
	}
	return nil
}

// checkRead refuses to write what is read.
func (p *Plan) checkRead(w claim) error {
	written, err := os.Stat(w.path)
	if err != nil {
		return nil // nothing is there that could be lost
	}
	fault := func(what, path string) error {
		if path != w.path {
			what += " " + quote.Text(path)
		}
		return fmt.Errorf("%s: %s %s is %s: name another file, so that it stays as it was", p.verb, w.what, quote.Text(w.path), what)
	}
	for _, r := range p.reads {
		if read, err := os.Stat(r.path); err == nil && os.SameFile(read, written) {
			return fault(r.what, r.path)
		}
	}
	for _, f := range p.folders {
		var found string
		// A folder that cannot be read is for the reading to report. One that
		// is a link itself is walked by its content.
		_ = filepath.WalkDir(f.path+string(filepath.Separator), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !f.reads(entry.Name()) {
				return nil
			}
			if read, err := os.Stat(path); err == nil && os.SameFile(read, written) {
				found = path
				return fs.SkipAll
			}
			return nil
		})
		if found != "" {
			return fault(f.what, filepath.Clean(found))
		}
	}
	return nil
}

// oneFile tells whether writing to a and to b would write one file. Names that
// differ in their case alone do on many disks, and are as hard to tell apart
// for people.
func oneFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX == nil && errY == nil {
		return os.SameFile(x, y)
	}
	if (errX == nil) != (errY == nil) {
		return false // one is there and the other is not
	}
	a, b = place(a), place(b)
	if !strings.EqualFold(filepath.Base(a), filepath.Base(b)) {
		return false
	}
	x, errX = os.Stat(filepath.Dir(a))
	y, errY = os.Stat(filepath.Dir(b))
	if err := errors.Join(errX, errY); err != nil {
		return strings.EqualFold(filepath.Clean(a), filepath.Clean(b))
	}
	return os.SameFile(x, y)
}

// place is where a file that is not there yet would come to be.
func place(path string) string {
	if target, err := Target(path); err == nil {
		return target
	}
	return path
}
