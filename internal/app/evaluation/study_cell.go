package evaluation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/evaluate"
	"github.com/clipenv/toolkit/pkg/figures"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/metric"
	"github.com/clipenv/toolkit/pkg/torch"
)

// batched tells whether the maps of a cell are optimised together.
func batched(c edit.Config) bool { return c.Mode == edit.Paper && c.OutputMode == edit.Decoded }

// key names a cell by all that its edits depend on. The CLIPs that only look at them
// are no part of it: a cell says which did, and others look at the maps it keeps.
func (e *Study) key(i int) (string, error) {
	t := e.cells[i].Trial
	settings := e.settingsOf(t)
	depends := struct {
		Format    int
		Libtorch  string
		Device    string
		Threads   int
		TF32      bool `json:",omitempty"`
		Generator string
		Bank      string
		CLIP      string
		Judge     string
		Settings  edit.Config
		Words     string
		Maps      []string // hashes
		Names     []string
	}{Format: evaluate.OutcomeFormat, Libtorch: e.recipe.Versions.Libtorch, Device: e.recipe.Device, Threads: e.recipe.Threads, TF32: e.recipe.TF32,
		Generator: e.models.Generator.Hash(), CLIP: e.clip(t.CLIP).Hash(), Settings: settings, Words: t.Words}
	if e.models.Judge != nil {
		depends.Judge = e.models.Judge.Hash()
	}
	if settings.Mode == edit.Guided {
		for _, f := range e.models.Files {
			if f.Name == app.BankName {
				depends.Bank = f.SHA256
			}
		}
	}
	for _, m := range e.ofTrial(t.Maps) {
		depends.Maps, depends.Names = append(depends.Maps, m.file.SHA256), append(depends.Names, m.name)
	}
	text, err := json.Marshal(depends)
	if err != nil {
		return "", fmt.Errorf("evaluate: %s: %w", t.Name(), err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12]), nil
}

// edited are the maps of a cell, before and after, at the generator's size.
type edited struct {
	start, end []*hdr.Image // what the optimisation begins with, and its output
	curve      []float64
	figures    []figures.Map
}

// cell makes one cell and keeps it.
func (e *Study) cell(ctx context.Context, s app.Session, i int) (*evaluate.Outcome, error) {
	t := e.cells[i].Trial
	maps := e.ofTrial(t.Maps)
	models, err := e.ofCLIP(ctx, s, t)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	var x *edited
	if settings := e.settingsOf(t); batched(settings) {
		x, err = e.together(ctx, s.Device, models, maps, t.Words, settings)
	} else {
		x, err = e.oneByOne(ctx, s.Device, models, maps, t.Words, settings)
	}
	if err != nil {
		return nil, err
	}
	o := &evaluate.Outcome{
		Format: evaluate.OutcomeFormat, Key: e.keys[i], CLIP: t.CLIP, Combination: t.Way.Name, Words: t.Words, Seed: t.Seed,
		Made: s.Versions.Toolkit, Seconds: time.Since(began).Seconds(), Curve: x.curve,
		Figures: figures.Map{evaluate.DiversityBefore: evaluate.Diversity(x.start), evaluate.DiversityAfter: evaluate.Diversity(x.end)},
	}
	if err := e.look(s.Device, t, x); err != nil {
		return nil, err
	}
	for k, m := range maps {
		o.Maps = append(o.Maps, evaluate.MapOutcome{Map: m.name, Figures: x.figures[k]})
	}
	if err := e.keep(o, x); err != nil {
		return nil, err
	}
	return o, e.lookOn(s.Device, i, o)
}

// ofCLIP are the models with the CLIP of a trial, and a bank as it sees it.
func (e *Study) ofCLIP(ctx context.Context, s app.Session, t evaluate.Trial) (edit.Models, error) {
	looksUp := func() (bool, error) {
		for _, m := range e.ofTrial(t.Maps) {
			if needs, err := edit.NeedsBank(m.image, e.settingsOf(t)); needs || err != nil {
				return needs, err
			}
		}
		return false, nil
	}
	return e.models.With(ctx, s, e.clip(t.CLIP).Encoder, t.CLIP, looksUp)
}

// together inverts all maps as one batch.
func (e *Study) together(ctx context.Context, device torch.Device, models edit.Models, maps []studyMap, words string, c edit.Config) (*edited, error) {
	r, err := edit.InvertMaps(ctx, device, models, imagesOf(maps), words, c, nil)
	if err != nil {
		return nil, err
	}
	x := &edited{start: r.Start, end: r.End, curve: r.Curve}
	for k := range maps {
		x.figures = append(x.figures, metric.Measure(metric.Edit{Input: r.Start[k], Output: r.End[k]}))
	}
	return x, nil
}

// oneByOne edits each map as toolkit edit does.
func (e *Study) oneByOne(ctx context.Context, device torch.Device, models edit.Models, maps []studyMap, words string, c edit.Config) (*edited, error) {
	x := &edited{}
	w, h := models.Generator.Size()
	for _, m := range maps {
		r, err := edit.Run(ctx, device, models, m.image, words, c, nil)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		for _, one := range []struct {
			from *hdr.Image
			to   *[]*hdr.Image
		}{{m.image, &x.start}, {r.Output, &x.end}} {
			small, err := envmap.Resize(one.from, w, h)
			if err != nil {
				return nil, err
			}
			*one.to = append(*one.to, small)
		}
		x.figures = append(x.figures, metric.Measure(metric.Edit{Input: m.image, Output: r.Output}))
	}
	return x, nil
}

// look adds what the CLIP of a trial, and the judge, make of the maps.
func (e *Study) look(device torch.Device, t evaluate.Trial, x *edited) error {
	if e.models.Judge != nil {
		if err := e.score(device, e.models.Judge, x, t.Words, evaluate.JudgeBefore, evaluate.JudgeAfter); err != nil {
			return err
		}
	}
	return e.score(device, e.clip(t.CLIP).Encoder, x, t.Words, evaluate.ClipBefore, evaluate.ClipAfter)
}

// lookOn has the CLIPs that took no part look at a finished cell, those that have not
// yet, and forgets those that the experiment does not list. They see the maps that the
// cell keeps: it does not matter when they look.
func (e *Study) lookOn(device torch.Device, i int, o *evaluate.Outcome) error {
	lookers := map[string]namedEncoder{}
	hashes := map[string]string{}
	for _, c := range e.clips {
		if c.name != e.clip(e.cells[i].Trial.CLIP).name {
			lookers[c.name], hashes[c.name] = c, c.Hash()
		}
	}
	missing := o.LookedAtBy(hashes)
	if missing == nil {
		return nil
	}
	x := &edited{}
	for k := range o.Maps {
		x.figures = append(x.figures, o.Maps[k].Figures)
	}
	if len(missing) > 0 {
		var err error
		if x.start, x.end, err = e.pictures(i, len(o.Maps)); err != nil {
			return err
		}
	}
	for _, name := range missing {
		before, after := evaluate.ByOther(name)
		if err := e.score(device, lookers[name].Encoder, x, o.Words, before, after); err != nil {
			return err
		}
	}
	return run.WriteJSON(e.dir.Path(filepath.Join(cellsName, o.Key, outcomeName)), o)
}

// score adds the cosines of the maps with the words, by one CLIP.
func (e *Study) score(device torch.Device, m edit.Encoder, x *edited, words, before, after string) error {
	w, h := e.models.Generator.Size()
	for name, maps := range map[string][]*hdr.Image{before: x.start, after: x.end} {
		cosines, err := edit.Score(device, m, maps, w, h, words)
		if err != nil {
			return err
		}
		for k, v := range cosines {
			x.figures[k][name] = v
		}
	}
	return nil
}
