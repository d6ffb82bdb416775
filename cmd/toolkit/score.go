package main

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/search"
	"github.com/clipenv/toolkit/internal/quote"
)

func scoreVerb() *cli.Command {
	return &cli.Command{
		Name:      "score",
		Usage:     "tell how well phrases fit maps",
		ArgsUsage: "FILE...",
		Description: "Prints for each map and phrase the cosine that CLIP finds and, of several\n" +
			"phrases, how probable each is beside the others (zero-shot).",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "prompt", Aliases: []string{"p"}, Usage: "hold the maps against `PHRASES`, as in \"day|night|sunset\""},
			modelsFlag(),
			clipFlag(),
			&cli.BoolFlag{Name: "force", Usage: "take maps that are not twice as wide as high"},
			deviceFlag(),
			tf32Flag(),
			threadsFlag(),
			&cli.BoolFlag{Name: "csv", Usage: "print a line of CSV for each map and phrase"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
		},
		Before: withTorch,
		Action: runScore,
	}
}

func modelsFlag() cli.Flag {
	return &cli.StringFlag{Name: "models", Usage: "use the models in `DIR`", DefaultText: "those inside the program"}
}

// needFiles refuses a command line without arguments.
func needFiles(c *cli.Context, what string) error {
	if !c.Args().Present() {
		return usage("%s: no %s is named; 'toolkit %s --help' shows its use", spoken(c), what, spoken(c))
	}
	return nil
}

// onePrint refuses more than one way to print.
func onePrint(c *cli.Context) error {
	if c.Bool("csv") && c.Bool("json") {
		return usage("%s: --csv and --json are given, want one of them", spoken(c))
	}
	return nil
}

func runScore(c *cli.Context) error {
	if err := cmp.Or(needFiles(c, "map"), needFlags(c, "prompt"), onePrint(c)); err != nil {
		return err
	}
	job := search.Score{Files: c.Args().Slice(), Prompt: c.String("prompt"), Models: c.String("models"), CLIP: c.String("clip"), Force: c.Bool("force")}
	if _, err := job.Phrases(); err != nil {
		return err
	}
	bar := &progress{w: c.App.ErrWriter, label: "score", total: len(job.Files)}
	defer bar.close()
	s, err := session(c, bar)
	if err != nil {
		return err
	}
	done, err := job.Run(c.Context, s, func() { bar.add("") })
	if done == nil {
		return cmp.Or(bar.interrupted(c.Context, "nothing was printed"), err)
	}
	bar.close()
	for _, w := range done.Warnings {
		fmt.Fprintf(c.App.ErrWriter, "score: %s\n", w)
	}
	return errors.Join(printScores(c, done.Maps), err)
}

func printScores(c *cli.Context, maps []search.MapScore) error {
	switch {
	case c.Bool("json"):
		return printJSON(c, maps)
	case c.Bool("csv"):
		w := csv.NewWriter(c.App.Writer)
		_ = w.Write([]string{"file", "prompt", "cosine", "probability"}) // kept for Error
		for _, m := range maps {
			for _, p := range m.Scores {
				_ = w.Write([]string{m.File, p.Prompt, strconv.FormatFloat(p.Cosine, 'f', 6, 64), share(p.Probability, "%.6f", 1)})
			}
		}
		w.Flush()
		return w.Error()
	}
	w := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', 0)
	for _, m := range maps {
		for _, p := range m.Scores {
			fmt.Fprintf(w, "%s\t%.3f\t%s\t%s\n", quote.Text(m.File), p.Cosine, share(p.Probability, "%.1f %%", 100), quote.Text(p.Prompt))
		}
	}
	return w.Flush()
}

// share is a probability in words, "" for none.
func share(p *float64, format string, of float64) string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf(format, of**p)
}
