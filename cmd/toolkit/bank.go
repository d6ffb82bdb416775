package main

import (
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/config"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/train"
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
			&cli.StringSliceFlag{Name: "real", Usage: "take the maps in `DIR`, in place of the configuration's; may be repeated"},
			&cli.StringSliceFlag{Name: "held-out", Usage: "leave out the map called `NAME`, in place of the configuration's; may be repeated"},
			&cli.IntFlag{Name: "synthetic", Usage: "take `N` synthetic maps", DefaultText: "the configuration's"},
			deviceFlag(),
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
	dir := c.String("models")
	experiment, err := config.Read(c.String("config"), train.DefaultVAE, func(train.VAEConfig) error { return nil })
	if err != nil {
		return err
	}
	overrideTraining(c, func(e *train.VAEConfig) (*train.Loop, *train.Data) { return &e.Train, &e.Data }, &experiment)
	if c.IsSet("synthetic") {
		experiment.Data.Synthetic = c.Int("synthetic")
	}
	if err := experiment.Data.Validate(); err != nil {
		return fmt.Errorf("%s: %w", c.String("config"), err)
	}
	path := filepath.Join(dir, bankName)
	paths := files.NewPlan("make-bank")
	paths.Reads("the configuration", c.String("config"))
	paths.Reads("the model", modelFiles(dir)...)
	for _, folder := range experiment.Data.Real {
		paths.ReadsUnder("of the data set:", folder, isData)
	}
	paths.WritesInto("the bank", dir, bankName)
	if err := paths.Check(); err != nil {
		return err
	}
	device, err := useDevice(c)
	if err != nil {
		return err
	}
	unlock, err := run.LockFolder(dir, "make-bank")
	if err != nil {
		return err
	}
	defer unlock()
	run.Sweep(dir, func(name string) bool { return name == bankName })
	models, err := openNetworks(dir, device) // a bank that is there, whole or not, will be replaced
	if err != nil {
		return err
	}
	defer models.Close()
	suitThreads(c, models)
	w, h := models.Generator.Size()
	maps, err := experiment.Data.Maps(c.Context, dataset.Size{W: w, H: h}, c.App.ErrWriter)
	if err != nil {
		return err
	}
	bar := run.Progress(c.App.ErrWriter, len(maps), "make-bank")
	const hint = "nothing was written, and the same command begins anew"
	bank, err := edit.NewBank(device, models.Generator, models.CLIP, maps, func(int) error {
		bar.Add(1, "")
		return bar.Interrupted(c.Context, hint)
	})
	bar.Close()
	if err != nil {
		return err
	}
	recipe, err := run.NewRecipe(versions(), "make-bank", experiment.Data)
	if err != nil {
		return err
	}
	noteMachine(&recipe, device)
	recipe.Models = models.files
	if err := bank.Save(path, map[string]string{"recipe": recipe.String()}); err != nil {
		return err
	}
	fmt.Fprintf(c.App.Writer, "%s: %d maps\n", path, bank.Len())
	return nil
}
