package train

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

const (
	checkpointName = "checkpoint.safetensors"
	bestName       = "best.safetensors"
	lastName       = "last.safetensors"
)

// progress is how far a run is.
type progress struct {
	Step    int                `json:"step"`              // steps done
	Score   float64            `json:"score"`             // at the last evaluation
	Best    float64            `json:"best"`              // the greatest score so far
	Since   int                `json:"since"`             // looks since the best model
	Seconds float64            `json:"seconds,omitempty"` // of training, where that is bounded
	Figures map[string]float64 `json:"figures"`           // of the best model, none before the first evaluation
}

// saveCheckpoint writes weights, their average, optimiser and progress as one
// file.
func (d *descent) saveCheckpoint() error {
	path := d.dir.Path(checkpointName)
	state, err := json.Marshal(d.at)
	if err != nil {
		return fmt.Errorf("train: checkpoint %s: %w", path, err)
	}
	var tensors []safetensors.Named
	for prefix, part := range d.state {
		for name, t := range part.Each {
			tensors = append(tensors, safetensors.Named{Name: prefix + name, Tensor: t})
		}
	}
	return safetensors.Write(path, tensors, map[string]string{"kind": "checkpoint", "progress": string(state)})
}

// stateful is a part of what a checkpoint holds.
type stateful interface {
	Each(yield func(name string, t torch.Tensor) bool)
	Load(src nn.Source) error
}

// state visits all tensors that a run goes on from, by the beginnings of their
// names.
func (d *descent) state(yield func(prefix string, part stateful) bool) {
	if yield("model.", d.params()) && yield("optimiser.", d.adam) && d.mean != nil {
		yield("average.", d.mean)
	}
}

// loadCheckpoint takes up what saveCheckpoint left.
func (d *descent) loadCheckpoint() error {
	path := d.dir.Path(checkpointName)
	f, err := safetensors.Open(path)
	if err != nil {
		return fmt.Errorf("train: resume: %w", err)
	}
	defer f.Close()
	if f.Metadata()["kind"] != "checkpoint" {
		return fmt.Errorf("train: resume: %s is a %q, want a checkpoint", path, f.Metadata()["kind"])
	}
	var at progress
	if err := json.Unmarshal([]byte(f.Metadata()["progress"]), &at); err != nil {
		return fmt.Errorf("train: resume: %s: progress: %w", path, err)
	}
	if at.Step > 0 {
		if err := d.keepMean(); err != nil {
			return fmt.Errorf("train: resume: %w", err)
		}
	}
	for prefix, part := range d.state {
		if err := part.Load(f.Section(prefix)); err != nil {
			return fmt.Errorf("train: resume: %s: %s: %w", path, strings.TrimSuffix(prefix, "."), err)
		}
	}
	d.at = at
	return nil
}
