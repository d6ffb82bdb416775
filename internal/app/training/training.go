// Package training makes models and says what they are worth: it trains a VAE or
// a CLIP, makes the bank that edits look words up in, and shows and measures what
// a VAE makes of maps.
package training

import (
	"context"
	"fmt"
	"time"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/config"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/train"
)

// Trainer is a kind of experiment, of configuration C, and what runs it.
type Trainer[C Experiment] struct {
	Verb     string
	defaults C
	parts    func(*C) (*train.Loop, *train.Data)
	run      func(ctx context.Context, c C, r train.Run) (map[string]float64, error)
}

// Experiment is what every trainer's configuration can tell of itself.
type Experiment interface {
	Validate() error
	Idle(key string) string // why a key does nothing, "" where it does
}

// VAE trains the VAE whose latents are edited.
var VAE = Trainer[train.VAEConfig]{
	Verb: "train-vae", defaults: train.DefaultVAE, run: train.TrainVAE,
	parts: func(c *train.VAEConfig) (*train.Loop, *train.Data) { return &c.Train, &c.Data },
}

// CLIP trains or fine-tunes the CLIP that edits are guided by.
var CLIP = Trainer[train.CLIPConfig]{
	Verb: "finetune-clip", defaults: train.DefaultCLIP, run: train.FinetuneCLIP,
	parts: func(c *train.CLIPConfig) (*train.Loop, *train.Data) { return &c.Train, &c.Data },
}

// Training is one run of an experiment, kept in a folder.
type Training[C Experiment] struct {
	File   string // the experiment's
	Output string // the run's folder
	Resume bool   // go on from the last checkpoint in Output

	IfBegun bool // Resume where Output holds a run

	Again string // the command that resumes it, for a person; "": it is described

	PeerTimeout time.Duration // how long the processes of a job wait for one another

	trainer    Trainer[C]
	experiment C
	keys       config.Keys // that were given
}

// Read reads an experiment's file. What it lacks may still be given: all is
// checked at once, by [Training.Check].
func (t Trainer[C]) Read(path string) (*Training[C], error) {
	experiment, keys, err := config.ReadKeys(path, t.defaults, func(C) error { return nil })
	return &Training[C]{File: path, trainer: t, experiment: experiment, keys: keys}, err
}

// Override puts these values in place of the file's.
func (t *Training[C]) Override(o Overrides) { o.apply(t.trainer.parts(&t.experiment)) }

// Assign puts an assignment, as in "train.save_every=50", in place of the
// file's. Its error is one of a wrong command line.
func (t *Training[C]) Assign(assignment string) error {
	key, err := config.Set(&t.experiment, assignment)
	if err == nil {
		t.keys[key] = 0
	}
	return err
}

// trained are the files of a run that the toolkit knows by their names.
var trained = []string{"recipe.json", "metrics.jsonl", "curves.png", "checkpoint.safetensors", "best.safetensors"}

// Check finds what is wrong with the experiment, or would do nothing, and
// refuses to write over what is read.
func (t *Training[C]) Check() error {
	if err := t.experiment.Validate(); err != nil {
		return fmt.Errorf("%s: %w", t.File, err)
	}
	if err := config.Idle(t.keys, t.experiment.Idle); err != nil {
		return fmt.Errorf("%s: %w", t.File, err)
	}
	_, data := t.trainer.parts(&t.experiment)
	paths := files.NewPlan(t.trainer.Verb)
	paths.Reads("the configuration", t.File)
	for _, dir := range data.Real {
		paths.ReadsUnder("of the data set:", dir, app.IsData)
	}
	paths.WritesInto("--output", t.Output, trained...)
	return paths.Check()
}

// Run trains, and returns the figures of the best model, nil where another
// process of the job has them. A run that is resumed goes on by as many threads
// as it began with, unless a number was given.
func (t *Training[C]) Run(ctx context.Context, s app.Session) (figures map[string]float64, err error) {
	peers, err := join(ctx, &s, t.PeerTimeout)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.trainer.Verb, err)
	}
	defer func() { peers.Close(err) }()
	if t.IfBegun {
		t.Resume = run.Begun(t.Output)
	}
	if t.Resume {
		s.KeepThreads(t.Output)
	}
	loop, _ := t.trainer.parts(&t.experiment)
	s.TellOfGraphs(t.trainer.Verb, loop.Graphs, peers.Size())
	err = s.Worker.Do(ctx, func() error {
		figures, err = t.trainer.run(ctx, t.experiment, train.Run{
			Output: t.Output, Resume: t.Resume, Again: t.Again, Device: s.Device, Version: s.Versions.Toolkit, Log: s.Talk, Peers: peers,
		})
		return err
	})
	if peers.Rank() > 0 {
		figures = nil
	}
	return figures, err
}
