package main

import (
	"encoding/json"
	"io"
	"math"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/training"
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
	job, err := training.ReadWiSE(c.String("config"), overrides(c))
	if err != nil {
		return err
	}
	job.Tuned, job.Output, job.Points, job.Alpha = c.String("tuned"), c.String("output"), c.Int("points"), math.NaN()
	if c.IsSet("alpha") {
		job.Alpha = c.Float64("alpha")
	}
	if err := job.Check(); err != nil {
		return err
	}
	s, err := session(c, c.App.ErrWriter)
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGPIPE)
	blends, err := job.Run(c.Context, s)
	if err != nil {
		return err
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
