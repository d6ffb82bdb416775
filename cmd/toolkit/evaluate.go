package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/evaluation"
)

func evaluateVerb() *cli.Command {
	return &cli.Command{
		Name:  "evaluate",
		Usage: "measure edits of many maps with many sentences",
		Description: "Edits every map with every prompt by every configuration, and prints a table\n" +
			"of means. Leaves in the output directory table.md, metrics.jsonl with a line\n" +
			"for each edit, its picture (cell-0001.png …), a sheet of all for each\n" +
			"configuration, and recipe.json.\n" +
			"Without --map and --prompt the configuration is a whole experiment, with maps,\n" +
			"prompts, CLIPs and combinations of its own; it leaves report.html too.",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "config", Aliases: []string{"c"}, Usage: "edit by the settings in `FILE` (edit's YAML); may be repeated"},
			&cli.StringSliceFlag{Name: "map", Aliases: []string{"m"}, Usage: "edit the map in `FILE`; may be repeated"},
			&cli.StringSliceFlag{Name: "prompt", Aliases: []string{"p"}, Usage: "edit with `SENTENCE`; may be repeated"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "keep the run in `DIR`"},
			&cli.BoolFlag{Name: "keep-maps", Usage: "keep every edited map too, as cell-0001.hdr …"},
			&cli.BoolFlag{Name: "resume", Usage: "go on after the last edit in the output directory"},
			&cli.BoolFlag{Name: "resume-if-begun", Usage: "as --resume where the output directory holds a run, else begin one: for launchers that start a job again"},
			&cli.StringFlag{Name: "models", Usage: "use the models in `DIR`", DefaultText: "those inside the program"},
			clipFlag(),
			&cli.StringFlag{Name: "shard", Usage: "make part `I/N` of an experiment's cells, I from 0: 0/4 to 3/4"},
			&cli.StringSliceFlag{Name: "merge", Usage: "take over what is finished in `DIR`, another run of the experiment; may be repeated"},
			&cli.BoolFlag{Name: "force", Usage: "edit maps that are not twice as wide as high"},
			deviceFlag(),
			tf32Flag(),
			threadsFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print the figures of every edit as JSON, a line each"},
		},
		Before: withTorch,
		Action: runEvaluate,
	}
}

func runEvaluate(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if !c.IsSet("map") && !c.IsSet("prompt") && len(c.StringSlice("config")) == 1 {
		return runExperiment(c)
	}
	for _, flag := range []string{"shard", "merge"} {
		if c.IsSet(flag) {
			return usage("evaluate: --%s is of an experiment: one --config, without --map and --prompt", flag)
		}
	}
	if err := needFlags(c, "config", "map", "prompt", "output"); err != nil {
		return err
	}
	job := evaluation.Evaluation{
		Settings: c.StringSlice("config"), Maps: c.StringSlice("map"), Prompts: c.StringSlice("prompt"),
		Output: c.String("output"), Models: c.String("models"), CLIP: c.String("clip"), Force: c.Bool("force"), Resume: c.Bool("resume"), IfBegun: c.Bool("resume-if-begun"),
		KeepMaps: c.Bool("keep-maps"),
	}
	if err := job.Name(); err != nil {
		return usage("%v", err)
	}
	if err := job.Check(); err != nil {
		return err
	}
	bar := &progress{w: c.App.ErrWriter, label: "evaluate", total: job.Cells()}
	defer bar.close()
	s, err := session(c, bar)
	if err != nil {
		return err
	}
	report, err := job.Run(c.Context, s, func(note string) { bar.add("%s", note) }, func(done int) { bar.begin(done, job.Cells()) })
	if err != nil && c.Context.Err() != nil {
		return bar.interrupted(c.Context, fmt.Sprintf("the same command with --resume goes on in %s", job.Output))
	}
	bar.close()
	if report == nil {
		return err
	}
	return errors.Join(printEvaluation(c, report), err)
}

func printEvaluation(c *cli.Context, r *evaluation.Report) error {
	if !c.Bool("json") {
		_, err := io.WriteString(c.App.Writer, r.Table)
		return err
	}
	out := json.NewEncoder(c.App.Writer)
	out.SetEscapeHTML(false)
	for _, cell := range r.Cells {
		if err := out.Encode(cell); err != nil {
			return err
		}
	}
	return nil
}
