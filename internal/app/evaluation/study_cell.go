package evaluation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/clipenv/toolkit/internal/app"
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

// key names a cell by all that its outcome depends on.
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
		Others    map[string]string
		Settings  edit.Config
		Words     string
		Maps      []string // hashes
		Names     []string
	}{Format: evaluate.OutcomeFormat, Libtorch: e.recipe.Versions.Libtorch, Device: e.recipe.Device, Threads: e.recipe.Threads, TF32: e.recipe.TF32,
		Generator: e.models.Generator.Hash(), CLIP: e.clip(t.CLIP).Hash(), Others: map[string]string{}, Settings: settings, Words: t.Words}
	if e.models.Judge != nil {
		depends.Judge = e.models.Judge.Hash()
	}
	for _, o := range e.clips {
		depends.Others[o.name] = o.Hash()
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
	return o, e.keep(o, x)
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

// look adds what every CLIP, and the judge, makes of the maps.
func (e *Study) look(device torch.Device, t evaluate.Trial, x *edited) error {
	w, h := e.models.Generator.Size()
	note := func(m edit.Encoder, before, after string) error {
		for name, maps := range map[string][]*hdr.Image{before: x.start, after: x.end} {
			cosines, err := edit.Score(device, m, maps, w, h, t.Words)
			if err != nil {
				return err
			}
			for k, v := range cosines {
				x.figures[k][name] = v
			}
		}
		return nil
	}
	if e.models.Judge != nil {
		if err := note(e.models.Judge, evaluate.JudgeBefore, evaluate.JudgeAfter); err != nil {
			return err
		}
	}
	optimised := e.clip(t.CLIP)
	for _, o := range e.clips {
		before, after := evaluate.ByOther(o.name)
		if o.name == optimised.name {
			before, after = evaluate.ClipBefore, evaluate.ClipAfter
		}
		if err := note(o.Encoder, before, after); err != nil {
			return err
		}
	}
	return nil
}
