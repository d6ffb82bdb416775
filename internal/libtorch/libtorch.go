// Package libtorch chooses, as the program starts, which libtorch it runs on.
//
// The binary finds one by its rpath: lib/ beside its own folder, then where
// setup found one. $LIBTORCH names another, as a CUDA build beside a binary
// that was built against the CPU libraries; the program then starts itself
// again with the loader's search path set. It sits below package torch's
// users and asks nothing of libtorch itself.
package libtorch

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// Version is the only libtorch that the program runs on: its C++ interface
// changes with each release.
const Version = "2.11.0"

// triedEnv holds the $LIBTORCH that the program started itself again for, so
// that it does so once.
const triedEnv = "TOOLKIT_LIBTORCH_TRIED"

// Choose makes sure that the program runs on the libtorch that $LIBTORCH
// names, or, where that is not set, on one of the right version. loaded is the
// libtorch_cpu.so in use and version what it says of itself. Where another
// library is wanted, Choose does not return: the program starts again.
func Choose(loaded, version string) error {
	tried := os.Getenv(triedEnv)
	dir, err := wanted(os.Getenv("LIBTORCH"), loaded, version, tried)
	if err != nil || dir == "" {
		return err
	}
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("LIBTORCH=%s: cannot start again with it: %w", dir, err)
	}
	err = syscall.Exec(exe, os.Args, environment(os.Environ(), dir))
	return fmt.Errorf("LIBTORCH=%s: cannot start %s again with it: %w", dir, exe, err)
}

// wanted returns the folder of the libtorch to start again with, or "" where
// the loaded one will do.
func wanted(env, loaded, version, tried string) (dir string, err error) {
	if env == "" {
		return "", checkVersion(loaded, version)
	}
	dir, err = filepath.Abs(env)
	if err != nil {
		return "", fmt.Errorf("LIBTORCH=%s: %w", env, err)
	}
	if err := check(dir); err != nil {
		return "", fmt.Errorf("LIBTORCH=%s: %w", env, err)
	}
	if sameFolder(filepath.Join(dir, "lib"), filepath.Dir(loaded)) {
		return "", checkVersion(loaded, version)
	}
	if tried == dir {
		return "", fmt.Errorf("LIBTORCH=%s: the loader took %s in its place; see what LD_PRELOAD names, and whether the program was linked with an rpath that comes first", env, loaded)
	}
	return dir, nil
}

// check tells whether dir is a libtorch of the right version.
func check(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "lib", "libtorch_cpu.so")); err != nil {
		return fmt.Errorf("no lib/libtorch_cpu.so there; name the folder of a libtorch %s, or unset LIBTORCH", Version)
	}
	found := versionOf(dir)
	if found == "" {
		return fmt.Errorf("says no version (neither version.py nor build-version there), want %s; name another folder, or unset LIBTORCH", Version)
	}
	if found != Version {
		return fmt.Errorf("is libtorch %s, want %s; name another folder, or unset LIBTORCH", found, Version)
	}
	return nil
}

func checkVersion(loaded, version string) error {
	if version == Version {
		return nil
	}
	return fmt.Errorf("%s is libtorch %s, want %s; set LIBTORCH to the folder of a libtorch %s", loaded, version, Version, Version)
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

func sameFolder(a, b string) bool {
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	x, errX := filepath.EvalSymlinks(a)
	y, errY := filepath.EvalSymlinks(b)
	return errX == nil && errY == nil && x == y
}

// environment is env with dir's libraries first and the mark that they were
// tried.
func environment(env []string, dir string) []string {
	path := filepath.Join(dir, "lib")
	var out []string
	for _, pair := range env {
		switch name, value, _ := strings.Cut(pair, "="); name {
		case "LD_LIBRARY_PATH":
			if value != "" {
				path += ":" + value
			}
		case triedEnv:
		default:
			out = append(out, pair)
		}
	}
	return append(out, "LD_LIBRARY_PATH="+path, triedEnv+"="+dir)
}
