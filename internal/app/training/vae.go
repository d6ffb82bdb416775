package training

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/torch"
)

// VAEMaps are what a VAE makes of maps, or of nothing, to be written to files.
type VAEMaps struct {
	Inputs []string // none to sample, one to reconstruct, two to go between
	Output string   // .hdr, .exr, .png or .jpg; of several maps name-1.exr, name-2.exr …
	Strip  string   // picture of all beside one another (.png, .jpg); "" for none
	Count  int      // of maps, without those reconstructed
	Path   string   // between two: Spherical or Linear
	Seed   int64    // of samples
	Weights
	Force bool // take maps that are no panoramas, and cut light that a file cannot hold
}

// Weights say where a VAE comes from.
type Weights struct {
	VAE    string // its file; "" for the one of Models
	Models string // folder; "" for those inside the program
}

// The ways between two latents.
const (
	Spherical = "spherical"
	Linear    = "linear"
)

// Made is a map that was written.
type Made struct {
	File string  `json:"file"`
	At   float64 `json:"at"` // between the inputs: 0 is the first, 1 the second
}

// Check refuses before the work what could not be written after it.
func (j VAEMaps) Check() error {
	paths := files.NewPlan(j.verb())
	paths.ReadsAgain("the input", j.Inputs...)
	paths.Reads("the model", j.files()...)
	for _, name := range j.names() {
		paths.Writes("--output", name)
	}
	paths.Writes("--strip", j.Strip)
	return paths.Check()
}

func (w Weights) files() []string {
	if w.VAE != "" {
		return []string{w.VAE}
	}
	return app.ModelFiles(w.Models)
}

func (j VAEMaps) verb() string {
	return []string{"vae sample", "vae reconstruct", "vae interpolate"}[len(j.Inputs)]
}

// names are those of the maps, numbered in as many digits as the last takes.
func (j VAEMaps) names() []string {
	if len(j.Inputs) == 1 || len(j.Inputs) == 0 && j.Count == 1 {
		return []string{j.Output}
	}
	ext := filepath.Ext(j.Output)
	digits := len(fmt.Sprint(j.Count))
	var names []string
	for i := range j.Count {
		names = append(names, fmt.Sprintf("%s-%0*d%s", strings.TrimSuffix(j.Output, ext), digits, i+1, ext))
	}
	return names
}

// Run makes the maps and writes them; done, if not nil, is told of each.
func (j VAEMaps) Run(ctx context.Context, s app.Session, done func()) (made []Made, err error) {
	err = s.Worker.Do(ctx, func() error {
		made, err = j.run(ctx, s, done)
		return err
	})
	return made, err
}

func (j VAEMaps) run(ctx context.Context, s app.Session, done func()) ([]Made, error) {
	maps := app.Maps{Verb: j.verb(), Force: j.Force, Talk: s.Talk}
	var inputs []*hdr.Image
	for _, path := range j.Inputs {
		im, err := maps.Read(path)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, im)
	}
	models, g, err := j.Weights.open(s)
	if err != nil {
		return nil, err
	}
	defer models.Close()
	recipe, err := j.recipe(s, inputs, models.Files)
	if err != nil {
		return nil, err
	}
	var outputs []*hdr.Image
	names := j.names()
	made := make([]Made, len(names))
	err = torch.Do(s.Device, func(ts *torch.Session) {
		ts.NoGrad(func() {
			latents := j.latents(ts, g, inputs)
			for i, name := range names {
				ts.Check(ctx.Err())
				var out *hdr.Image
				ts.Scope(func() { out, err = decoded(g, latents(i)) })
				ts.Check(err)
				made[i] = Made{File: name}
				if len(names) > 1 && len(inputs) == 2 {
					made[i].At = float64(i) / float64(len(names)-1)
				}
				outputs = append(outputs, out)
				if done != nil {
					done()
				}
			}
		})
	})
	if err != nil {
		return nil, err
	}
	if err := j.strip(inputs, outputs, made, recipe); err != nil {
		return nil, err
	}
	for i, out := range outputs {
		if app.IsPicture(names[i]) {
			envmap.AgX.Apply(out)
		}
		if err := maps.Write(names[i], out, hdr.WriteOptions{Recipe: recipe.String()}); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// latents gives the latent of map i.
func (j VAEMaps) latents(ts *torch.Session, g *generator.VAE, inputs []*hdr.Image) func(i int) latent.Latent {
	var starts []latent.Latent
	for _, im := range inputs {
		z, err := startOf(ts, g, im)
		ts.Check(err)
		starts = append(starts, z)
	}
	switch len(inputs) {
	case 0:
		ts.Seed(j.Seed)
		return func(int) latent.Latent { return g.Sample(g.Prior(ts, 1)) }
	case 1:
		return func(int) latent.Latent { return starts[0] }
	}
	between := latent.Spherical
	if j.Path == Linear {
		between = latent.Linear
	}
	return func(i int) latent.Latent { return between(starts[0], starts[1], float64(i)/float64(j.Count-1)) }
}

// startOf is the mean of a map's encoding.
func startOf(ts *torch.Session, g *generator.VAE, im *hdr.Image) (latent.Latent, error) {
	w, h := g.Size()
	small, err := envmap.Resize(im, w, h)
	if err != nil {
		return nil, err
	}
	return g.Mean(g.Start(ts.FromFloats(envmap.Planar(small), 1, 3, int64(h), int64(w)))), nil
}

// decoded is the map of a latent.
func decoded(g *generator.VAE, z latent.Latent) (*hdr.Image, error) {
	w, h := g.Size()
	return envmap.FromPlanar(g.Decode(z).Floats(), w, h)
}

// open opens the VAE.
func (w Weights) open(s app.Session) (models *app.Models, g *generator.VAE, err error) {
	if w.VAE == "" {
		models, err = s.OpenNetworks(app.ModelSet{Folder: w.Models})
	} else {
		models, err = s.OpenGenerator(w.VAE)
	}
	if err != nil {
		return nil, nil, err
	}
	g, ok := models.Generator.(*generator.VAE)
	if !ok {
		models.Close()
		return nil, nil, fmt.Errorf("the generator is a %T, want a VAE", models.Generator)
	}
	return models, g, nil
}

func (j VAEMaps) recipe(s app.Session, inputs []*hdr.Image, models []run.File) (run.Recipe, error) {
	config := struct {
		Path  string `json:"path,omitempty"`
		Count int    `json:"count,omitempty"`
	}{j.Path, j.Count}
	recipe, err := s.Recipe(j.verb(), config)
	if err != nil {
		return recipe, err
	}
	recipe.Models = models
	if len(inputs) == 0 {
		recipe.Seed = j.Seed
	}
	if len(inputs) == 1 {
		return recipe, app.FromMap(&recipe, j.Inputs[0], inputs[0])
	}
	for _, path := range j.Inputs {
		file, err := run.HashFile(path)
		if err != nil {
			return recipe, err
		}
		recipe.Inputs = append(recipe.Inputs, file)
	}
	return recipe, nil
}

// strip draws the maps in one row, and the inputs at its ends, all at one
// exposure: that of a map is part of what it means.
func (j VAEMaps) strip(inputs, outputs []*hdr.Image, made []Made, recipe run.Recipe) error {
	if j.Strip == "" {
		return nil
	}
	row, labels := sheetRow{}, []string{}
	for i, out := range outputs {
		row = append(row, out)
		switch len(inputs) {
		case 2:
			labels = append(labels, fmt.Sprintf("%.2f", made[i].At))
		case 1:
			labels = append(labels, "the VAE's")
		default:
			labels = append(labels, fmt.Sprint(i+1))
		}
	}
	if len(inputs) > 0 {
		row, labels = append(sheetRow{inputs[0]}, row...), append([]string{quote.Text(filepath.Base(j.Inputs[0]))}, labels...)
	}
	if len(inputs) == 2 {
		row, labels = append(row, inputs[1]), append(labels, quote.Text(filepath.Base(j.Inputs[1])))
	}
	return row.write(j.Strip, labels, recipe)
}
