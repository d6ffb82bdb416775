package train

import (
	"cmp"
	"context"
	"image"
	"math"

	"github.com/clipenv/toolkit/internal/faults"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/internal/run/curves"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/loss"
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/vae"
	"github.com/clipenv/toolkit/pkg/view"
)

// VAEConfig is the experiment `toolkit train-vae` runs.
type VAEConfig struct {
	Model vae.Config `yaml:"model" json:"model"`
	Data  Data       `yaml:"data" json:"data"`
	Train Loop       `yaml:"train" json:"train"`

	Beta       float64 `yaml:"beta" json:"beta"`               // weight of the KL divergence, which is summed over the latent
	PCASamples int     `yaml:"pca_samples" json:"pca_samples"` // augmented maps whose principal components the linear path starts from; 0: random start
}

// DefaultVAE is the mini model's experiment, without any real maps.
var DefaultVAE = VAEConfig{
	Model: vae.Default,
	Data: Data{
		RealShare: .5, Synthetic: 3000, SyntheticHeldOut: 64, SyntheticSeed: 1,
		RealAugmentation:      dataset.Augmentation{Stops: .5, WhiteBalance: .05, HorizonMix: .3},
		SyntheticAugmentation: dataset.Augmentation{Stops: .32, WhiteBalance: .03, HorizonMix: .1},
	},
	Train: Loop{
		Steps: 2000, Batch: 16, LearningRate: 1e-3, FinalRate: .02, Warmup: 50, Hold: .35,
		Beta2: .98, ClipNorm: 1, Precision: F32, Graphs: GraphsAuto, EvaluateEvery: 200, SaveEvery: 200,
	},
	Beta: 2e-6, PCASamples: 4096,
}

// Validate reports every field that is wrong.
func (c VAEConfig) Validate() error {
	var found faults.List
	found.Add(c.Model.Validate())
	found.Add(c.Data.Validate())
	found.Add(c.Train.Validate())
	found.Check(c.Beta >= 0, "beta is %v, want 0 or more", c.Beta)
	found.Check(c.PCASamples == 0 || c.PCASamples >= int(c.Model.Latent) && c.Model.Linear != 0,
		"pca_samples is %d, want 0, or at least the latent's %d and a model with a linear path", c.PCASamples, c.Model.Latent)
	return found.Err()
}

// vaeRun trains a VAE.
type vaeRun struct {
	config VAEConfig
	model  *vae.Model
	maps   maps
}

// TrainVAE trains from the beginning or from the last checkpoint, and returns
// the figures of the best model, best.safetensors.
func TrainVAE(ctx context.Context, c VAEConfig, r Run) (map[string]float64, error) {
	if err := cmp.Or(c.Validate(), c.Train.divides(r.Peers.Size())); err != nil {
		return nil, err
	}
	defer c.Train.rounding()()
	recipe, err := r.recipe("train-vae", c, c.Train.Seed)
	if err != nil {
		return nil, err
	}
	size := dataset.Size{W: int(c.Model.Width()), H: int(c.Model.Height)}
	data, err := r.load(ctx, c.Data, size, c.Train.Seed)
	if err != nil {
		return nil, err
	}
	model, err := vae.New(c.Model, r.Device, c.Train.Seed)
	if err != nil {
		return nil, err
	}
	defer model.Close()
	return start(ctx, &vaeRun{config: c, model: model, maps: data}, c.Train, beginning{r, recipe})
}

func (o *vaeRun) begin(ctx context.Context, s *torch.Session) error {
	if o.config.PCASamples == 0 {
		return nil
	}
	return o.startFromPCA(ctx, s)
}

func (o *vaeRun) sampler() *dataset.Sampler { return &o.maps.sampler }

// startFromPCA sets the linear path from as many augmented maps as configured,
// taken in chunks: at full size they would not fit.
func (o *vaeRun) startFromPCA(ctx context.Context, s *torch.Session) error {
	s.Seed(o.config.Train.Seed)
	const chunk = 64
	var parts []torch.Tensor
	s.NoGrad(func() {
		for k := 0; k*chunk < o.config.PCASamples; k++ {
			s.Check(ctx.Err())
			n := min(chunk, o.config.PCASamples-k*chunk)
			// Batches of negative number are no step's.
			b := o.maps.sampler.Batch(-1-k, n)
			parts = append(parts, o.model.LinearInput(o.code(s, b.Radiance)))
		}
	})
	return o.model.StartFromPCA(torch.Cat(0, parts...))
}

func (o *vaeRun) code(s *torch.Session, radiance []float32) torch.Tensor {
	return view.Code(o.radiance(s, radiance), o.config.Model.Coding)
}

func (o *vaeRun) radiance(s *torch.Session, radiance []float32) torch.Tensor {
	c := o.config.Model
	n := int64(len(radiance)) / (3 * c.Height * c.Width())
	return s.FromFloats(radiance, n, 3, c.Height, c.Width())
}

func (o *vaeRun) params() *nn.Params { return o.model.Params }

// groups lets the linear path and the heads, which begin where they should be,
// move less than the convolutions.
func (o *vaeRun) groups() []optim.Group {
	if o.config.PCASamples == 0 {
		return nil
	}
	var groups []optim.Group
	for _, scope := range []string{"encoder.analysis", "decoder.synthesis", "mu"} {
		groups = append(groups, optim.Group{Scope: scope, RateScale: .02, WeightDecay: 0})
	}
	for _, scope := range []string{"encoder.fc", "decoder.fc", "logvar"} {
		groups = append(groups, optim.Group{Scope: scope, RateScale: .2, WeightDecay: 0})
	}
	return groups
}

// parts are independent of one another: each term is a mean over the maps.
func (o *vaeRun) parts(b batch) []batch { return b.split(o.config.Train.MicroBatch) }

// inputs are the maps, radiance, and the noise of their latents.
func (o *vaeRun) inputs(s *torch.Session, b batch) []torch.Tensor {
	noise := s.Randn(int64(b.of), o.config.Model.Latent).Narrow(0, int64(b.first), int64(b.len()))
	return []torch.Tensor{o.radiance(s, b.Radiance), noise}
}

func (o *vaeRun) loss(s *torch.Session, _ batch, inputs []torch.Tensor) outcome {
	code, noise := view.Code(inputs[0], o.config.Model.Coding), inputs[1]
	var mean, logvar, again torch.Tensor
	o.config.Train.networks(s, func() {
		mean, logvar = o.model.Heads(o.model.Encode(code))
		mean, logvar = mean.To(torch.Float32), logvar.To(torch.Float32)
		again = o.model.Decode(vae.Sample(mean, logvar, noise)).To(torch.Float32)
	})
	return outcome{terms: []term{
		{"reconstruction", 1, loss.Reconstruction(o.picture(again), o.picture(code), again, code, loss.Latitude(s, o.config.Model.Height))},
		{"kl", o.config.Beta, loss.KL(mean, logvar).Mean()},
	}}
}

func (o *vaeRun) picture(code torch.Tensor) (picture torch.Tensor) {
	defer code.Tidy(&picture)()

	return view.Picture(view.Radiance(code, o.config.Model.Coding))
}

// evaluate returns the PSNR of pictures, weighed over the sphere, in dB: the
// mean over real held-out maps, drawn ones, and some that are trained on. The
// real ones decide; without any, the drawn ones.
func (o *vaeRun) evaluate(s *torch.Session, dir *run.Dir) (map[string]float64, float64, error) {
	figures := map[string]float64{}
	for _, set := range o.maps.looks() {
		if len(set.maps) > 0 {
			figures["psnr_"+set.name] = o.psnr(s, set.maps)
		}
	}
	score, ok := figures["psnr_held_out"]
	if !ok {
		score = figures["psnr_synthetic_held_out"]
	}
	return figures, score, o.drawSamples(s, dir)
}

func (o *vaeRun) psnr(s *torch.Session, set []dataset.Map) float64 {
	var sum float64
	for _, m := range set {
		s.Scope(func() {
			code := o.code(s, m.Radiance())
			off := o.picture(o.model.Reconstruct(code)).Sub(o.picture(code)).Square().Mul(loss.Latitude(s, o.config.Model.Height))
			sum += -10 * math.Log10(off.Mean().Item())
		})
	}
	return sum / float64(len(set))
}

// drawSamples leaves a sheet of held-out maps, each above its reconstruction.
func (o *vaeRun) drawSamples(s *torch.Session, dir *run.Dir) error {
	set := o.maps.held
	if len(set) == 0 {
		set = o.maps.drawn
	}
	var pictures []image.Image
	var labels []string
	for _, m := range set[:min(len(set), 12)] {
		s.Scope(func() {
			code := o.code(s, m.Radiance())
			both := torch.Cat(2, o.picture(code), o.picture(o.model.Reconstruct(code)))
			pictures = append(pictures, envmap.Paint(both.Floats(), int(o.config.Model.Width()), 2*int(o.config.Model.Height)))
		})
		labels = append(labels, m.Name)
	}
	return writeSheet(dir.Path("reconstructions.png"), pictures, labels)
}

func (o *vaeRun) offers() []string { return figureNames(o.maps.looks(), []string{"psnr_"}) }

func (o *vaeRun) doubts(map[string]float64) []string { return nil }

func (o *vaeRun) heldOut() curves.HeldOut {
	return o.maps.curves("psnr_", "PSNR over the sphere, dB")
}

func (o *vaeRun) save(path string, notes map[string]string) error {
	return o.model.Save(path, torch.Float16, notes)
}
