// Package realmaps gives tests the maps that docs/models.md trains on, and what the
// captions, which were written by eye, say of each.
package realmaps

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// Variable is the environment's that names their folder, as NAME.hdr or NAME_512.hdr.
// They are in no clone, and without them what needs them is skipped.
const Variable = "POLYHAVEN"

// Needed skips a test where there are none.
func Needed(t *testing.T) {
	t.Helper()
	if os.Getenv(Variable) == "" {
		t.Skip(Variable + " names no folder of maps")
	}
}

// Read reads a map by its name.
func Read(t *testing.T, name string) *hdr.Image {
	t.Helper()
	folder := os.Getenv(Variable)
	im, err := hdr.Read(filepath.Join(folder, name+".hdr"))
	if errors.Is(err, os.ErrNotExist) {
		im, err = hdr.Read(filepath.Join(folder, name+"_512.hdr"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// Caption is what is known of a map by eye.
type Caption struct {
	Name       string
	Attributes []string
}

// Captions are all of them. root is the repository's folder.
func Captions(t *testing.T, root string) (all []Caption) {
	t.Helper()
	f, err := os.Open(filepath.Join(root, "configs", "mini", "polyhaven", "captions.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for d := json.NewDecoder(f); ; {
		var c Caption
		if err := d.Decode(&c); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
}
