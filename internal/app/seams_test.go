package app_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/app/editing"
	"github.com/clipenv/toolkit/internal/app/evaluation"
	"github.com/clipenv/toolkit/internal/app/training"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/edit/edittest"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/metric"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/train"
)

// room is where the seams are tried: a folder of models of new kinds, with their
// bank, and a grey map.
type room struct {
	models, grey, settings string
	session                app.Session
}

func newRoom(t *testing.T) room {
	folder := t.TempDir()
	t.Setenv("TOOLKIT_CACHE", filepath.Join(folder, "cache"))
	r := room{filepath.Join(folder, "models"), filepath.Join(folder, "grey.hdr"), filepath.Join(folder, "edit.yaml"), app.Session{Device: torch.CPU, Talk: io.Discard}}
	if err := os.Mkdir(r.models, 0o755); err != nil {
		t.Fatal(err)
	}
	sky, encoder := app.Register(t, edittest.EvenSky{}, edittest.Red{})
	none := func(func(string, torch.Tensor) bool) {}
	must(t, sky.Write(filepath.Join(r.models, "vae.safetensors"), none, torch.Float32, nil, nil))
	must(t, encoder.Write(filepath.Join(r.models, "clip.safetensors"), none, torch.Float32, nil, nil))
	grey := hdr.New(32, 16)
	for i := range grey.Pix {
		grey.Pix[i] = .3
	}
	must(t, hdr.Write(r.grey, grey, hdr.WriteOptions{}))
	must(t, os.WriteFile(r.settings, []byte("variable: "+edit.Whole+"\nsteps: 5\nneighbours: 1\nviews: 0\n"), 0o644))
	bank := training.Bank{Models: r.models, Data: train.Data{Synthetic: 3}}
	if n, err := bank.Run(context.Background(), r.session, func(int) {}, func() error { return nil }); err != nil || n != 3 {
		t.Fatalf("got a bank of %d maps (%v), want 3", n, err)
	}
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// edit edits the grey map, and returns what its log holds too.
func (r room) edit(t *testing.T) (done *editing.Edited, steps []edit.Step, metrics string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "red.hdr")
	settings, keys, err := app.ReadSettings(r.settings, "")
	must(t, err)
	settings, err = app.Settle(settings, keys)
	must(t, err)
	job := editing.Edit{Input: r.grey, Output: out, Prompt: "red", Settings: settings, Models: r.models, Log: out + ".log"}
	must(t, job.Check())
	done, err = job.Run(context.Background(), r.session, func(s edit.Step) { steps = append(steps, s) })
	must(t, err)
	text, err := os.ReadFile(filepath.Join(job.Log, "metrics.jsonl"))
	must(t, err)
	return done, steps, string(text)
}

// evaluate edits the grey map in a grid of one, and returns the rows too.
func (r room) evaluate(t *testing.T) (report *evaluation.Report, metrics string) {
	t.Helper()
	job := evaluation.Evaluation{Settings: []string{r.settings}, Maps: []string{r.grey}, Prompts: []string{"red"}, Models: r.models, Output: filepath.Join(t.TempDir(), "out")}
	must(t, job.Name())
	report, err := job.Run(context.Background(), r.session, nil, nil)
	must(t, err)
	text, err := os.ReadFile(filepath.Join(job.Output, "metrics.jsonl"))
	must(t, err)
	return report, string(text)
}

// A new generator is its own file and its line among the kinds.
func TestANewGenerator(t *testing.T) {
	r := newRoom(t)
	done, _, _ := r.edit(t)
	if f := done.Figures; done.Generator != "even sky" || !(f["clip_after"] > f["clip_before"]) {
		t.Errorf("edited through %q, similarity %v to %v: want it nearer through the even sky", done.Generator, f["clip_before"], f["clip_after"])
	}
	report, metrics := r.evaluate(t)
	if !strings.Contains(report.Table, "| even sky |") || report.Cells[0].Generator != "even sky" || !strings.Contains(metrics, `"generator":"even sky"`) {
		t.Errorf("want the even sky in the table, the cells and the rows:\n%s%v\n%s", report.Table, report.Cells, metrics)
	}
}

// A new term of the loss is its function and its line in edit.Terms.
func TestANewTerm(t *testing.T) {
	r := newRoom(t)
	t.Cleanup(func(all []edit.Term) func() { return func() { edit.Terms = all } }(edit.Terms))
	edit.Terms = append(slices.Clone(edit.Terms), edit.Term{
		Name: "greenness", Weight: func(edit.Config) float64 { return .125 },
		Of: func(x edit.Sight) torch.Tensor { return x.Radiance.Narrow(1, 1, 1).Mean(1, 2, 3) },
	})
	_, steps, metrics := r.edit(t)
	last := steps[len(steps)-1].Terms
	if got := last[len(last)-1]; got.Name != "greenness" || got.Weight != .125 || !(got.Mean > 0) {
		t.Errorf("got %+v as the last term, want greenness", got)
	}
	if n := strings.Count(metrics, `"greenness_weight":0.125`); n != len(steps) {
		t.Errorf("%d of %d rows have the term's weight:\n%s", n, len(steps), metrics)
	}
}

// A new figure is its function and its line in metric.All.
func TestANewFigure(t *testing.T) {
	r := newRoom(t)
	t.Cleanup(func(all []metric.Metric) func() { return func() { metric.All = all } }(metric.All))
	metric.All = append(slices.Clone(metric.All), metric.Metric{
		Name: "first_red", Column: "first texel's red", Format: "%.2f", Meaning: "red of the first texel",
		State: func(x metric.Side) (float64, error) { return float64(x.Pix[0]), nil },
	})
	done, _, _ := r.edit(t)
	before, after := done.Figures["first_red_before"], done.Figures["first_red_after"]
	report, metrics := r.evaluate(t)
	for what, text := range map[string]string{"| first texel's red |": report.Table, fmt.Sprintf("| %.2f → %.2f |", before, after): report.Table, `"first_red_after":`: metrics} {
		if !strings.Contains(text, what) {
			t.Errorf("want %q in\n%s", what, text)
		}
	}
}
