package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/config"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/pkg/train"
)

func wiseVerb() *cli.Command {
	return &cli.Command{
		Name:  "wise-ft",
		Usage: "blend a CLIP with what fine-tuning made of it, and keep the best blend",
		Description: "Tries blends of the weights, from the experiment's model (alpha 0) to the\n" +
			"fine-tuned one (1), and prints what each is worth: recall on the real maps that\n" +
			"are held out, and zero-shot on synthetic ones. Leaves in the output directory\n" +
			"best.safetensors, the chosen blend; table.md, wise.png, metrics.jsonl and recipe.json.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "read the experiment of the fine-tuning from `FILE` (finetune-clip's YAML)"},
			&cli.StringFlag{Name: "tuned", Usage: "blend with the model in `FILE`, last.safetensors of the fine-tuning"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "keep the sweep in `DIR`"},
			&cli.StringSliceFlag{Name: "real", Usage: "judge on the maps in `DIR`, in place of the configuration's; may be repeated"},
			&cli.StringSliceFlag{Name: "held-out", Usage: "hold out the map called `NAME`, in place of the configuration's; may be repeated"},
			&cli.IntFlag{Name: "points", Usage: "try `N` blends", Value: 11},
			&cli.Float64Flag{Name: "alpha", Usage: "keep the blend `ALPHA`, 0 to 1", DefaultText: "the one with the greatest mean of recall and zero-shot"},
			deviceFlag(),
			tf32Flag(),
			threadsFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print the blends as JSON, a line each"},
		},
		Before: withTorch,
		Action: runWise,
	}
}

func runWise(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if err := needFlags(c, "config", "tuned", "output"); err != nil {
		return err
	}
	experiment, err := config.Read(c.String("config"), train.DefaultCLIP, func(train.CLIPConfig) error { return nil })
	if err != nil {
		return err
	}
	if c.IsSet("real") {
		experiment.Data.Real = c.StringSlice("real")
	}
	if c.IsSet("held-out") {
		experiment.Data.HeldOut = c.StringSlice("held-out")
	}
	sweep := train.WiSE{Experiment: experiment, Tuned: c.String("tuned"), Points: c.Int("points"), Alpha: math.NaN()}
	if c.IsSet("alpha") {
		sweep.Alpha = c.Float64("alpha")
	}
	paths := files.NewPlan("wise-ft")
	paths.Reads("the configuration", c.String("config"))
	paths.Reads("the fine-tuned model", sweep.Tuned)
	for _, dir := range experiment.Data.Real {
		paths.ReadsUnder("of the data set:", dir, app.IsData)
	}
	paths.WritesInto("--output", c.String("output"), "recipe.json", "metrics.jsonl", "best.safetensors", train.WiSETable, train.WiSEPicture)
	if err := paths.Check(); err != nil {
		return err
	}
	s, err := session(c, c.App.ErrWriter)
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGPIPE)
	var blends []train.Blend
	err = s.Worker.Do(c.Context, func() (err error) {
		blends, err = sweep.Run(c.Context, train.Run{Output: c.String("output"), Device: s.Device, Version: version, Log: c.App.ErrWriter})
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", c.String("config"), err)
	}
	if !c.Bool("json") {
		_, err := io.WriteString(c.App.Writer, train.Table(blends))
		return err
	}
	out := json.NewEncoder(c.App.Writer)
	for _, b := range blends {
		if err := out.Encode(b); err != nil {
			return err
		}
	}
	return nil
}
