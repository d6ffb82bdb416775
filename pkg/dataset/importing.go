package dataset

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
)

// importing is a set on its way into its folder.
type importing struct {
	dir, out string
	maps     []Map
	copy     bool
	by       Program
}

// importConfig is what an import's recipe tells the next one.
type importConfig struct {
	Copies []string `json:"copies"` // the files in the folder that are imports' own
}

// The most bytes of a recipe; that of an import names its copies.
const longestRecipe = 64 << 20

// mayImport refuses folders in which something of the user's own would be
// overwritten, or counted among the maps.
func mayImport(dir, out string) error {
	if sameFile(dir, out) {
		return fmt.Errorf("dataset: import into %s itself: name another folder, so that its own words stay as they are", quote.Text(dir))
	}
	there, err := os.ReadDir(out)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("dataset: %w", err)
	}
	data, err := run.ReadFile(filepath.Join(out, recipeName), longestRecipe)
	if err == nil {
		if recipe, err := run.ParseRecipe(string(data)); err != nil || recipe.Command != importCommand {
			return fmt.Errorf("dataset: %s was made by another command: name another folder", quote.Text(out))
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("dataset: %w", err)
	}
	var own []string
	for _, file := range there {
		if !isHidden(file.Name()) && !isSystems(file.Name()) {
			own = append(own, file.Name())
		}
	}
	if len(own) > 0 {
		return fmt.Errorf("dataset: %s holds files of its own (%s) and no import's %s: name another folder", quote.Text(out), some(own), recipeName)
	}
	return nil
}

const recipeName = "recipe.json"

// write makes the folder of the set. The recipe comes first, with the names of
// the copies, so that a run that is killed leaves a folder that the next one
// knows; the captions come last: a folder without them is no data set yet.
func (m importing) write(ctx context.Context) error {
	lines, held := m.lines()
	if err := os.MkdirAll(m.out, 0o755); err != nil {
		return fmt.Errorf("dataset: %w", err)
	}
	unlock, err := run.LockFolder(m.out, importCommand)
	if err != nil {
		return fmt.Errorf("dataset: %w", err)
	}
	defer unlock()
	if err := mayImport(m.dir, m.out); err != nil { // another import may have been there since
		return err
	}
	if !m.copy {
		if err := m.refer(lines); err != nil {
			return err
		}
	}
	before, err := copiesIn(m.out)
	if err != nil {
		return err
	}
	copies := map[string]bool{}
	if m.copy {
		for _, l := range lines {
			copies[l.File] = true
		}
	}
	if err := strangers(m.out, copies, before); err != nil {
		return err
	}
	ours := maps.Clone(before)
	maps.Copy(ours, copies)
	run.Sweep(m.out, func(name string) bool {
		return ours[name] || name == recipeName || name == captionsName || name == heldOutName
	})
	if err := m.writeRecipe(ours); err != nil {
		return err
	}
	if m.copy {
		for i, l := range lines {
			if err := copyMap(ctx, m.maps[i].Path, filepath.Join(m.out, l.File)); err != nil {
				return err
			}
		}
	}
	err = run.WriteFile(filepath.Join(m.out, heldOutName), func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Join(append(held, ""), "\n"))
		return err
	})
	if err := errors.Join(err, WriteCaptions(filepath.Join(m.out, captionsName), lines)); err != nil {
		return err
	}
	for file := range before {
		if !copies[file] {
			err = errors.Join(err, os.Remove(filepath.Join(m.out, file)))
		}
	}
	return errors.Join(err, m.writeRecipe(copies))
}

func (m importing) writeRecipe(copies map[string]bool) error {
	recipe, err := run.NewRecipe(m.by.versions(), importCommand, importConfig{slices.Sorted(maps.Keys(copies))})
	if err != nil {
		return err
	}
	return run.WriteJSON(filepath.Join(m.out, recipeName), recipe)
}

// lines are the captions of the set, with the names of its copies, and what is
// held out.
func (m importing) lines() (lines []Caption, held []string) {
	lines = make([]Caption, len(m.maps))
	names := copyNames{}
	for i, e := range m.maps {
		lines[i] = Caption{Name: e.Name, File: names.next(e.Entry), Scene: e.Scene, Captions: e.Written, Tags: e.Tags, Attributes: e.Attributes}
		if e.HeldOut {
			held = append(held, e.Name)
		}
	}
	return lines, held
}

// refer has the captions name the maps where they are, as seen from the set.
func (m importing) refer(lines []Caption) error {
	// Links are resolved first: “..” leads out of the folder that they point to.
	from, err := filepath.EvalSymlinks(m.out)
	if err == nil {
		from, err = filepath.Abs(from)
	}
	if err != nil {
		return fmt.Errorf("dataset: %w", err)
	}
	for i, e := range m.maps {
		path, err := filepath.Abs(e.Path)
		if err == nil {
			path, err = filepath.Rel(from, path)
		}
		if err != nil {
			return fmt.Errorf("dataset: %w", err)
		}
		if !utf8.ValidString(path) {
			return fmt.Errorf("dataset: %s: its name is no UTF-8, as %s must be: rename it, or --copy the maps", quote.Text(path), captionsName)
		}
		lines[i].File = path
	}
	return nil
}

// copiesIn returns the files of the folder out that earlier imports copied
// there: a map that has left the set must leave the folder.
func copiesIn(out string) (map[string]bool, error) {
	copies := map[string]bool{}
	path := filepath.Join(out, recipeName)
	data, err := run.ReadFile(path, longestRecipe)
	if errors.Is(err, fs.ErrNotExist) {
		return copies, nil
	}
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	recipe, err := run.ParseRecipe(string(data))
	if err != nil {
		return nil, fmt.Errorf("dataset: %s: %w", quote.Text(path), err)
	}
	var config importConfig
	if len(recipe.Config) == 0 {
		config.Copies, err = namedIn(out)
	} else if err = json.Unmarshal(recipe.Config, &config); err != nil {
		err = fmt.Errorf("dataset: %s: %w", quote.Text(path), err)
	}
	if err != nil {
		return nil, err
	}
	for _, file := range config.Copies {
		if _, err := os.Lstat(filepath.Join(out, file)); err == nil && isMap(file) && filepath.Base(file) == file {
			copies[file] = true
		}
	}
	return copies, nil
}

// namedIn lists the files that the captions of a set name: of imports whose
// recipe tells of no copies.
func namedIn(out string) (named []string, err error) {
	path := filepath.Join(out, captionsName)
	text, err := run.ReadFile(path, longestCaptions)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	lines, err := ReadCaptions(bytes.NewReader(text), path)
	for _, l := range lines {
		named = append(named, l.File)
	}
	return named, err
}

// strangers refuses to overwrite what is no copy of an earlier import.
func strangers(out string, copies, before map[string]bool) error {
	var own []string
	for _, file := range slices.Sorted(maps.Keys(copies)) {
		if _, err := os.Lstat(filepath.Join(out, file)); err == nil && !before[file] {
			own = append(own, file)
		}
	}
	if len(own) > 0 {
		return fmt.Errorf("dataset: %s: no import left %s there: move it away, or name another folder", quote.Text(out), some(own))
	}
	return nil
}

func copyMap(ctx context.Context, from, to string) error {
	err := files.Write(to, func(w *os.File) error {
		r, err := os.Open(from)
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = io.Copy(w, run.Reader(ctx, r))
		return err
	})
	if err != nil {
		return fmt.Errorf("dataset: copy %s: %w", quote.Text(from), err)
	}
	return nil
}
