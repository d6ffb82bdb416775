package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/clipenv/toolkit/internal/run"
)

// Model is one that commands can use.
type Model struct {
	Name  string `json:"name"`
	Path  string `json:"path"` // empty for one inside the program
	Bytes int64  `json:"bytes"`
}

// FindModels returns the *.safetensors among the files that are inside the
// program, which commands use unless other models are named.
func FindModels(program fs.FS) []Model {
	var models []Model
	paths, _ := fs.Glob(program, "*.safetensors") // fails only on a bad pattern
	for _, path := range paths {
		if info, err := fs.Stat(program, path); err == nil {
			models = append(models, Model{Name: path, Bytes: info.Size()})
		}
	}
	return models
}

// Cache is the folder for what is brought from elsewhere once.
type Cache struct {
	Path      string `json:"path"`
	Writable  bool   `json:"writable"`
	BytesFree int64  `json:"bytes_free"` // on its disk
}

// enoughDisk is what a libtorch and its wheels take while they are unpacked.
const enoughDisk = 4 << 30

func checkCache(dir string) (Cache, Check) {
	check := Check{Name: "cache", State: Good}
	note := func(found, hint string) { check.State, check.Found, check.Hint = Note, found, hint }
	if dir == "" {
		note("neither TOOLKIT_CACHE nor HOME is set", "set TOOLKIT_CACHE to a folder that can be written to")
		return Cache{}, check
	}
	c := Cache{Path: dir}
	there, err := probe(dir)
	if err != nil {
		note(err.Error(), "set TOOLKIT_CACHE to a folder that can be written to")
		return c, check
	}
	c.Writable = true
	var disk syscall.Statfs_t
	if err := syscall.Statfs(there, &disk); err != nil {
		note(fmt.Sprintf("%s: %v", there, err), "set TOOLKIT_CACHE to another disk")
		return c, check
	}
	c.BytesFree = int64(disk.Bavail) * disk.Bsize
	check.Found = "can be written to, " + run.Bytes(c.BytesFree) + " free"
	if c.BytesFree < enoughDisk {
		check.State = Note
		check.Hint = "bringing a libtorch takes " + run.Bytes(enoughDisk) + "; free some room, or set TOOLKIT_CACHE to another disk"
	}
	return c, check
}

// probe makes and removes a folder in dir, or, where dir is not there yet, in
// the nearest folder above that is: dir itself is not made. It returns the
// folder that it tried.
func probe(dir string) (there string, err error) {
	for there = dir; ; there = filepath.Dir(there) {
		_, err := os.Stat(there)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) || there == filepath.Dir(there) {
			return "", fmt.Errorf("cannot write to %s: %w", dir, cause(err))
		}
	}
	made, err := os.MkdirTemp(there, ".toolkit-doctor-")
	if err != nil {
		return "", fmt.Errorf("cannot write to %s: %w", dir, cause(err))
	}
	return there, os.Remove(made)
}

func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
