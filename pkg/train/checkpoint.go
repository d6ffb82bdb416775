package train

import (
	"encoding/json"
	"fmt"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

const (
	checkpointName = "checkpoint.safetensors"
	bestName       = "best.safetensors"
	lastName       = "last.safetensors"
)

// progress is how far a run is.
type progress struct {
	Step    int                `json:"step"`    // steps done
	Score   float64            `json:"score"`   // at the last evaluation
	Best    float64            `json:"best"`    // the greatest score so far
	Figures map[string]float64 `json:"figures"` // of the best model, none before the first evaluation
}

// saveCheckpoint writes weights, optimiser and progress as one file.
func saveCheckpoint(path string, params *nn.Params, opt *optim.AdamW, at progress) error {
	state, err := json.Marshal(at)
	if err != nil {
		return fmt.Errorf("train: checkpoint %s: %w", path, err)
	}
	var tensors []safetensors.Named
	for name, w := range params.Each {
		tensors = append(tensors, safetensors.Named{Name: "model." + name, Tensor: w})
	}
	for name, t := range opt.Each {
		tensors = append(tensors, safetensors.Named{Name: "optimiser." + name, Tensor: t})
	}
	return safetensors.Write(path, tensors, map[string]string{"kind": "checkpoint", "progress": string(state)})
}

// loadCheckpoint overwrites weights and optimiser with a checkpoint's.
func loadCheckpoint(path string, params *nn.Params, opt *optim.AdamW) (progress, error) {
	f, err := safetensors.Open(path)
	if err != nil {
		return progress{}, fmt.Errorf("train: resume: %w", err)
	}
	defer f.Close()
	var at progress
	if f.Metadata()["kind"] != "checkpoint" {
		return progress{}, fmt.Errorf("train: resume: %s is a %q, want a checkpoint", path, f.Metadata()["kind"])
	}
	if err := json.Unmarshal([]byte(f.Metadata()["progress"]), &at); err != nil {
		return progress{}, fmt.Errorf("train: resume: %s: progress: %w", path, err)
	}
	if err := params.Load(f.Section("model.")); err != nil {
		return progress{}, fmt.Errorf("train: resume: %s: %w", path, err)
	}
	if err := opt.Load(f.Section("optimiser.")); err != nil {
		return progress{}, fmt.Errorf("train: resume: %s: optimiser: %w", path, err)
	}
	return at, nil
}
