package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/evaluation"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/evaluate"
)

// runExperiment is evaluate of a whole experiment.
func runExperiment(c *cli.Context) error {
	if err := needFlags(c, "output"); err != nil {
		return err
	}
	for _, flag := range []string{"models", "clip"} {
		if c.IsSet(flag) {
			return usage("evaluate: --%s is of edits by --map and --prompt: an experiment names its own, by the keys models and clips", flag)
		}
	}
	job := evaluation.Study{File: c.StringSlice("config")[0], Output: c.String("output"), Resume: c.Bool("resume"), IfBegun: c.Bool("resume-if-begun"), Merge: c.StringSlice("merge"), Force: c.Bool("force")}
	part, err := shard(c)
	if err != nil {
		return err
	}
	job.Shard = part
	if err := job.Check(); err != nil {
		return err
	}
	bar := &progress{w: c.App.ErrWriter, label: "evaluate"}
	defer bar.close()
	s, err := session(c, bar)
	if err != nil {
		return err
	}
	report, err := job.Run(c.Context, s, func(note string) { bar.add("%s", note) }, bar.begin)
	if err != nil && c.Context.Err() != nil {
		return bar.interrupted(c.Context, fmt.Sprintf("the same command with --resume goes on in %s", job.Output))
	}
	bar.close()
	if report == nil {
		return err
	}
	return errors.Join(printExperiment(c, job, report), err)
}

func printExperiment(c *cli.Context, job evaluation.Study, r *evaluation.StudyReport) error {
	if c.Bool("json") {
		out := json.NewEncoder(c.App.Writer)
		out.SetEscapeHTML(false)
		for _, cell := range r.Cells {
			line := struct {
				Cell  string            `json:"cell"`
				Error string            `json:"error,omitempty"`
				Of    *evaluate.Outcome `json:"outcome"` // null where the cell failed, or is another shard's
			}{cell.Name(), cell.Err, cell.Outcome}
			if err := out.Encode(line); err != nil {
				return err
			}
		}
		return nil
	}
	if r.Missing > 0 {
		fmt.Fprintf(c.App.ErrWriter, "evaluate: %s of other shards to come; the report is made by the command with --resume and --merge DIR for each of their directories\n", quote.Plural(r.Missing, "cell"))
		return nil
	}
	fmt.Fprintf(c.App.ErrWriter, "evaluate: %s shows it with charts and pictures\n", r.Page)
	_, err := io.WriteString(c.App.Writer, r.Markdown)
	return err
}
