package app

import (
	"fmt"
	"slices"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/edit"
)

// namedEncoder is a CLIP with its name in tables.
type namedEncoder struct {
	name string
	edit.Encoder
}

// openModels opens the VAE and the judge, and every CLIP of the experiment.
func (e *Study) openModels(s Session) error {
	models, err := OpenNetworks(e.config.Models, s.Device)
	if err != nil {
		return err
	}
	if err := models.openBank(e.config.Models, s.Device); err != nil {
		models.Close()
		return err
	}
	e.models, e.opened = models, slices.Clone(models.Files)
	if len(e.config.CLIPs) == 0 {
		e.clips = append(e.clips, namedEncoder{"", models.CLIP})
	}
	for _, name := range e.config.CLIPs {
		seer, err := models.openCLIP(e.config.Models, name, s.Device)
		if err != nil {
			models.Close()
			return fmt.Errorf("evaluate: the CLIP %s: %w", quote.Text(name), err)
		}
		e.clips = append(e.clips, namedEncoder{name, seer})
	}
	s.suit(models)
	return nil
}

// clip returns the encoder of a trial's CLIP.
func (e *Study) clip(name string) namedEncoder {
	for _, o := range e.clips {
		if o.name == name {
			return o
		}
	}
	return e.clips[0]
}
