package train

import (
	"time"

	"github.com/clipenv/toolkit/internal/faults"
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Loop says how a training run descends.
type Loop struct {
	Steps             int      `yaml:"steps" json:"steps"`
	Batch             int      `yaml:"batch" json:"batch"`             // maps a step
	MicroBatch        int      `yaml:"micro_batch" json:"micro_batch"` // of these, how many the networks see at a time; 0: all
	LearningRate      float64  `yaml:"learning_rate" json:"learning_rate"`
	FinalRate         float64  `yaml:"final_rate" json:"final_rate"` // the rate at the end, as a share of learning_rate
	Warmup            int      `yaml:"warmup" json:"warmup"`         // steps to reach learning_rate
	Hold              float64  `yaml:"hold" json:"hold"`             // share of the steps before the rate begins to fall
	Beta2             float64  `yaml:"beta2" json:"beta2"`           // of AdamW
	WeightDecay       float64  `yaml:"weight_decay" json:"weight_decay"`
	DecayMatricesOnly bool     `yaml:"decay_matrices_only" json:"decay_matrices_only"` // biases, gains and scalars do not decay
	ClipNorm          float64  `yaml:"clip_norm" json:"clip_norm"`                     // greatest norm of the gradient; 0: any
	EMA               float64  `yaml:"ema" json:"ema"`                                 // what a step keeps of the average of the weights, which is then the model; 0: the weights themselves are
	Precision         string   `yaml:"precision" json:"precision"`                     // of the networks' products: f32, bf16
	TF32              bool     `yaml:"tf32" json:"tf32,omitempty"`                     // on a GPU: f32 products and convolutions round to TF32's ten bits
	Graphs            string   `yaml:"graphs" json:"graphs"`                           // on a GPU: the steps as CUDA graphs: auto, off
	FiguresEvery      int      `yaml:"figures_every" json:"figures_every,omitempty"`   // steps between rows of figures; 0: as few as leave 1000 rows at most, on a GPU 20
	EvaluateEvery     int      `yaml:"evaluate_every" json:"evaluate_every"`           // steps between looks at the held-out maps; 0: at the end only
	SaveEvery         int      `yaml:"save_every" json:"save_every"`                   // steps between checkpoints, beside that of the first step; 0: at the end only
	Select            []string `yaml:"select,flow" json:"select,omitempty"`            // figures of the held-out maps whose mean says which model is the best; none: the training's own
	Patience          int      `yaml:"patience" json:"patience"`                       // looks without a better model after which the run ends; 0: never
	MaxTime           string   `yaml:"max_time" json:"max_time"`                       // of training, after which the run ends, as 2h30m; "": never
	Keep              int      `yaml:"keep" json:"keep"`                               // of how many of the last looks the models stay, beside best and last
	TensorBoard       bool     `yaml:"tensorboard" json:"tensorboard"`                 // the figures also as an event file
	Seed              int64    `yaml:"seed" json:"seed"`
}

// The precisions of [Loop].
const (
	F32  = "f32"
	BF16 = "bf16" // products, convolutions and attention; weights and loss stay in f32
)

// Whether the steps on a GPU are recorded, as CUDA graphs.
const (
	GraphsAuto = "auto" // where it can be
	GraphsOff  = "off"  // kernel by kernel
)

// unlessSaid are the values of the keys at which a run goes as it would have
// gone without them. The recipes of runs that were begun before a key was there
// do not tell it.
var unlessSaid = map[string]string{
	"config.train.micro_batch": `0`, "config.train.decay_matrices_only": `false`,
	"config.train.ema": `0`, "config.train.precision": `"` + F32 + `"`,
	"config.train.patience": `0`, "config.train.max_time": `""`, "config.train.keep": `0`, "config.train.tensorboard": `false`,
	"config.train.graphs": `"` + GraphsAuto + `"`, "config.layer_decay": `1`, "config.delta": `false`,
}

// Validate reports every field that is wrong.
func (l Loop) Validate() error {
	var found faults.List
	check := found.Check
	check(l.Steps >= 1, "steps is %d, want 1 or more", l.Steps)
	check(l.Batch >= 1 && l.Batch <= 4096, "batch is %d, want 1 to 4096", l.Batch)
	check(l.MicroBatch == 0 || l.MicroBatch > 0 && l.Batch%l.MicroBatch == 0, "micro_batch is %d, want 0 (all at a time) or a divisor of batch (%d)", l.MicroBatch, l.Batch)
	check(l.LearningRate > 0 && l.LearningRate < 10, "learning_rate is %v, want more than 0, less than 10", l.LearningRate)
	check(l.FinalRate >= 0 && l.FinalRate <= 1, "final_rate is %v, want 0 to 1", l.FinalRate)
	check(l.Warmup >= 0, "warmup is %d, want 0 or more", l.Warmup)
	check(l.Hold >= 0 && l.Hold <= 1, "hold is %v, want 0 to 1", l.Hold)
	check(l.Beta2 > 0 && l.Beta2 < 1, "beta2 is %v, want between 0 and 1", l.Beta2)
	check(l.WeightDecay >= 0, "weight_decay is %v, want 0 or more", l.WeightDecay)
	check(l.ClipNorm >= 0, "clip_norm is %v, want 0 (none) or more", l.ClipNorm)
	check(l.EMA >= 0 && l.EMA < 1, "ema is %v, want 0 (none) to below 1", l.EMA)
	check(l.Precision == F32 || l.Precision == BF16, "precision is %q, want %s or %s", l.Precision, F32, BF16)
	check(l.Graphs == GraphsAuto || l.Graphs == GraphsOff, "graphs is %q, want %s or %s", l.Graphs, GraphsAuto, GraphsOff)
	check(l.FiguresEvery >= 0 && l.FiguresEvery <= 1000, "figures_every is %d, want 0 (by the device) to 1000", l.FiguresEvery)
	check(l.EvaluateEvery >= 0, "evaluate_every is %d, want 0 or more", l.EvaluateEvery)
	check(l.SaveEvery >= 0, "save_every is %d, want 0 or more", l.SaveEvery)
	check(l.Patience >= 0, "patience is %d, want 0 (none) or more", l.Patience)
	check(l.Keep >= 0 && l.Keep <= 1000, "keep is %d, want 0 (none) to 1000", l.Keep)
	most, err := time.ParseDuration(l.MaxTime)
	check(l.MaxTime == "" || err == nil && most > 0, "max_time is %q, want a time as 90m or 2h30m", l.MaxTime)
	return found.Err()
}

// idle is as [VAEConfig.Idle].
func (l Loop) idle(key string) string {
	switch {
	case key == "train.micro_batch" && l.MicroBatch > 0 && l.MicroBatch >= l.Batch:
		return "train.batch has no more maps"
	case key == "train.hold" && l.Hold > 0 && l.FinalRate == 1:
		return "train.final_rate is 1: the rate never falls"
	case key == "train.decay_matrices_only" && l.DecayMatricesOnly && l.WeightDecay == 0:
		return "train.weight_decay is 0"
	case key == "train.patience" && l.Patience > 0 && (l.EvaluateEvery == 0 || l.EvaluateEvery*l.Patience >= l.Steps):
		return "train.evaluate_every and train.steps leave fewer looks"
	}
	return ""
}

// optimiser says so to package optim.
func (l Loop) optimiser(groups []optim.Group) optim.Config {
	return optim.Config{
		Beta2: l.Beta2, WeightDecay: l.WeightDecay, MatricesOnly: l.DecayMatricesOnly, ClipNorm: l.ClipNorm, Groups: groups,
	}
}

// rate is the learning rate of a step.
func (l Loop) rate(step int) float64 {
	return optim.WarmupHoldCosine(l.LearningRate, l.FinalRate*l.LearningRate, l.Warmup, int(l.Hold*float64(l.Steps)), l.Steps)(step)
}

// networks runs a forward pass of networks in the loop's precision. What leaves
// it for the loss is to be made f32: sums over a map are too long for less.
func (l Loop) networks(s *torch.Session, forward func()) {
	if l.Precision == BF16 {
		s.Autocast(torch.BFloat16, forward)
		return
	}
	forward()
}

// rounding puts tf32 in force where it is set, until restore is called.
func (l Loop) rounding() (restore func()) {
	was := torch.TF32()
	torch.SetTF32(was || l.TF32)
	return func() { torch.SetTF32(was) }
}

// stepSeed is the seed of all that is drawn in a step.
func (l Loop) stepSeed(step int) int64 { return l.Seed<<32 ^ int64(step) }

// saves tells whether a checkpoint is due after so many steps. The first step
// leaves one, so that what came before it, as the start from principal
// components, is not lost.
func (l Loop) saves(steps int) bool {
	return steps == l.Steps || l.SaveEvery > 0 && (steps == 1 || steps%l.SaveEvery == 0)
}

// looks tells whether the held-out maps are looked at after so many steps.
func (l Loop) looks(steps int) bool {
	return steps == l.Steps || l.EvaluateEvery > 0 && steps%l.EvaluateEvery == 0
}
