package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os/signal"
	"slices"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/config"
	"github.com/clipenv/toolkit/internal/files"
	numbers "github.com/clipenv/toolkit/pkg/figures"
	"github.com/clipenv/toolkit/pkg/train"
)

func trainVAEVerb() *cli.Command {
	return trainVerb("train-vae", "train the VAE whose latents are edited",
		train.DefaultVAE, train.VAEConfig.Validate,
		func(c *train.VAEConfig) (*train.Loop, *train.Data) { return &c.Train, &c.Data }, train.TrainVAE)
}

func finetuneCLIPVerb() *cli.Command {
	return trainVerb("finetune-clip", "train or fine-tune the CLIP that edits are guided by",
		train.DefaultCLIP, train.CLIPConfig.Validate,
		func(c *train.CLIPConfig) (*train.Loop, *train.Data) { return &c.Train, &c.Data }, train.FinetuneCLIP)
}

// trainer is one of package train's loops.
type trainer[C any] func(ctx context.Context, c C, r train.Run) (map[string]float64, error)

// trainVerb is a verb that runs an experiment of configuration C; parts finds
// in it what flags override.
func trainVerb[C interface{ Idle(key string) string }](name, what string, defaults C, validate func(C) error, parts func(*C) (*train.Loop, *train.Data), do trainer[C]) *cli.Command {
	return &cli.Command{
		Name:  name,
		Usage: what,
		Description: "Leaves in the output directory best.safetensors, the model that did best on\n" +
			"held-out maps; checkpoint.safetensors, from which --resume goes on;\n" +
			"metrics.jsonl, curves.png and recipe.json. Prints the best model's figures.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "read the experiment from `FILE` (YAML)"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "keep the run in `DIR`"},
			&cli.BoolFlag{Name: "resume", Usage: "go on from the last checkpoint in the output directory, by as many threads as it began with"},
			&cli.StringSliceFlag{Name: "real", Usage: "train on the maps in `DIR`, in place of the configuration's; may be repeated"},
			&cli.StringSliceFlag{Name: "held-out", Usage: "never train on the map called `NAME`, in place of the configuration's; may be repeated"},
			&cli.IntFlag{Name: "steps", Usage: "train for `N` steps", DefaultText: "the configuration's"},
			&cli.Int64Flag{Name: "seed", Usage: "draw everything from seed `N`", DefaultText: "the configuration's"},
			&cli.StringSliceFlag{Name: "set", Usage: "put `KEY=VALUE` in place of the configuration's, as in train.save_every=50; may be repeated"},
			deviceFlag(),
			threadsFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print the figures as JSON"},
		},
		Before: withTorch,
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			if c.String("config") == "" || c.String("output") == "" {
				return usage("%s: --config and --output are needed; 'toolkit %s --help' lists the flags", name, name)
			}
			// Flags may mend what the file lacks: all is checked at once, after them.
			experiment, keys, err := config.ReadKeys(c.String("config"), defaults, func(C) error { return nil })
			if err != nil {
				return err
			}
			overrideTraining(c, parts, &experiment)
			for _, assignment := range c.StringSlice("set") {
				key, err := config.Set(&experiment, assignment)
				if err != nil {
					return usage("%s: --set %w", name, err)
				}
				keys[key] = 0
			}
			if err := validate(experiment); err != nil {
				return fmt.Errorf("%s: %w", c.String("config"), err)
			}
			if err := config.Idle(keys, experiment.Idle); err != nil {
				return fmt.Errorf("%s: %w", c.String("config"), err)
			}
			_, data := parts(&experiment)
			paths := files.NewPlan(name)
			paths.Reads("the configuration", c.String("config"))
			for _, dir := range data.Real {
				paths.ReadsUnder("of the data set:", dir, app.IsData)
			}
			paths.WritesInto("--output", c.String("output"), "recipe.json", "metrics.jsonl", "curves.png", "checkpoint.safetensors", "best.safetensors")
			if err := paths.Check(); err != nil {
				return err
			}
			s, err := session(c, c.App.ErrWriter)
			if err != nil {
				return err
			}
			if c.Bool("resume") {
				s.KeepThreads(c.String("output"))
			}
			// Whoever read what is said may be gone with the terminal: the run is
			// saved all the same.
			signal.Ignore(syscall.SIGPIPE)
			var figures map[string]float64
			err = s.Worker.Do(c.Context, func() (err error) {
				figures, err = do(c.Context, experiment, train.Run{
					Output: c.String("output"), Resume: c.Bool("resume"), Device: s.Device, Version: version, Log: c.App.ErrWriter,
				})
				return err
			})
			if err != nil {
				return err
			}
			return printFigures(c, figures)
		},
	}
}

// overrideTraining puts what the flags say over the file's.
func overrideTraining[C any](c *cli.Context, parts func(*C) (*train.Loop, *train.Data), experiment *C) {
	loop, data := parts(experiment)
	if c.IsSet("real") {
		data.Real = c.StringSlice("real")
	}
	if c.IsSet("held-out") {
		data.HeldOut = c.StringSlice("held-out")
	}
	if c.IsSet("steps") {
		loop.Steps = c.Int("steps")
	}
	if c.IsSet("seed") {
		loop.Seed = c.Int64("seed")
	}
}

func printFigures(c *cli.Context, figures map[string]float64) error {
	if c.Bool("json") {
		return json.NewEncoder(c.App.Writer).Encode(numbers.Map(figures))
	}
	for _, name := range slices.Sorted(maps.Keys(figures)) {
		fmt.Fprintf(c.App.Writer, "%-24s %.4g\n", name, figures[name])
	}
	return nil
}
