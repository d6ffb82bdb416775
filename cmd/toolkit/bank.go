package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app/training"
	"github.com/clipenv/toolkit/internal/quote"
)

func bankVerb() *cli.Command {
	return &cli.Command{
		Name:  "make-bank",
		Usage: "encode the maps that words are looked up in",
		Description: "Guided edits start with a move towards the mean latent of the maps that CLIP\n" +
			"finds nearest the words. This writes bank.safetensors beside the VAE and the\n" +
			"CLIP in a folder of models, from the maps of an experiment's data, in place of\n" +
			"one that is there.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "take the maps from the data of the experiment in `FILE` (train-vae's YAML)"},
			&cli.StringFlag{Name: "models", Usage: "use the models in `DIR`, and write there"},
			clipFlag(),
			&cli.StringSliceFlag{Name: "real", Usage: "take the maps in `DIR`, in place of the configuration's; may be repeated"},
			&cli.StringSliceFlag{Name: "held-out", Usage: "leave out the map called `NAME`, in place of the configuration's; may be repeated"},
			&cli.IntFlag{Name: "synthetic", Usage: "take `N` synthetic maps", DefaultText: "the configuration's"},
			deviceFlag(),
			tf32Flag(),
			threadsFlag(),
		},
		Before: withTorch,
		Action: runBank,
	}
}

func runBank(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if err := needFlags(c, "config", "models"); err != nil {
		return err
	}
	o := overrides(c)
	if c.IsSet("synthetic") {
		o.Synthetic = new(c.Int("synthetic"))
	}
	job, err := training.ReadBank(c.String("config"), o)
	if err != nil {
		return err
	}
	job.Models, job.CLIP = c.String("models"), c.String("clip")
	if err := job.Check(); err != nil {
		return err
	}
	bar := &progress{w: c.App.ErrWriter, label: "make-bank"}
	defer bar.close()
	s, err := session(c, bar)
	if err != nil {
		return err
	}
	maps, err := job.Run(c.Context, s, func(total int) { bar.begin(0, total) }, func() error {
		bar.add("")
		return bar.interrupted(c.Context, "nothing was written, and the same command begins anew")
	})
	if err != nil {
		return err
	}
	bar.close()
	_, err = fmt.Fprintf(c.App.Writer, "%s: %d maps\n", quote.Text(job.Path()), maps)
	return err
}
