package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/training"
	"github.com/clipenv/toolkit/internal/quote"
	numbers "github.com/clipenv/toolkit/pkg/figures"
)

func trainVAEVerb() *cli.Command {
	return trainVerb(training.VAE, "train the VAE whose latents are edited")
}

func finetuneCLIPVerb() *cli.Command {
	return trainVerb(training.CLIP, "train or fine-tune the CLIP that edits are guided by")
}

// trainVerb is a verb that runs an experiment of configuration C.
func trainVerb[C training.Experiment](trainer training.Trainer[C], what string) *cli.Command {
	return &cli.Command{
		Name:  trainer.Verb,
		Usage: what,
		Description: "Leaves in the output directory best.safetensors, the model that did best on\n" +
			"held-out maps; checkpoint.safetensors, from which --resume goes on;\n" +
			"metrics.jsonl, curves.png and recipe.json. Prints the best model's figures.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "read the experiment from `FILE` (YAML)"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "keep the run in `DIR`"},
			&cli.BoolFlag{Name: "resume", Usage: "go on from the last checkpoint in the output directory, by as many threads as it began with"},
			&cli.BoolFlag{Name: "resume-if-begun", Usage: "as --resume where the output directory holds a run, else begin one: for launchers that start a job again"},
			&cli.StringSliceFlag{Name: "real", Usage: "train on the maps in `DIR`, in place of the configuration's; may be repeated"},
			&cli.StringSliceFlag{Name: "held-out", Usage: "never train on the map called `NAME`, in place of the configuration's; may be repeated"},
			&cli.IntFlag{Name: "steps", Usage: "train for `N` steps", DefaultText: "the configuration's"},
			&cli.Int64Flag{Name: "seed", Usage: "draw everything from seed `N`", DefaultText: "the configuration's"},
			&cli.StringSliceFlag{Name: "set", Usage: "put `KEY=VALUE` in place of the configuration's, as in train.save_every=50; may be repeated"},
			deviceFlag(),
			tf32Flag(),
			threadsFlag(),
			&cli.DurationFlag{Name: "peer-timeout", Usage: "in a job of several processes, wait `TIME` for a process that does not come", Value: 10 * time.Minute},
			&cli.BoolFlag{Name: "json", Usage: "print the figures as JSON"},
		},
		Before: withTorch,
		Action: func(c *cli.Context) error { return runTraining(c, trainer) },
	}
}

func runTraining[C training.Experiment](c *cli.Context, trainer training.Trainer[C]) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if c.String("config") == "" || c.String("output") == "" {
		return usage("%s: --config and --output are needed; 'toolkit %s --help' lists the flags", trainer.Verb, trainer.Verb)
	}
	job, err := trainer.Read(c.String("config"))
	if err != nil {
		return err
	}
	job.Output, job.Resume, job.IfBegun = c.String("output"), c.Bool("resume"), c.Bool("resume-if-begun")
	job.Again = again(c)
	job.PeerTimeout = c.Duration("peer-timeout")
	if job.PeerTimeout < time.Second {
		return usage("%s: --peer-timeout is %v, want a second or more", trainer.Verb, job.PeerTimeout)
	}
	job.Override(overrides(c))
	for _, assignment := range c.StringSlice("set") {
		if err := job.Assign(assignment); err != nil {
			return usage("%s: --set %w", trainer.Verb, err)
		}
	}
	if err := job.Check(); err != nil {
		return err
	}
	s, err := session(c, c.App.ErrWriter)
	if err != nil {
		return err
	}
	// Whoever read what is said may be gone with the terminal: the run is
	// saved all the same.
	signal.Ignore(syscall.SIGPIPE)
	figures, err := job.Run(c.Context, s)
	if err != nil || figures == nil {
		return err
	}
	return printFigures(c, figures)
}

// again is the command line that resumes what this one began, "" where it cannot be
// typed, or would not be shown whole.
func again(c *cli.Context) string {
	words := slices.Clone(os.Args)
	if !c.Bool("resume") && !c.Bool("resume-if-begun") {
		words = append(words, "--resume")
	}
	line := quote.Shell(words)
	if utf8.RuneCountInString(line) > quote.Longest {
		return ""
	}
	return line
}

// overrides are what the flags say of an experiment.
func overrides(c *cli.Context) (o training.Overrides) {
	if c.IsSet("real") {
		o.Real = c.StringSlice("real")
	}
	if c.IsSet("held-out") {
		o.HeldOut = c.StringSlice("held-out")
	}
	if c.IsSet("steps") {
		o.Steps = new(c.Int("steps"))
	}
	if c.IsSet("seed") {
		o.Seed = new(c.Int64("seed"))
	}
	return o
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
