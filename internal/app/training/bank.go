package training

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/config"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/train"
)

// Bank is the making of the bank of a folder of models.
type Bank struct {
	Models     string     // folder, where the bank is written too
	CLIP       string     // that sees the maps first, as [app.ModelSet] names it; the folder's others do too
	Data       train.Data // the maps that words will be looked up in
	Experiment string     // file that Data came from
}

// ReadBank takes the maps of a bank from the data of train-vae's experiment in
// a file, under the overrides.
func ReadBank(path string, o Overrides) (Bank, error) {
	b := Bank{Experiment: path}
	experiment, err := config.Read(path, train.DefaultVAE, func(train.VAEConfig) error { return nil })
	if err != nil {
		return b, err
	}
	o.apply(&experiment.Train, &experiment.Data)
	if err := experiment.Data.Validate(); err != nil {
		return b, fmt.Errorf("%s: %w", path, err)
	}
	b.Data = experiment.Data
	return b, nil
}

// Path is where the bank is written.
func (b Bank) Path() string { return filepath.Join(b.Models, app.BankName) }

// Check refuses to write over what is read.
func (b Bank) Check() error {
	paths := files.NewPlan("make-bank")
	paths.Reads("the configuration", b.Experiment)
	paths.Reads("the model", app.ModelFiles(b.Models)...)
	for _, folder := range b.Data.Real {
		paths.ReadsUnder("of the data set:", folder, app.IsData)
	}
	paths.WritesInto("the bank", b.Models, app.BankName)
	return paths.Check()
}

// Run encodes the maps and writes the bank, in place of one that is there,
// whole or not. begin is told how many maps there are, done of each; its error
// ends the work. It returns how many maps the bank has.
func (b Bank) Run(ctx context.Context, s app.Session, begin func(maps int), done func() error) (maps int64, err error) {
	err = s.Worker.Do(ctx, func() error {
		maps, err = b.run(ctx, s, begin, done)
		return err
	})
	return maps, err
}

func (b Bank) run(ctx context.Context, s app.Session, begin func(maps int), done func() error) (int64, error) {
	unlock, err := run.LockFolder(b.Models, "make-bank")
	if err != nil {
		return 0, err
	}
	defer unlock()
	run.Sweep(b.Models, func(name string) bool { return name == app.BankName })
	models, err := s.OpenNetworks(app.ModelSet{Folder: b.Models, CLIP: b.CLIP})
	if err != nil {
		return 0, err
	}
	defer models.Close()
	others, err := models.OtherCLIPs(b.Models, s.Device)
	if err != nil {
		return 0, err
	}
	w, h := models.Generator.Size()
	maps, err := b.Data.Maps(ctx, dataset.Size{W: w, H: h}, s.Talk)
	if err != nil {
		return 0, err
	}
	begin(len(maps))
	bank, err := edit.NewBank(s.Device, models.Generator, models.CLIP, maps, func(int) error { return done() }, others...)
	if err != nil {
		return 0, err
	}
	recipe, err := s.Recipe("make-bank", b.Data)
	if err != nil {
		return 0, err
	}
	recipe.Models = models.Files
	return bank.Len(), bank.Save(b.Path(), map[string]string{"recipe": recipe.String()})
}
