package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/nearest"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

// clipName is the CLIP of a folder of models that edits look through unless
// another is named.
const clipName = "clip.safetensors"

// findCLIP returns the folder, "" for the program, and the file of a CLIP.
// Without a name it is clip.safetensors of the folder, or the one that the
// program's edits look through; a name is that of clip-NAME.safetensors in the
// folder or, where it has none, in the program; a path with an extension is a
// file.
func findCLIP(dir, named string) (folder, name string, err error) {
	switch {
	case named == "" && dir == "":
		return "", clip.FileOf(clip.Default), nil
	case named == "":
		if ours := clip.FileOf(clip.Default); !there(filepath.Join(dir, clipName)) && there(filepath.Join(dir, ours)) {
			return dir, ours, nil
		}
		return dir, clipName, nil
	case filepath.Ext(named) == ".safetensors":
		return filepath.Dir(named), filepath.Base(named), nil
	case dir != "" && !strings.ContainsRune(named, filepath.Separator) && there(filepath.Join(dir, clip.FileOf(named))):
		return dir, clip.FileOf(named), nil
	case slices.Contains(clip.Shipped(), named):
		return "", clip.FileOf(named), nil
	}
	known := clip.Shipped()
	if dir != "" {
		for _, path := range namedCLIPs(dir) {
			known = append(known, nameOf(path))
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	meant := ""
	if near, ok := nearest.Of(named, known); ok {
		meant = fmt.Sprintf("; did you mean %s?", near)
	}
	return "", "", fmt.Errorf("no CLIP is called %q, want one of %s, or a .safetensors file%s", named, strings.Join(known, ", "), meant)
}

func there(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// namedCLIPs are the paths of the CLIPs of a folder that have names.
func namedCLIPs(dir string) (paths []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // whoever opens a model there says so
	}
	for _, e := range entries {
		if name := nameOf(e.Name()); name != "" && e.Name() == clip.FileOf(name) {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths
}

// nameOf is the name of the CLIP in a file clip-NAME.safetensors.
func nameOf(path string) string {
	rest, _ := strings.CutPrefix(filepath.Base(path), "clip-")
	name, _ := strings.CutSuffix(rest, ".safetensors")
	return name
}

// otherCLIPs loads the CLIPs of a folder beside the one that is open: the bank
// is to have what each of them sees.
func (m *Models) otherCLIPs(dir string, device torch.Device) (others []edit.Encoder, err error) {
	paths := namedCLIPs(dir)
	if own := filepath.Join(dir, clipName); there(own) {
		paths = append([]string{own}, paths...)
	}
	seen := []string{m.CLIP.Hash()}
	for _, path := range paths {
		other, err := loadModel(m, dir, filepath.Base(path), func(f *safetensors.File) (*clip.Frozen, error) { return loadCLIP(f, device) })
		if err != nil {
			return nil, err
		}
		if !slices.Contains(seen, other.Hash()) {
			seen, others = append(seen, other.Hash()), append(others, other)
		}
	}
	return others, nil
}
