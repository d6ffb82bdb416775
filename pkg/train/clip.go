package train

import (
	"cmp"
	"context"
	named "maps"
	"math/rand/v2"
	"slices"

	"github.com/clipenv/toolkit/internal/faults"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/internal/run/curves"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/clip/bpe"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/dist"
	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/nn/checkpoint"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/vae"
	"github.com/clipenv/toolkit/pkg/view"
)

// CLIPConfig is the experiment `toolkit finetune-clip` runs.
type CLIPConfig struct {
	Model clip.Config `yaml:"model" json:"model"` // of a new model; one from a file has its own
	From  string      `yaml:"from" json:"from"`   // model to begin with, a name, a file or a folder (clip.Open); none: from scratch
	Delta bool        `yaml:"delta" json:"delta"` // what is saved holds only the weights that differ from it
	Data  Data        `yaml:"data" json:"data"`
	Train Loop        `yaml:"train" json:"train"`

	Freeze     []string `yaml:"freeze,flow" json:"freeze,omitempty"` // what does not learn: image, text, or the beginnings of weights' names
	LayerDecay float64  `yaml:"layer_decay" json:"layer_decay"`      // the rate of a layer over that of the one above it

	WordNoise          float64 `yaml:"word_noise" json:"word_noise"`                   // deviation of the noise on word vectors, of which each number is near .07; for a text tower of words
	VAE                string  `yaml:"vae" json:"vae"`                                 // model file whose reconstructions are trained on; none: the maps themselves
	ReconstructedShare float64 `yaml:"reconstructed_share" json:"reconstructed_share"` // of a batch
}

// DefaultCLIP is the mini model's experiment, without any real maps.
var DefaultCLIP = CLIPConfig{
	Model: clip.Mini,
	Data: Data{
		RealShare: .125, Synthetic: 3000, SyntheticHeldOut: 256, SyntheticSeed: 1,
		RealAugmentation:      dataset.Augmentation{Stops: .41, WhiteBalance: .03},
		SyntheticAugmentation: dataset.Augmentation{Stops: .41, WhiteBalance: .03},
	},
	LayerDecay: 1,
	Train: Loop{
		Steps: 1500, Batch: 64, LearningRate: 1e-3, FinalRate: .02, Warmup: 80,
		Beta2: .98, WeightDecay: .02, ClipNorm: 1, Precision: F32, Graphs: GraphsAuto, EvaluateEvery: 250, SaveEvery: 250,
	},
}

// Validate reports every field that is wrong.
func (c CLIPConfig) Validate() error {
	var found faults.List
	check := found.Check
	found.Add(c.Data.Validate())
	found.Add(c.Train.Validate())
	if c.From == "" {
		found.Add(c.Model.Validate())
	}
	check(c.ReconstructedShare >= 0 && c.ReconstructedShare <= 1, "reconstructed_share is %v, want 0 to 1", c.ReconstructedShare)
	check(!c.Delta || c.From != "", "delta is true, and from names no model, want one from which what is saved differs")
	check(c.LayerDecay > 0 && c.LayerDecay <= 1, "layer_decay is %v, want more than 0, at most 1 (all layers alike)", c.LayerDecay)
	check(c.WordNoise >= 0 && c.WordNoise <= 1, "word_noise is %v, want 0 to 1", c.WordNoise)
	check((c.VAE == "") == (c.ReconstructedShare == 0), "vae is %q and reconstructed_share is %v, want both or neither", c.VAE, c.ReconstructedShare)
	mixes := c.Data.RealAugmentation.HorizonMix > 0 || c.Data.SyntheticAugmentation.HorizonMix > 0
	check(!mixes, "horizon_mix is above 0, want 0: captions are about whole maps")
	return found.Err()
}

// clipRun trains a CLIP.
type clipRun struct {
	config CLIPConfig
	model  *clip.Model
	base   *clip.Frozen // from which what is saved differs; nil: all is saved
	vae    *vae.Model   // none without reconstructions
	size   dataset.Size
	maps   maps
	peers  *dist.Group
}

// FinetuneCLIP trains from the beginning or from the last checkpoint, and
// returns the figures of the best model, best.safetensors. A model of pieces
// that begins from scratch learns its vocabulary from the captions first.
func FinetuneCLIP(ctx context.Context, c CLIPConfig, r Run) (map[string]float64, error) {
	if err := cmp.Or(c.Validate(), c.Train.divides(r.Peers.Size())); err != nil {
		return nil, err
	}
	defer c.Train.rounding()()
	recipe, err := r.recipe("finetune-clip", c, c.Train.Seed)
	if err != nil {
		return nil, err
	}
	o := &clipRun{config: c, peers: r.Peers}
	if err := o.loadModels(ctx, r.Device); err != nil {
		return nil, err
	}
	defer o.close()
	// Hashed once they are known to be models, whatever their length.
	if recipe.Models, err = c.hashes(); err != nil {
		return nil, err
	}
	o.measure()
	if o.maps, err = r.load(ctx, c.Data, o.size, c.Train.Seed); err != nil {
		return nil, err
	}
	if err := o.freeze(); err != nil {
		return nil, err
	}
	return start(ctx, o, c.Train, beginning{r, recipe})
}

// measure finds the size of the maps that the models see.
func (o *clipRun) measure() {
	o.size.W, o.size.H = o.model.MapSize()
	if o.vae != nil {
		o.size = dataset.Size{W: int(o.vae.Config.Width()), H: int(o.vae.Config.Height)}
	}
}

func (o *clipRun) loadModels(ctx context.Context, device torch.Device) (err error) {
	c := o.config
	if c.From == "" {
		var vocabulary *bpe.Vocabulary
		if c.Model.Text.Kind != clip.Words {
			vocabulary, err = run.Until(ctx, func() (*bpe.Vocabulary, error) { return learnVocabulary(int(c.Model.Text.Vocabulary)) })
			if err != nil {
				return err
			}
		}
		o.model, err = clip.New(c.Model, vocabulary, device, c.Train.Seed)
	} else {
		o.model, o.base, err = c.begin(device)
	}
	if err != nil || c.VAE == "" {
		return err
	}
	if o.vae, err = fromFile(c.VAE, device, vae.Load); err != nil {
		o.vae = nil
		o.close()
		return err
	}
	return o.vae.Params.Freeze()
}

// fromFile loads a model from a file of weights, or from the folder that they are
// published in.
func fromFile[M any](path string, device torch.Device, load func(checkpoint.File, torch.Device) (M, error)) (m M, err error) {
	f, err := checkpoint.Open(path)
	if err != nil {
		return m, err
	}
	defer f.Close()
	return load(f, device)
}

// learnVocabulary trains a vocabulary on captions of many kinds of maps.
func learnVocabulary(size int) (*bpe.Vocabulary, error) {
	r := rand.New(rand.NewPCG(1, 2))
	var captions []string
	all := label.Names()
	for range 4000 {
		// Any attributes will do: the vocabulary is of words, not of maps.
		var a label.Attributes
		for range 12 {
			a |= 1 << r.IntN(len(all))
		}
		for range 4 {
			captions = append(captions, label.Write(a, r).Text)
		}
	}
	return bpe.Train(captions, size)
}

func (o *clipRun) close() {
	o.model.Close()
	if o.base != nil {
		o.base.Close()
	}
	if o.vae != nil {
		o.vae.Close()
	}
}

func (o *clipRun) begin(context.Context, *torch.Session) error { return nil }

func (o *clipRun) sampler() *dataset.Sampler { return &o.maps.sampler }

func (o *clipRun) params() *nn.Params { return o.model.Params }

// radiance returns the maps of a batch [N,3,H,W], the first of all of them as the VAE
// gives them.
func (o *clipRun) radiance(x torch.Tensor, b batch) torch.Tensor {
	n := int64(b.len())
	k := min(n, int64(o.config.ReconstructedShare*float64(b.of))-int64(b.first))
	if o.vae == nil || k <= 0 {
		return x
	}
	again := o.reconstruct(x.Narrow(0, 0, k))
	if k == n {
		return again
	}
	return torch.Cat(0, again, x.Narrow(0, k, n-k))
}

// reconstruct gives radiance [N,3,H,W] back as the VAE does.
func (o *clipRun) reconstruct(x torch.Tensor) torch.Tensor {
	coding := o.vae.Config.Coding
	return view.Radiance(o.vae.Reconstruct(view.Code(x, coding)), coding)
}

// evaluate returns the share of opposite prompts (label.Pairs) that are ranked
// right, over real held-out maps, drawn ones, and real ones that are trained
// on; the mean of the first two decides. Beside them stand what is found for
// sentences with words that no caption has (label.Stranges), and the share of
// phrases that are told from their denials (label.Denials).
func (o *clipRun) evaluate(s *torch.Session, _ *run.Dir) (map[string]float64, float64, error) {
	figures := map[string]float64{}
	for _, set := range o.looks() {
		if len(set.maps) == 0 {
			continue
		}
		seen := o.see(s, set)
		for name, v := range retrieve(s, o.model, seen, set.maps) {
			figures[name+set.name] = v
		}
		for name, rank := range rankings {
			if share, judged := rank(s, o.model, seen, set.maps); judged > 0 {
				figures[name+set.name] = share
			}
		}
	}
	var score, n float64
	for _, name := range []string{"pairs_held_out", "pairs_synthetic_held_out"} {
		if v, ok := figures[name]; ok {
			score, n = score+v, n+1
		}
	}
	return figures, score / max(n, 1), nil
}

// looks are those at the maps and, with a VAE, at the held-out ones as it gives
// them back.
func (o *clipRun) looks() []look {
	looks := o.maps.looks()
	if o.vae != nil {
		looks = append(looks, look{reconstructedHeldOut, "held out, as the VAE gives them back", o.maps.held})
	}
	return looks
}

func (o *clipRun) offers() []string {
	return figureNames(o.looks(), append(retrievalNames(), slices.Collect(named.Keys(rankings))...))
}

func (o *clipRun) doubts(figures map[string]float64) (told []string) {
	for _, l := range o.looks() {
		if why := collapsed(figures, l); why != "" {
			told = append(told, why)
		}
	}
	return told
}

func (o *clipRun) heldOut() curves.HeldOut {
	return o.maps.curves("pairs_", "opposite prompts ranked right, share of 1")
}

func (o *clipRun) save(path string, notes map[string]string) error {
	if o.base != nil {
		return o.model.SaveDelta(path, torch.Float16, notes, o.base)
	}
	return o.model.Save(path, torch.Float16, notes)
}
