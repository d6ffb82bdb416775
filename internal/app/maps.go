package app

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/hdr"
	_ "github.com/clipenv/toolkit/pkg/hdr/exr" // .exr in and out
)

// Maps reads and writes maps for a verb.
type Maps struct {
	Verb  string // in front of what is told
	Layer string // of an .exr that has several; "" for the plain one
	Force bool   // take maps that are no panoramas, and cut light that a file cannot hold
	Why   string // a verb that cannot be forced wants a panorama
	Talk  io.Writer
}

// Read reads a map that must be a panorama, and tells what was odd about it.
func (m Maps) Read(path string) (*hdr.Image, error) {
	im, err := m.ReadLayer(path)
	if err != nil {
		return nil, err
	}
	for _, note := range im.Meta.Notes {
		m.tell(path, "%s", note)
	}
	if err := im.CheckEquirect(); err != nil && !m.Force {
		return nil, fmt.Errorf("%s: %w; %s", quote.Text(path), err, cmp.Or(m.Why, "--force takes it all the same"))
	}
	if r := im.Meta.Repairs; r.Total() > 0 {
		m.tell(path, "repaired %v", r)
	}
	if im.Meta.LDR {
		m.tell(path, "%s sRGB, made linear; it has no light above white: the sun in it is no brighter than paper", im.Meta.Encoding)
	}
	return im, nil
}

// ReadLayer reads any image, without a word.
func (m Maps) ReadLayer(path string) (*hdr.Image, error) {
	im, err := hdr.ReadLayer(path, m.Layer)
	if unclear := (*hdr.LayerError)(nil); errors.As(err, &unclear) {
		return nil, fmt.Errorf("%w; --layer NAME chooses", err)
	}
	return im, err
}

// Write writes a map. Light that the file cannot hold is cut off under Force,
// which is told; else nothing is written.
func (m Maps) Write(path string, im *hdr.Image, o hdr.WriteOptions) error {
	o.Force = m.Force
	o.Tell = func(l hdr.Loss) { m.TellLoss(path, l) }
	err := hdr.Write(path, im, o)
	if lost := (*hdr.LossError)(nil); errors.As(err, &lost) {
		return fmt.Errorf("%w; --force cuts them off", err)
	}
	return err
}

// TellLoss tells what was cut of the light of a file.
func (m Maps) TellLoss(path string, l hdr.Loss) { m.tell(path, "%s cut off %v", l.Way, l) }

func (m Maps) tell(path, format string, args ...any) {
	fmt.Fprintf(m.Talk, "%s: %s: %s\n", m.Verb, quote.Text(path), fmt.Sprintf(format, args...))
}

// FromMap names in a recipe the map that something is made of, with the recipe
// that the map carries itself.
func FromMap(recipe *run.Recipe, path string, im *hdr.Image) error {
	source, err := run.HashFile(path)
	if err != nil {
		return err
	}
	recipe.Inputs = []run.File{source}
	recipe.After(im.Meta.Recipe)
	return nil
}

// IsData tells whether a file of a data set is read: a map, or words.
func IsData(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".hdr", ".exr", ".pic", ".txt", ".csv", ".jsonl", ".json":
		return true
	}
	return false
}
