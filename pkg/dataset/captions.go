package dataset

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset/label"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Caption is one line of captions.jsonl: what a person says of a map.
//
//	{"name": "venice", "caption": "a square by the water at sunset", "attributes": ["outdoor", "sunset"]}
type Caption struct {
	Name       string           `json:"name"`            // of the file, without its extension
	Scene      string           `json:"scene,omitempty"` // shared by maps of one place; the name, when empty
	Caption    string           `json:"caption,omitempty"`
	Captions   []string         `json:"captions,omitempty"`   // further ones
	Attributes label.Attributes `json:"attributes,omitempty"` // read from the captions' words, when empty
}

// captionsName is the file of captions in a folder of maps.
const captionsName = "captions.jsonl"

// ReadCaptions reads JSON lines; every bad line is reported, with its number.
func ReadCaptions(r io.Reader, name string) ([]Caption, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	var captions []Caption
	seen := map[string]int{}
	var faults []string
	for n := 1; lines.Scan(); n++ {
		text := bytes.TrimSpace(lines.Bytes())
		if len(text) == 0 {
			continue
		}
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.DisallowUnknownFields()
		var c Caption
		switch err := dec.Decode(&c); {
		case err != nil:
			faults = append(faults, fmt.Sprintf("line %d: %v", n, err))
		case c.Name == "":
			faults = append(faults, fmt.Sprintf("line %d: no name", n))
		case seen[c.Name] > 0:
			faults = append(faults, fmt.Sprintf("line %d: %s stands on line %d already", n, c.Name, seen[c.Name]))
		default:
			seen[c.Name] = n
			captions = append(captions, c)
		}
	}
	if err := lines.Err(); err != nil {
		faults = append(faults, err.Error())
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("dataset: %s: %s", name, strings.Join(faults, "; "))
	}
	return captions, nil
}

// writeCaptions writes the file at path, one line for each name, in order; of
// two lines with one name the later.
func writeCaptions(path string, captions []Caption) error {
	byName := make(map[string]Caption, len(captions))
	for _, c := range captions {
		byName[c.Name] = c
	}
	return run.WriteFile(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false) // people read it
		for _, name := range slices.Sorted(maps.Keys(byName)) {
			if err := enc.Encode(byName[name]); err != nil {
				return err
			}
		}
		return nil
	})
}

// LoadDir reads the maps of a folder that its captions.jsonl names, at the
// given size, in order of their names. Their attributes are held against the
// picture itself (Check).
func LoadDir(ctx context.Context, dir string, size Size) ([]Map, error) {
	path := filepath.Join(dir, captionsName)
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("dataset: %s: want one line of JSON for each map to train on: %w", dir, err)
	}
	defer f.Close()
	captions, err := ReadCaptions(f, path)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(captions, func(a, b Caption) int { return strings.Compare(a.Name, b.Name) })
	files, err := mapFiles(dir)
	if err != nil {
		return nil, err
	}
	loaded := make([]Map, len(captions))
	err = each(ctx, len(captions), func(i int) error {
		c := captions[i]
		file, ok := files[c.Name]
		if !ok {
			return fmt.Errorf("dataset: %s names %s, but %s has no such map", path, c.Name, dir)
		}
		im, err := hdr.Read(file)
		if err != nil {
			return err
		}
		if c.Attributes == 0 {
			c.Attributes = AttributesOf(c.Name, c.Caption)
		}
		loaded[i], err = fromImage(c.Name, im, Check(c.Attributes, im), size)
		return err
	})
	return loaded, err
}

// mapFiles returns the paths of the HDR files of a folder by name without
// extension.
func mapFiles(dir string) (map[string]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	files := map[string]string{}
	for _, e := range entries {
		switch ext := filepath.Ext(e.Name()); strings.ToLower(ext) {
		case ".hdr", ".exr":
			files[strings.TrimSuffix(e.Name(), ext)] = filepath.Join(dir, e.Name())
		}
	}
	return files, nil
}

// HoldOut splits maps in those to train on and those whose names are listed.
// A name that no map has is an error: a typing mistake would train on it.
func HoldOut(maps []Map, names []string) (train, held []Map, err error) {
	for _, m := range maps {
		if slices.Contains(names, m.Name) {
			held = append(held, m)
		} else {
			train = append(train, m)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(held, func(m Map) bool { return m.Name == name }) {
			return nil, nil, fmt.Errorf("dataset: held_out names %s, but no map is called so", name)
		}
	}
	return train, held, nil
}
