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
	"regexp"
	"sync/atomic"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/synth"
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
func (d Drawing) Write(ctx context.Context, dir string, first uint64, n int, by Program, log io.Writer) (Drawn, error) {
	recipe, err := run.NewRecipe(by.versions(), "dataset synth", drawingConfig{d.Seed, d.Size.W, d.Size.H, d.Format, synth.Version})
	if err != nil {
		return Drawn{}, err
	}
	recipe.Seed = int64(d.Seed)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Drawn{}, fmt.Errorf("dataset: %w", err)
	}
	unlock, err := run.LockFolder(dir, "dataset synth")
	if err != nil {
		return Drawn{}, fmt.Errorf("dataset: %w", err)
	}
	defer unlock()
	lines, err := openDrawing(dir, recipe)
	if err != nil {
		return Drawn{}, err
	}
	run.Sweep(dir, drawnFile.MatchString)
	bar := run.Progress(log, n, "dataset synth")
	defer bar.Close()
	fresh := make([]Caption, n)
	var drawn atomic.Int64
	err = parallel.Each(ctx, n, func(i int) error {
		scene := synth.New(d.Seed, first+uint64(i))
		fresh[i] = d.caption(first+uint64(i), scene.Attributes)
		path := filepath.Join(dir, fresh[i].Name+"."+d.Format)
		if info, err := os.Stat(path); err == nil && info.Size() > 0 {
			bar.Add(1, "")
			return nil
		}
		// A file that is left in its middle is the next run's to sweep.
		_, err := run.Until(ctx, func() (none struct{}, err error) {
			return none, hdr.Write(path, scene.Draw(d.Size.W, d.Size.H), hdr.WriteOptions{Recipe: recipe.String()})
		})
		if err == nil {
			drawn.Add(1)
			bar.Add(1, "")
		}
		return err
	})
	if stopped := bar.Interrupted(ctx, "the same command goes on from there"); stopped != nil {
		return Drawn{}, stopped
	}
	if err != nil {
		return Drawn{}, err
	}
	done := Drawn{Folder: dir, Drawn: int(drawn.Load()), Kept: n - int(drawn.Load())}
	return done, WriteCaptions(filepath.Join(dir, captionsName), append(lines, fresh...))
}

// openDrawing begins a folder, or returns the captions of one that was drawn in
// the same way.
func openDrawing(dir string, recipe run.Recipe) ([]Caption, error) {
	path := filepath.Join(dir, recipeName)
	captions := filepath.Join(dir, captionsName)
	data, err := run.ReadFile(path, longestRecipe)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(captions); err == nil {
			return nil, fmt.Errorf("dataset: %s holds captions of other maps: name another folder", quote.Text(dir))
		}
		return nil, run.WriteJSON(path, recipe)
	}
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	before, err := run.ParseRecipe(string(data))
	if err != nil {
		return nil, fmt.Errorf("dataset: %s: %w", quote.Text(path), err)
	}
	if was, is := drawnWith(before), drawnWith(recipe); was != is {
		return nil, fmt.Errorf("dataset: %s holds maps drawn with %s, want %s: name another folder", quote.Text(dir), quote.Text(was), is)
	}
	text, err := run.ReadFile(captions, longestCaptions)
	if errors.Is(err, fs.ErrNotExist) { // stopped before the end
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return ReadCaptions(bytes.NewReader(text), captions)
}

// drawnWith is what a recipe's maps were drawn with, on one line.
func drawnWith(recipe run.Recipe) string {
	var line bytes.Buffer
	if json.Compact(&line, recipe.Config) != nil {
		return string(recipe.Config)
	}
	return line.String()
}

// drawnFile matches the files that drawing writes.
var drawnFile = regexp.MustCompile(`^(synth-\d+-\d{6,}\.(hdr|exr)|captions\.jsonl|recipe\.json)$`)

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
