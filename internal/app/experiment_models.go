package app

import (
	"fmt"
	"path/filepath"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

// namedEncoder is a CLIP with its name in tables.
type namedEncoder struct {
	name string
	edit.Encoder
}

// openModels opens the VAE and the judge, and every CLIP of the experiment.
func (e *Experiment) openModels(s Session) error {
	models, err := OpenModels(e.config.Models, s.Device)
	if err != nil {
		return err
	}
	e.models = models
	if len(e.config.CLIPs) == 0 {
		e.clips = append(e.clips, namedEncoder{"", models.CLIP})
	}
	for _, name := range e.config.CLIPs {
		seer, err := openNamedCLIP(models, name, s)
		if err != nil {
			models.Close()
			return fmt.Errorf("evaluate: the CLIP %s: %w", quote.Text(name), err)
		}
		e.clips = append(e.clips, namedEncoder{name, seer})
	}
	s.suit(models)
	return nil
}

// openNamedCLIP opens a CLIP by its file.
func openNamedCLIP(m *Models, name string, s Session) (*clip.Frozen, error) {
	dir, base := filepath.Split(name)
	if dir == "" {
		dir = "."
	}
	return loadModel(m, dir, base, func(f *safetensors.File) (*clip.Frozen, error) { return loadCLIP(f, s.Device) })
}

// clip returns the encoder of a trial's CLIP.
func (e *Experiment) clip(name string) namedEncoder {
	for _, o := range e.clips {
		if o.name == name {
			return o
		}
	}
	return e.clips[0]
}
