package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset/label"
)

// Imported says what Import did.
type Imported struct {
	Folder  string              `json:"folder"`
	Maps    int                 `json:"maps"`
	HeldOut int                 `json:"held_out"`
	NoWords []string            `json:"no_words"` // maps of which nothing is known
	Struck  map[string][]string `json:"struck"`   // attributes that did not hold, by map
	Alike   [][]string          `json:"alike"`    // maps that look like one, under several scenes
}

// Import makes a data set in the folder out from the maps of the folder dir
// and what is said of them, there and in extra: captions.jsonl, held_out.txt
// and recipe.json. The maps are named where they are, or copied. Every map is
// read, and the words that its light denies are left out; a map that cannot be
// read is an error, and leaves out as it was.
func Import(ctx context.Context, dir, out string, extra []Beside, copyMaps bool, l Loader, v run.Versions) (Imported, error) {
	entries, err := Index(dir, extra...)
	if err != nil {
		return Imported{}, err
	}
	if err := mayImport(dir, out); err != nil {
		return Imported{}, err
	}
	said := map[string]label.Attributes{}
	for i := range entries {
		said[entries[i].Name] = entries[i].Attributes
		entries[i].Folder = out // whose cache it is
	}
	maps, _, err := l.Load(ctx, entries)
	if err != nil {
		return Imported{}, err
	}
	done := Imported{Folder: out, Maps: len(maps), NoWords: []string{}, Struck: map[string][]string{}, Alike: alike(maps)}
	for _, m := range maps {
		if m.HeldOut {
			done.HeldOut++
		}
		if m.Attributes&^label.Tone == 0 && len(m.Tags)+len(m.Written) == 0 {
			done.NoWords = append(done.NoWords, m.Name)
		}
		if struck := said[m.Name] &^ m.Attributes &^ label.Tone; struck != 0 {
			done.Struck[m.Name] = struck.Names()
		}
	}
	recipe, err := run.NewRecipe(v, importCommand, nil)
	if err != nil {
		return Imported{}, err
	}
	return done, writeImport(out, maps, copyMaps, recipe)
}

const importCommand = "dataset import"

// mayImport refuses folders whose own words would be overwritten.
func mayImport(dir, out string) error {
	if a, err := os.Stat(dir); err == nil {
		if b, err := os.Stat(out); err == nil && os.SameFile(a, b) {
			return fmt.Errorf("dataset: import into %s itself: name another folder, so that its own words stay as they are", dir)
		}
	}
	data, err := os.ReadFile(filepath.Join(out, "recipe.json"))
	if err == nil {
		if recipe, err := run.ParseRecipe(string(data)); err != nil || recipe.Command != importCommand {
			return fmt.Errorf("dataset: %s was made by another command: name another folder", out)
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("dataset: %w", err)
	}
	if _, err := os.Stat(filepath.Join(out, captionsName)); err == nil {
		return fmt.Errorf("dataset: %s holds captions of its own: name another folder", out)
	}
	return nil
}

// writeImport writes the captions last: a folder without them is no data set
// yet.
func writeImport(out string, maps []Map, copyMaps bool, recipe run.Recipe) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("dataset: %w", err)
	}
	before, err := copiesIn(out)
	if err != nil {
		return err
	}
	lines := make([]Caption, len(maps))
	var held []string
	for i, m := range maps {
		file, err := bring(m.Path, out, copyMaps)
		if err != nil {
			return err
		}
		lines[i] = Caption{Name: m.Name, File: file, Scene: m.Scene, Captions: m.Written, Tags: m.Tags, Attributes: m.Attributes}
		delete(before, file)
		if m.HeldOut {
			held = append(held, m.Name)
		}
	}
	err = run.WriteFile(filepath.Join(out, heldOutName), func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Join(append(held, ""), "\n"))
		return err
	})
	err = errors.Join(err, run.WriteJSON(filepath.Join(out, "recipe.json"), recipe), writeCaptions(filepath.Join(out, captionsName), lines))
	for file := range before {
		err = errors.Join(err, os.Remove(filepath.Join(out, file)))
	}
	return err
}

// copiesIn returns the files that an earlier import copied into the folder out
// and named there: a map that has left the set must leave the folder.
func copiesIn(out string) (map[string]bool, error) {
	path := filepath.Join(out, captionsName)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	lines, err := ReadCaptions(bytes.NewReader(data), path)
	copies := map[string]bool{}
	for _, l := range lines {
		if _, err := os.Lstat(filepath.Join(out, l.File)); err == nil && isMap(l.File) && filepath.Base(l.File) == l.File {
			copies[l.File] = true
		}
	}
	return copies, err
}

// bring returns the path of a map seen from the folder out, into which it is
// copied when asked.
func bring(path, out string, copyMap bool) (string, error) {
	if copyMap {
		name := filepath.Base(path)
		err := files.Write(filepath.Join(out, name), func(w *os.File) error {
			r, err := os.Open(path)
			if err != nil {
				return err
			}
			defer r.Close()
			_, err = io.Copy(w, r)
			return err
		})
		if err != nil {
			err = fmt.Errorf("dataset: copy %s into %s: %w", path, out, err)
		}
		return name, err
	}
	// Links are resolved first: “..” leads out of the folder that they point to.
	from, err := filepath.EvalSymlinks(out)
	if err != nil {
		return "", fmt.Errorf("dataset: %w", err)
	}
	if from, err = filepath.Abs(from); err != nil {
		return "", fmt.Errorf("dataset: %w", err)
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", fmt.Errorf("dataset: %w", err)
	}
	file, err := filepath.Rel(from, path)
	if err != nil {
		return "", fmt.Errorf("dataset: %w", err)
	}
	return file, nil
}

// alike groups maps of different scenes that look like one map turned: a split
// by scene would put them on two sides.
func alike(maps []Map) [][]string {
	groups := [][]string{}
	grouped := make([]bool, len(maps))
	for i, m := range maps {
		if grouped[i] {
			continue
		}
		group, scenes := []string{m.Name}, []string{m.Scene}
		for k := i + 1; k < len(maps); k++ {
			if !grouped[k] && m.Seen.alike(maps[k].Seen) {
				grouped[k] = true
				group = append(group, maps[k].Name)
				if !slices.Contains(scenes, maps[k].Scene) {
					scenes = append(scenes, maps[k].Scene)
				}
			}
		}
		if len(scenes) > 1 {
			groups = append(groups, group)
		}
	}
	return groups
}
