// Package libtorch finds the libtorch that the program runs on.
//
// The system's loader binds a program to its libraries before a line of it
// runs, and what it says of one that is missing is the system's and not ours.
// So the program that users start is a small one without libraries,
// cmd/launcher: it asks this package where libtorch is and whether it will
// load, and then becomes cmd/toolkit with the loader's search path set.
package libtorch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Version is the only libtorch that the program runs on: its C++ interface
// changes with each release.
const Version = "2.11.0"

const library = "libtorch_cpu.so"

// Places are where a libtorch is looked for, in this order. An empty one is
// passed over.
type Places struct {
	Named  string // what $LIBTORCH names; then nothing else will do
	Prefix string // the folder above the program's own: it may have one in lib/
	Built  string // where setup found one when the program was built
	Cache  string // the folder that setup unpacks into; see CacheDir
}

// Find returns the folder of the first libtorch_cpu.so of the right version.
func Find(p Places) (lib string, err error) {
	if p.Named != "" {
		dir, err := filepath.Abs(p.Named)
		if err == nil {
			err = check(dir)
		}
		if err != nil {
			return "", fmt.Errorf("LIBTORCH=%s: %w; name the folder of a libtorch %s, or unset LIBTORCH", p.Named, err, Version)
		}
		return filepath.Join(dir, "lib"), nil
	}
	looked := []string{p.Prefix, p.Built, p.Cache}
	if p.Cache != "" {
		looked[2] = filepath.Join(p.Cache, "libtorch-"+Version, "torch")
	}
	var found []string
	for i, dir := range looked {
		if dir == "" {
			continue
		}
		err := check(dir)
		if err == nil || i == 0 && errors.Is(err, errMute) { // an installation need not say its version
			return filepath.Join(dir, "lib"), nil
		}
		found = append(found, fmt.Sprintf("%s: %v", dir, err))
	}
	return "", fmt.Errorf("no libtorch %s (%s); run `make setup`, or set LIBTORCH to the folder of one", Version, strings.Join(found, "; "))
}

var errMute = errors.New("says no version (neither version.py nor build-version there), want " + Version)

// check tells whether dir is a libtorch of the right version.
func check(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "lib", library)); err != nil {
		return fmt.Errorf("no lib/%s there", library)
	}
	switch found := versionOf(dir); found {
	case Version:
		return nil
	case "":
		return errMute
	default:
		return fmt.Errorf("is libtorch %s, want %s", found, Version)
	}
}

var pythonVersion = regexp.MustCompile(`(?m)^__version__\s*=\s*['"]([^'"+]*)`)

// versionOf reads what the folder says: a wheel's torch/ has version.py, the
// archive from pytorch.org has build-version. The part behind a + is the build.
func versionOf(dir string) string {
	if text, err := os.ReadFile(filepath.Join(dir, "version.py")); err == nil {
		if m := pythonVersion.FindSubmatch(text); m != nil {
			return string(m[1])
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "build-version"))
	if err != nil {
		return ""
	}
	version, _, _ := strings.Cut(strings.TrimSpace(string(text)), "+")
	return version
}

// Environment is env with lib first in the loader's search path, and without the
// folders of that path that are too old, nor its empty entries: to the loader they
// mean the current folder.
func Environment(env []string, lib string, tooOld func(folder string) bool) []string {
	const name = "LD_LIBRARY_PATH="
	path := lib
	var out []string
	for _, pair := range env {
		if old, ok := strings.CutPrefix(pair, name); !ok {
			out = append(out, pair)
		} else if folders := slices.DeleteFunc(searchPath(old), tooOld); len(folders) > 0 {
			path += ":" + strings.Join(folders, ":")
		}
	}
	return append(out, name+path)
}

// searchPath splits a value of LD_LIBRARY_PATH, and leaves the empty entries out.
func searchPath(value string) []string {
	return strings.FieldsFunc(value, func(r rune) bool { return r == ':' || r == ';' })
}

// Confirm tells whether a program runs on what it should: loaded, the
// libtorch_cpu.so in use, is of the right version, and it is the one that
// named, the value of $LIBTORCH, asks for. It is for a program that may have
// been started without the launcher.
func Confirm(named, loaded, version string) error {
	if version != Version {
		return fmt.Errorf("%s is libtorch %s, want %s; set LIBTORCH to the folder of a libtorch %s", loaded, version, Version, Version)
	}
	if named == "" || sameFolder(filepath.Join(named, "lib"), filepath.Dir(loaded)) {
		return nil
	}
	return fmt.Errorf("LIBTORCH=%s: the program runs on %s in its place; start it by bin/toolkit, or set LD_LIBRARY_PATH=%s/lib", named, loaded, named)
}

func sameFolder(a, b string) bool {
	x, errX := filepath.EvalSymlinks(a)
	y, errY := filepath.EvalSymlinks(b)
	if errX != nil || errY != nil {
		return false
	}
	x, errX = filepath.Abs(x)
	y, errY = filepath.Abs(y)
	return errX == nil && errY == nil && x == y
}
