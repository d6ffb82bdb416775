package main

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/training"
)

func vaeEvaluateVerb() *cli.Command {
	return &cli.Command{
		Name:  "evaluate",
		Usage: "measure a VAE's reconstructions beside PCA of its size",
		Description: "Takes the maps of an experiment (train-vae's YAML), those trained on and those\n" +
			"held out, and prints the means of each figure for the VAE and for as many\n" +
			"principal components as its latent has numbers, taken of the same maps.",
		Flags: vaeFlags(
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "take the maps from the data of the experiment in `FILE` (train-vae's YAML)"},
			&cli.StringSliceFlag{Name: "real", Usage: "take the maps in `DIR`, in place of the configuration's; may be repeated"},
			&cli.StringSliceFlag{Name: "held-out", Usage: "hold out the map called `NAME`, in place of the configuration's; may be repeated"},
			&cli.StringSliceFlag{Name: "set", Usage: "put `KEY=VALUE` in place of the configuration's, as in data.synthetic=500; may be repeated"},
			&cli.BoolFlag{Name: "csv", Usage: "print a line of CSV for each map and model"},
		),
		Before: withTorch,
		Action: runVAEEvaluate,
	}
}

func runVAEEvaluate(c *cli.Context) error {
	if err := cmp.Or(noArguments(c), needFlags(c, "config"), onePrint(c)); err != nil {
		return err
	}
	if c.IsSet("vae") && c.IsSet("models") {
		return usage("%s: --vae and --models are given, want one of them", spoken(c))
	}
	job, err := training.ReadVAEJudgement(c.String("config"), overrides(c))
	if err != nil {
		return err
	}
	for _, assignment := range c.StringSlice("set") {
		if err := job.Assign(assignment); err != nil {
			return usage("%s: --set %w", spoken(c), err)
		}
	}
	if err := job.Experiment.Validate(); err != nil {
		return fmt.Errorf("%s: %w", c.String("config"), err)
	}
	job.Weights = weights(c)
	bar := &progress{w: c.App.ErrWriter, label: spoken(c)}
	defer bar.close()
	s, err := session(c, bar)
	if err != nil {
		return err
	}
	judged, err := job.Run(c.Context, s, func(maps int) { bar.begin(0, maps) }, func() { bar.add("") })
	if err != nil {
		return cmp.Or(bar.interrupted(c.Context, "nothing was printed"), err)
	}
	bar.close()
	switch {
	case c.Bool("json"):
		return printJSON(c, judged)
	case c.Bool("csv"):
		return printJudgedMaps(c, judged)
	}
	_, err = fmt.Fprint(c.App.Writer, judgedTable(judged))
	return err
}

// judgedTable is the means as Markdown.
func judgedTable(r *training.Judged) string {
	var text strings.Builder
	head, rule := "| maps | n | model |", "|---|---|---|"
	for _, f := range training.VAEFigures {
		head, rule = head+" "+f.Head+" |", rule+"---|"
	}
	fmt.Fprintf(&text, "%s\n%s\n", head, rule)
	for _, set := range r.Sets {
		fmt.Fprintf(&text, "| %s | %d | %s |", set.Label, len(set.Maps), strings.ToUpper(set.Model))
		for _, f := range training.VAEFigures {
			if v := set.Mean[f.Name]; math.IsNaN(v) {
				text.WriteString(" – |")
			} else {
				fmt.Fprintf(&text, " "+f.Format+" |", v)
			}
		}
		text.WriteString("\n")
	}
	fmt.Fprintf(&text, "\nMeans over the maps, at %d×%d; PCA has the %d numbers of the latent, of %d augmented maps at %d×%d.\n",
		r.Width, r.Height, r.Latent, r.Samples, r.PCASize[0], r.PCASize[1])
	return text.String()
}

func printJudgedMaps(c *cli.Context, r *training.Judged) error {
	w := csv.NewWriter(c.App.Writer)
	row := []string{"set", "map", "model"}
	for _, f := range training.VAEFigures {
		row = append(row, f.Name)
	}
	_ = w.Write(row) // kept for Error
	for _, set := range r.Sets {
		for _, m := range set.Maps {
			row := []string{set.Set, m.Name, set.Model}
			for _, f := range training.VAEFigures {
				if v := m.Figures[f.Name]; math.IsNaN(v) {
					row = append(row, "")
				} else {
					row = append(row, strconv.FormatFloat(v, 'g', 6, 64))
				}
			}
			_ = w.Write(row)
		}
	}
	w.Flush()
	return w.Error()
}
