package search

import (
	"context"
	"errors"
	"fmt"
	"image"
	"path/filepath"
	"strings"
	"time"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/internal/shelf"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Search finds the maps in folders that are nearest some words.
type Search struct {
	Prompt  string   // an edit's: phrases, with weights or without
	Folders []string // with the folders in them

	// Of the maps, to be read into the index; a shard searches nothing, and
	// needs no prompt. A search without one takes over what shards have read.
	Shard dataset.Shard

	Count  int    // of maps to find, at most
	Output string // picture of those found (.png, .jpg); "" for none
	Models string // folder; "" for those inside the program
	CLIP   string // in place of the folder's (see ModelSet)
}

// Found is what came of a search.
type Found struct {
	Prompt   string       `json:"prompt"`
	Searched int          `json:"searched"` // maps
	Read     int          `json:"read"`     // of them, since they were new or changed
	Found    []FoundMap   `json:"found"`    // the nearest first
	Skipped  []SkippedMap `json:"skipped,omitempty"`
	Warnings []string     `json:"warnings,omitempty"` // why those found may not be what the words say
}

// FoundMap is a map that was found.
type FoundMap struct {
	File   string  `json:"file"`
	Cosine float64 `json:"cosine"` // of the map and the words

	sha256 string
}

// SkippedMap is a file that is no map that can be read.
type SkippedMap struct {
	File string `json:"file"`
	Why  string `json:"why"`
}

// Check refuses before the work what could not be done after it.
func (j Search) Check() error {
	if j.Shard.Of == 0 {
		if _, err := parsePrompt("search", j.Prompt); err != nil {
			return err
		}
	}
	paths := files.NewPlan("search")
	for _, folder := range j.Folders {
		paths.ReadsUnder("a map", folder, app.IsData)
	}
	paths.Reads("the model", app.ModelFiles(j.Models)...)
	paths.Writes("--output", j.Output)
	return paths.Check()
}

// Run brings the index up to date and searches it. begin is told how many maps
// are to be read, done of each; either may be nil. Where ctx ends before the
// last of them, those that were read stay in the index.
func (j Search) Run(ctx context.Context, s app.Session, begin func(maps int), done func()) (r *Found, err error) {
	err = s.Worker.Do(ctx, func() error {
		r, err = j.run(ctx, s, begin, done)
		return err
	})
	return r, err
}

func (j Search) run(ctx context.Context, s app.Session, begin func(maps int), done func()) (*Found, error) {
	var phrases []edit.Phrase
	if j.Shard.Of == 0 {
		var err error
		if phrases, err = parsePrompt("search", j.Prompt); err != nil {
			return nil, err
		}
	}
	r := &Found{Prompt: j.Prompt, Found: []FoundMap{}}
	skip := func(file, why string) {
		s.Tell("search: %s: %s; it is passed over", quote.Text(file), quote.Text(why))
		r.Skipped = append(r.Skipped, SkippedMap{file, why})
	}
	maps, err := shelf.Walk(j.Folders, func(path string, err error) { skip(path, files.Cause(err).Error()) })
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	from, to := j.Shard.Part(len(maps))
	maps = maps[from:to]
	models, clip, err := openSeer(s, app.ModelSet{Folder: j.Models, CLIP: j.CLIP})
	if err != nil {
		return nil, err
	}
	defer models.Close()
	began := time.Now()
	index, err := openShelf(s, clip.Hash(), j.Shard)
	if err != nil {
		return nil, err
	}
	stale, err := index.stale(j.Folders, maps)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	var hits []shelf.Hit
	err = torch.Do(s.Device, func(ts *torch.Session) {
		if len(stale) > 0 && begin != nil {
			begin(len(stale))
		}
		ts.Check(index.read(ctx, ts, clip, stale, skip, &r.Read, done))
		for _, f := range maps {
			if fault := index.Fault(f); fault != "" && !index.told[f.Path] {
				skip(f.Shown, fault)
			}
		}
		if j.Shard.Of == 0 {
			hits, r.Warnings = nearest(ts, clip, index, maps, phrases)
		}
	})
	if err := errors.Join(err, index.save(s)); err != nil {
		return nil, err
	}
	took := time.Since(began)
	if r.Searched = len(maps); j.Shard.Of == 0 {
		r.Searched = len(hits)
	}
	if j.Shard.Of == 0 && len(hits) == 0 {
		return nil, fmt.Errorf("search: %s: no .hdr or .exr file that can be read, want a folder of maps", quote.Text(strings.Join(j.Folders, ", ")))
	}
	s.Tell("search: %s, %d read, in %v", quote.Plural(r.Searched, "map"), r.Read, took.Round(100*time.Microsecond))
	if j.Shard.Of > 0 {
		return r, nil
	}
	for _, h := range hits[:min(len(hits), j.Count)] {
		r.Found = append(r.Found, FoundMap{h.Shown, h.Cosine, h.SHA256})
	}
	return r, j.sheet(ctx, s, r, models.Files)
}

// nearest are the maps by their nearness to the phrases, and what the model does
// not know of these.
func nearest(ts *torch.Session, clip seer, index *opened, maps []shelf.File, phrases []edit.Phrase) (hits []shelf.Hit, doubts []string) {
	var texts []string
	for _, p := range phrases {
		texts = append(texts, p.Text)
	}
	_, doubts, err := readWords(ts, clip, texts)
	ts.Check(err)
	words, err := edit.Embed(ts, clip, phrases)
	ts.Check(err)
	return index.Nearest(maps, words.Floats()), doubts
}

// sheet writes a picture of the maps that were found, each under its cosine and
// name, at the fixed exposure at which CLIP sees them.
func (j Search) sheet(ctx context.Context, s app.Session, r *Found, models []run.File) error {
	if j.Output == "" {
		return nil
	}
	recipe, err := s.Recipe("search", struct {
		Count int `json:"count"`
	}{j.Count})
	if err != nil {
		return err
	}
	recipe.Prompt, recipe.Models = j.Prompt, models
	pictures, labels := make([]image.Image, len(r.Found)), make([]string, len(r.Found))
	for i, f := range r.Found {
		recipe.Inputs = append(recipe.Inputs, run.File{Name: filepath.Base(f.File), SHA256: f.sha256})
		labels[i] = f.File
	}
	if labels, err = files.ShortNames(labels); err != nil { // a label that is too long loses its end
		return err
	}
	for i, f := range r.Found {
		labels[i] = fmt.Sprintf("%.3f %s", f.Cosine, quote.Text(labels[i]))
	}
	err = parallel.Each(ctx, len(r.Found), func(i int) error {
		im, err := hdr.Read(r.Found[i].File)
		if err != nil {
			return err
		}
		small, err := envmap.Resize(im, envmap.ThumbnailWidth, envmap.ThumbnailWidth/2)
		if err != nil {
			return err
		}
		radiance := envmap.Planar(small)
		envmap.PictureRow(radiance, radiance)
		pictures[i] = envmap.Paint(radiance, small.W, small.H)
		return nil
	})
	if err != nil {
		return err
	}
	sheet, err := envmap.Sheet(pictures, labels, sheetColumns)
	if err != nil {
		return err
	}
	return app.WritePicture(j.Output, sheet, recipe)
}

// sheetColumns are of a contact sheet.
const sheetColumns = 4
