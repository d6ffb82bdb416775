package train

import (
	"context"
	"fmt"
	"io"
	named "maps"
	"math"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/internal/run/curves"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/nn/checkpoint"
	"github.com/clipenv/toolkit/pkg/torch"
)

// WiSE is a sweep over blends of a CLIP before and after its fine-tuning, by
// their weights:
//
//	θ(α) = θ(0) + α·(θ(1) − θ(0))
//
// A blend often knows the new domain as well as the fine-tuned model, and has
// forgotten less (Wortsman et al., arXiv:2109.01903).
type WiSE struct {
	Experiment CLIPConfig // of the fine-tuning: From is the model before it, Data the maps that blends are judged on
	Tuned      string     // file of the model after it
	Points     int        // how many α from 0 to 1 are tried, 2 or more
	Alpha      float64    // of the blend that is written; NaN: the one with the greatest mean of both figures
}

// Blend is one α of a sweep and what the model is worth there.
type Blend struct {
	Alpha    float64            `json:"alpha"`
	InDomain float64            `json:"in_domain"` // mean of R@1, R@5 and R@10 both ways, on real maps that are held out, as the VAE gives them back where Experiment has one
	ZeroShot float64            `json:"zero_shot"` // mean of pairs, strange words and denials, on synthetic maps that are held out
	Figures  map[string]float64 `json:"figures"`
	Chosen   bool               `json:"chosen"`
}

// What a sweep leaves in its directory, beside best.safetensors.
const (
	WiSETable   = "table.md"
	WiSEPicture = "wise.png"
)

// Run tries the blends and leaves the chosen one in the directory of r.
func (w WiSE) Run(ctx context.Context, r Run) (blends []Blend, err error) {
	c := w.Experiment
	if err := w.check(); err != nil {
		return nil, err
	}
	recipe, err := r.recipe("wise-ft", w.settings(), c.Train.Seed)
	if err != nil {
		return nil, err
	}
	o := &clipRun{config: c}
	if err := o.loadModels(ctx, r.Device); err != nil {
		return nil, err
	}
	defer o.close()
	start, err := clip.Open(c.From, r.Device)
	if err != nil {
		return nil, err
	}
	defer start.Close()
	before, err := start.Freeze()
	if err != nil {
		return nil, err
	}
	after, err := fromFile(w.Tuned, r.Device, func(f checkpoint.File, d torch.Device) (*clip.Model, error) {
		return clip.LoadOver(f, d, before)
	})
	if err != nil {
		return nil, err
	}
	defer after.Close()
	if fmt.Sprint(before.Config) != fmt.Sprint(after.Config) {
		return nil, fmt.Errorf("train: wise-ft: %s is built otherwise than %s: want the model that was fine-tuned from it", w.Tuned, c.From)
	}
	if recipe.Models, err = c.hashes(); err != nil {
		return nil, err
	}
	tuned, err := CLIPConfig{From: w.Tuned}.hashes()
	if err != nil {
		return nil, err
	}
	recipe.Models = append(recipe.Models, tuned...)
	o.measure()
	if o.maps, err = c.Data.load(ctx, o.size, c.Train.Seed, r.Log); err != nil {
		return nil, err
	}
	if len(o.maps.held) == 0 || len(o.maps.drawn) == 0 {
		return nil, fmt.Errorf("train: wise-ft: %d real maps and %d synthetic ones are held out, want some of each: data.held_out and data.synthetic_held_out", len(o.maps.held), len(o.maps.drawn))
	}
	dir, err := run.Create(r.Output, recipe)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	bar := run.Progress(r.Log, w.Points, "wise-ft")
	defer bar.Close()
	for i := range w.Points {
		if err := bar.Interrupted(ctx, "the same command in another directory begins anew"); err != nil {
			return nil, err
		}
		b, err := o.blend(before.Model, after, float64(i)/float64(w.Points-1))
		if err != nil {
			return nil, err
		}
		blends = append(blends, b)
		bar.Add(1, "alpha %.2f, in-domain %.3f, zero-shot %.3f", b.Alpha, b.InDomain, b.ZeroShot)
		if err := dir.Metrics(i+1, b.row()); err != nil {
			return nil, err
		}
	}
	at := w.choose(blends)
	if at < 0 {
		b, err := o.blend(before.Model, after, w.Alpha)
		if err != nil {
			return nil, err
		}
		at, blends = len(blends), append(blends, b)
	}
	blends[at].Chosen = true
	return blends, o.keepBlend(dir, recipe, before.Model, after, blends, at)
}

// settings are the recipe's.
func (w WiSE) settings() map[string]any {
	return map[string]any{"experiment": w.Experiment, "tuned": w.Tuned, "points": w.Points, "alpha": fmt.Sprint(w.Alpha)}
}

func (w WiSE) check() error {
	c := w.Experiment
	if err := c.Validate(); err != nil {
		return err
	}
	switch {
	case c.From == "":
		return fmt.Errorf("train: wise-ft: from names no model, want the one before the fine-tuning")
	case w.Points < 2 || w.Points > 1000:
		return fmt.Errorf("train: wise-ft: points is %d, want 2 to 1000", w.Points)
	case !math.IsNaN(w.Alpha) && (w.Alpha < 0 || w.Alpha > 1):
		return fmt.Errorf("train: wise-ft: alpha is %v, want 0 (the model before) to 1 (the fine-tuned one)", w.Alpha)
	}
	return nil
}

// choose returns which blend is to be written, −1 where its α is none of the
// sweep's. Of equals the one nearest the model before wins.
func (w WiSE) choose(blends []Blend) int {
	best := 0
	for i, b := range blends {
		if b.Alpha == w.Alpha {
			return i
		}
		if b.InDomain+b.ZeroShot > blends[best].InDomain+blends[best].ZeroShot {
			best = i
		}
	}
	if math.IsNaN(w.Alpha) {
		return best
	}
	return -1
}

// blend puts the weights of an α into the run's model and judges it.
func (o *clipRun) blend(before, after *clip.Model, alpha float64) (b Blend, err error) {
	if err := o.mix(before, after, alpha); err != nil {
		return b, err
	}
	b.Alpha = alpha
	err = torch.Do(o.model.Params.Device(), func(s *torch.Session) {
		s.NoGrad(func() {
			b.Figures, _, err = o.evaluate(s, nil)
			s.Check(err)
		})
	})
	domain := "held_out"
	if o.vae != nil {
		domain = reconstructedHeldOut
	}
	for _, beginning := range []string{mapsR, captionsR} {
		for _, k := range withins {
			b.InDomain += b.Figures[fmt.Sprintf("%s%d_%s", beginning, k, domain)] / float64(2*len(withins))
		}
	}
	for _, beginning := range slices.Sorted(named.Keys(rankings)) { // sums round by their order
		b.ZeroShot += b.Figures[beginning+"synthetic_held_out"] / float64(len(rankings))
	}
	return b, err
}

// mix leaves weights that both models share as they are, to the bit.
func (o *clipRun) mix(before, after *clip.Model, alpha float64) error {
	return torch.Do(o.model.Params.Device(), func(s *torch.Session) {
		s.NoGrad(func() {
			for name, w := range o.model.Params.Each {
				s.Scope(func() {
					from := before.Params.Tensor(s, name)
					w.CopyFrom(from.AddScaled(after.Params.Tensor(s, name).Sub(from), alpha))
				})
			}
		})
	})
}

// keepBlend writes the chosen blend, the table and the picture.
func (o *clipRun) keepBlend(dir *run.Dir, recipe run.Recipe, before, after *clip.Model, blends []Blend, at int) error {
	if err := o.mix(before, after, blends[at].Alpha); err != nil {
		return err
	}
	notes := notes(recipe, blends[at].Figures)
	notes["wise_alpha"] = fmt.Sprint(blends[at].Alpha)
	if err := o.save(dir.Path(bestName), notes); err != nil {
		return err
	}
	write := func(name string, draw func(io.Writer) error) error { return run.WriteFile(dir.Path(name), draw) }
	if err := write(WiSETable, func(w io.Writer) error { _, err := io.WriteString(w, Table(blends)); return err }); err != nil {
		return err
	}
	var points []curves.Spot
	for _, b := range blends {
		points = append(points, curves.Spot{X: b.ZeroShot, Y: b.InDomain, Label: fmt.Sprintf("%.3g", b.Alpha), Strong: b.Chosen})
	}
	return write(WiSEPicture, func(w io.Writer) error {
		return curves.DrawPath(w, "in-domain recall by alpha, from the model before (0) to the fine-tuned one (1)", "zero-shot on synthetic maps, share of 1", points)
	})
}

// row is what a line of metrics.jsonl holds of a blend.
func (b Blend) row() map[string]float64 {
	row := map[string]float64{"alpha": b.Alpha, "in_domain": b.InDomain, "zero_shot": b.ZeroShot}
	for name, v := range b.Figures {
		row[name] = v
	}
	return row
}

// Table is a sweep in Markdown, in shares of 100; the chosen α is bold.
func Table(blends []Blend) string {
	columns := []string{"maps_r1_held_out", "captions_r1_held_out", "pairs_held_out", "strange_held_out", "denied_held_out"}
	out := "| alpha | in-domain recall | zero-shot | R@1 of maps | R@1 of captions | pairs | strange | denials |\n|---|---|---|---|---|---|---|---|\n"
	for _, b := range blends {
		cells := []string{fmt.Sprintf("%.3g", b.Alpha), fmt.Sprintf("%.1f", 100*b.InDomain), fmt.Sprintf("%.1f", 100*b.ZeroShot)}
		for _, name := range columns {
			cells = append(cells, fmt.Sprintf("%.1f", 100*b.Figures[name]))
		}
		if b.Chosen {
			cells[0] = "**" + cells[0] + "**"
		}
		out += "| " + strings.Join(cells, " | ") + " |\n"
	}
	return out
}
