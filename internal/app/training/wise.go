package training

import (
	"context"
	"fmt"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/config"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/pkg/train"
)

// WiSE is a sweep over blends of a CLIP before and after its fine-tuning, kept in
// a folder.
type WiSE struct {
	train.WiSE
	Output string // the run's folder
	file   string // the experiment's
}

// ReadWiSE takes the model before its fine-tuning, and the maps that blends are
// judged on, from finetune-clip's experiment in a file, under the overrides.
func ReadWiSE(path string, o Overrides) (WiSE, error) {
	experiment, err := config.Read(path, train.DefaultCLIP, func(train.CLIPConfig) error { return nil })
	o.apply(&experiment.Train, &experiment.Data)
	return WiSE{WiSE: train.WiSE{Experiment: experiment}, file: path}, err
}

// Check refuses to write over what is read.
func (w WiSE) Check() error {
	paths := files.NewPlan("wise-ft")
	paths.Reads("the configuration", w.file)
	paths.Reads("the fine-tuned model", w.Tuned)
	for _, dir := range w.Experiment.Data.Real {
		paths.ReadsUnder("of the data set:", dir, app.IsData)
	}
	paths.WritesInto("--output", w.Output, "recipe.json", "metrics.jsonl", "best.safetensors", train.WiSETable, train.WiSEPicture)
	return paths.Check()
}

// Run tries the blends and leaves the chosen one in the folder.
func (w WiSE) Run(ctx context.Context, s app.Session) (blends []train.Blend, err error) {
	err = s.Worker.Do(ctx, func() (err error) {
		blends, err = w.WiSE.Run(ctx, train.Run{Output: w.Output, Device: s.Device, Version: s.Versions.Toolkit, Log: s.Talk})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.file, err)
	}
	return blends, nil
}
