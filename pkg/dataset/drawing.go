package dataset

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset/label"
	"github.com/clipenv/toolkit/pkg/dataset/synth"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Drawing says how a folder of drawn maps is made.
type Drawing struct {
	Seed   uint64
	Size   Size
	Format string // hdr or exr
}

// Drawn says what Drawing.Write did.
type Drawn struct {
	Folder string `json:"folder"`
	Drawn  int    `json:"drawn"`
	Kept   int    `json:"kept"` // were there already
}

// drawingConfig is what must be equal for maps to lie in one folder.
type drawingConfig struct {
	Seed    uint64 `json:"seed"`
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	Format  string `json:"format"`
	Version int    `json:"synth_version"`
}

// Write leaves the maps first … first+n−1 in a folder, with captions.jsonl and
// recipe.json. Maps that are there already are kept: each appears whole or not
// at all, so that a run that was stopped goes on where it was. log shows how
// far it is.
func (d Drawing) Write(ctx context.Context, dir string, first uint64, n int, v run.Versions, log io.Writer) (Drawn, error) {
	recipe, err := run.NewRecipe(v, "dataset synth", drawingConfig{d.Seed, d.Size.W, d.Size.H, d.Format, synth.Version})
	if err != nil {
		return Drawn{}, err
	}
	recipe.Seed = int64(d.Seed)
	lines, err := openDrawing(dir, recipe)
	if err != nil {
		return Drawn{}, err
	}
	bar := run.Progress(log, n, "dataset synth")
	defer bar.Close()
	fresh := make([]Caption, n)
	var drawn atomic.Int64
	err = each(ctx, n, func(i int) error {
		scene := synth.New(d.Seed, first+uint64(i))
		fresh[i] = d.caption(first+uint64(i), scene.Attributes)
		defer bar.Add(1, "")
		path := filepath.Join(dir, fresh[i].Name+"."+d.Format)
		if _, err := os.Stat(path); err == nil {
			return nil
		}
		drawn.Add(1)
		return hdr.Write(path, scene.Draw(d.Size.W, d.Size.H), hdr.WriteOptions{Recipe: recipe.String()})
	})
	if stopped := bar.Interrupted(ctx, "the same command goes on from there"); stopped != nil {
		return Drawn{}, stopped
	}
	if err != nil {
		return Drawn{}, err
	}
	done := Drawn{Folder: dir, Drawn: int(drawn.Load()), Kept: n - int(drawn.Load())}
	return done, writeCaptions(filepath.Join(dir, captionsName), append(lines, fresh...))
}

// openDrawing makes the folder, or returns the captions of one that was drawn
// in the same way.
func openDrawing(dir string, recipe run.Recipe) ([]Caption, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	path := filepath.Join(dir, "recipe.json")
	captions := filepath.Join(dir, captionsName)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(captions); err == nil {
			return nil, fmt.Errorf("dataset: %s holds captions of other maps: name another folder", dir)
		}
		return nil, run.WriteJSON(path, recipe)
	}
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	before, err := run.ParseRecipe(string(data))
	if err != nil {
		return nil, fmt.Errorf("dataset: %s: %w", path, err)
	}
	var was, is bytes.Buffer
	if json.Compact(&was, before.Config) != nil || json.Compact(&is, recipe.Config) != nil || was.String() != is.String() {
		return nil, fmt.Errorf("dataset: %s holds maps drawn with %s, want %s: name another folder", dir, was.String(), is.String())
	}
	f, err := os.Open(captions)
	if errors.Is(err, fs.ErrNotExist) { // stopped before the end
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	defer f.Close()
	return ReadCaptions(f, captions)
}

// caption is the line of a drawn map: a plain sentence, and some as people
// type them.
func (d Drawing) caption(i uint64, a label.Attributes) Caption {
	r := rand.New(rand.NewPCG(d.Seed, i))
	c := Caption{Name: fmt.Sprintf("synth-%d-%06d", d.Seed, i), Attributes: a, Caption: label.Sentence(a, r).Text}
	for range 3 {
		c.Captions = append(c.Captions, label.Write(a, r).Text)
	}
	return c
}
