package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/nearest"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/torch"
)

// clipName is the CLIP of a folder of models that edits look through unless
// another is named.
const clipName = "clip.safetensors"

// openCLIP loads the CLIP of a name. Without one it is clip.safetensors of the
// folder, or the one that the program's edits look through; a name is that of
// clip-NAME.safetensors in the folder, or of a folder clip-NAME in it with what
// was published, or, where it has none, what [clip.Open] makes of it.
func (m *Models) openCLIP(dir, named string, device torch.Device) (seer encoderNetwork, err error) {
	defer func() {
		if err == nil {
			m.weights += seer.Weights()
		}
	}()
	if folder, file, own := ownCLIP(dir, named); own {
		return loadModel(m, folder, file, encoders, device)
	}
	done := hashing(func() (files []run.File, err error) {
		err = clip.EachFile(named, func(name string, content io.Reader) error {
			file, err := run.Hash(name, content)
			files = append(files, file)
			return err
		})
		return files, err
	})
	open, err := clip.Open(named, device)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(named, "/.") {
			err = unknownCLIP(dir, named)
		}
		return nil, err
	}
	frozen, err := open.Freeze()
	if err != nil {
		open.Close()
		return nil, err
	}
	m.close = append(m.close, frozen.Close)
	h := <-done
	m.Files = append(m.Files, h.files...)
	return frozen, h.err
}

// ownCLIP finds the CLIP of a name in a folder of models, "" for the program's.
func ownCLIP(dir, named string) (folder, file string, own bool) {
	switch {
	case named == "" && dir == "":
		return "", clip.FileOf(clip.Default), true
	case named == "":
		if ours := clip.FileOf(clip.Default); !there(filepath.Join(dir, clipName)) && there(filepath.Join(dir, ours)) {
			return dir, ours, true
		}
		return dir, clipName, true
	case dir != "" && !strings.ContainsRune(named, filepath.Separator) && (there(filepath.Join(dir, clip.FileOf(named))) || isFolder(publishedOf(filepath.Join(dir, clip.FileOf(named))))):
		return dir, clip.FileOf(named), true
	}
	return "", clip.FileOf(named), slices.Contains(clip.Shipped(), named)
}

// unknownCLIP says which names there are.
func unknownCLIP(dir, named string) error {
	known := clip.Shipped()
	for _, path := range namedCLIPs(dir) {
		known = append(known, nameOf(path))
	}
	slices.Sort(known)
	known = slices.Compact(known)
	meant := ""
	if near, ok := nearest.Of(named, known); ok {
		meant = fmt.Sprintf("; did you mean %s?", near)
	}
	return fmt.Errorf("no CLIP is called %q, want one of %s, a file or folder of weights, or a name that `toolkit model pull` brings%s", named, strings.Join(known, ", "), meant)
}

func there(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// namedCLIPs are the paths of the CLIPs of a folder that have names.
func namedCLIPs(dir string) (paths []string) {
	if dir == "" {
		return nil
	}
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

// OtherCLIPs loads the CLIPs of a folder beside the one that is open: the bank
// is to have what each of them sees.
func (m *Models) OtherCLIPs(dir string, device torch.Device) (others []edit.Encoder, err error) {
	paths := namedCLIPs(dir)
	if own := filepath.Join(dir, clipName); there(own) {
		paths = append([]string{own}, paths...)
	}
	seen := []string{m.CLIP.Hash()}
	for _, path := range paths {
		other, err := loadModel(m, dir, filepath.Base(path), encoders, device)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(seen, other.Hash()) {
			seen, others = append(seen, other.Hash()), append(others, other)
		}
	}
	return others, nil
}
