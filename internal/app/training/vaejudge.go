package training

import (
	"context"
	"fmt"
	"math"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/config"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/metric"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/train"
	"github.com/clipenv/toolkit/pkg/vae"
	"github.com/clipenv/toolkit/pkg/view"
)

// VAEJudgement holds what a VAE makes of maps against the maps, and against what
// principal components of the same number make of them.
type VAEJudgement struct {
	Weights
	Experiment train.VAEConfig // whose data the maps are of
}

// ReadVAEJudgement takes the experiment from a file of train-vae's, under the
// overrides.
func ReadVAEJudgement(path string, o Overrides) (VAEJudgement, error) {
	experiment, err := config.Read(path, train.DefaultVAE, func(train.VAEConfig) error { return nil })
	o.apply(&experiment.Train, &experiment.Data)
	return VAEJudgement{Experiment: experiment}, err
}

// Assign puts an assignment, as in "pca_samples=512", in place of the file's.
// Its error is one of a wrong command line.
func (j *VAEJudgement) Assign(assignment string) error {
	_, err := config.Set(&j.Experiment, assignment)
	return err
}

// Judged is what came of a judgement.
type Judged struct {
	Latent  int64       `json:"latent"` // how many numbers a map becomes, of both
	Width   int         `json:"width"`  // of the maps, in texels
	Height  int         `json:"height"`
	Samples int         `json:"pca_samples"` // augmented maps that PCA is of
	PCASize [2]int      `json:"pca_size"`    // at which it sees them, in texels: width, height
	Sets    []JudgedSet `json:"sets"`
}

// JudgedSet is one set of maps through one model.
type JudgedSet struct {
	Set   string         `json:"set"`   // held_out, synthetic_held_out, trained
	Label string         `json:"label"` // to a reader
	Model string         `json:"model"` // vae or pca
	Mean  metric.Figures `json:"mean"`  // over the maps that have the figure
	Maps  []JudgedMap    `json:"maps"`
}

// JudgedMap is one map through one model.
type JudgedMap struct {
	Name    string         `json:"name"`
	Figures metric.Figures `json:"figures"`
}

// VAEFigures are the figures of a judgement, by their names in package metric,
// in the order of tables.
var VAEFigures = []struct{ Name, Head, Format string }{
	{"psnr", "PSNR", "%.2f"},
	{"ws_psnr", "WS-PSNR", "%.2f"},
	{"pu21_psnr", "PU21-PSNR", "%.2f"},
	{"ws_ssim", "SSIM", "%.3f"},
	{"pu21_ssim", "PU21-SSIM", "%.3f"},
	{"seam_before", "DS of the map", "%.2f"},
	{"seam_after", "DS", "%.2f"},
	{"irradiance_drift", "irradiance drift", "%.3f"},
}

// pcaSeed draws the directions that the principal components are sought from.
const pcaSeed = 1

// Run judges; begin is told how many reconstructions there will be, done of
// each.
func (j VAEJudgement) Run(ctx context.Context, s app.Session, begin func(maps int), done func()) (r *Judged, err error) {
	err = s.Worker.Do(ctx, func() error {
		r, err = j.run(ctx, s, begin, done)
		return err
	})
	return r, err
}

func (j VAEJudgement) run(ctx context.Context, s app.Session, begin func(maps int), done func()) (*Judged, error) {
	models, g, err := j.Weights.open(s)
	if err != nil {
		return nil, err
	}
	defer models.Close()
	w, h := g.Size()
	size := dataset.Size{W: w, H: h}
	sets, err := j.Experiment.Data.Sets(ctx, size, j.Experiment.Train.Seed, s.Talk)
	if err != nil {
		return nil, err
	}
	config := g.Config()
	samples := max(j.Experiment.PCASamples, int(config.Latent))
	pca, err := components(ctx, s, config, sets.Sampler, samples)
	if err != nil {
		return nil, err
	}
	defer pca.Close()
	total := 0
	for _, l := range sets.Looks {
		total += 2 * len(l.Maps)
	}
	begin(total)
	linear := int(pca.Config().Linear)
	r := &Judged{Latent: config.Latent, Width: w, Height: h, Samples: samples, PCASize: [2]int{w / linear, h / linear}}
	for _, look := range sets.Looks {
		for _, m := range []struct {
			name string
			g    *generator.VAE
		}{{"vae", g}, {"pca", pca}} {
			set := JudgedSet{Set: look.Name, Label: look.Label, Model: m.name}
			err := torch.Do(s.Device, func(ts *torch.Session) {
				ts.NoGrad(func() {
					for _, one := range look.Maps {
						ts.Check(ctx.Err())
						figures, err := judge(ts, m.g, one)
						ts.Check(err)
						set.Maps = append(set.Maps, JudgedMap{one.Name, figures})
						done()
					}
				})
			})
			if err != nil {
				return nil, err
			}
			set.Mean = means(set.Maps)
			r.Sets = append(r.Sets, set)
		}
	}
	return r, nil
}

// components is PCA of the VAE's own size, taken of maps as the VAE is trained
// on them.
func components(ctx context.Context, s app.Session, c vae.Config, sampler dataset.Sampler, samples int) (*generator.VAE, error) {
	m, err := vae.NewPCA(c, s.Device, samples)
	if err != nil {
		return nil, err
	}
	s.Tell("vae evaluate: the principal components of %d maps, as a VAE is trained on them", samples)
	err = torch.Do(s.Device, func(ts *torch.Session) {
		ts.Seed(pcaSeed)
		const chunk = 64
		var parts []torch.Tensor
		ts.NoGrad(func() {
			for k := 0; k*chunk < samples; k++ {
				ts.Check(ctx.Err())
				n := min(chunk, samples-k*chunk)
				b := sampler.Batch(-1-k, n) // batches of negative number are no step's
				radiance := ts.FromFloats(b.Radiance, int64(n), 3, c.Height, c.Width())
				parts = append(parts, m.LinearInput(view.Code(radiance, c.Coding)))
			}
			ts.Check(m.StartFromPCA(torch.Cat(0, parts...)))
		})
	})
	if err != nil {
		m.Close()
		return nil, err
	}
	g, err := generator.NewVAE(m)
	if err != nil {
		m.Close()
	}
	return g, err
}

// judge measures the reconstruction of a map against the map at the VAE's size.
func judge(ts *torch.Session, g *generator.VAE, one dataset.Map) (metric.Figures, error) {
	radiance := one.Radiance()
	before, err := envmap.FromPlanar(radiance, one.Size.W, one.Size.H)
	if err != nil {
		return nil, err
	}
	var after *hdr.Image
	ts.Scope(func() {
		start := g.Start(ts.FromFloats(radiance, 1, 3, int64(one.Size.H), int64(one.Size.W)))
		after, err = decoded(g, g.Mean(start))
	})
	if err != nil {
		return nil, err
	}
	all := metric.Measure(metric.Edit{Input: before, Output: after})
	figures := metric.Figures{}
	for _, f := range VAEFigures {
		v, ok := all[f.Name]
		if !ok {
			return nil, fmt.Errorf("%s: no figure is called %s", one.Name, f.Name)
		}
		figures[f.Name] = v
	}
	return figures, nil
}

// means are the means over the maps that have each figure; NaN where none has.
func means(maps []JudgedMap) metric.Figures {
	sum, n := metric.Figures{}, map[string]float64{}
	for _, m := range maps {
		for name, v := range m.Figures {
			if !math.IsNaN(v) {
				sum[name] += v
				n[name]++
			}
		}
	}
	for _, m := range maps[:min(1, len(maps))] {
		for name := range m.Figures {
			sum[name] /= n[name]
		}
	}
	return sum
}
