package app

import (
	"fmt"
	"slices"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/torch"
)

// namedEncoder is a CLIP with its name in tables.
type namedEncoder struct {
	name string
	edit.Encoder
}

// openModels opens the VAE, the judge and the bank, and every CLIP of the
// experiment.
func (e *Study) openModels(s Session) error {
	e.models = &Models{}
	if err := e.open(s.Device); err != nil {
		e.models.Close()
		return err
	}
	s.suit(e.models)
	return nil
}

func (e *Study) open(device torch.Device) error {
	m, dir := e.models, e.config.Models
	if err := m.openGenerator(dir, device); err != nil {
		return err
	}
	if err := m.openJudge(dir, device); err != nil {
		return err
	}
	if err := m.openBank(dir, device); err != nil {
		return err
	}
	e.opened = slices.Clone(m.Files)
	if len(e.config.CLIPs) == 0 {
		if err := m.openEncoder(ModelSet{Folder: dir}, device); err != nil {
			return err
		}
		e.clips = []namedEncoder{{"", m.CLIP}}
	}
	for _, name := range e.config.CLIPs {
		seer, err := m.openCLIP(dir, name, device)
		if err != nil {
			return fmt.Errorf("evaluate: the CLIP %s: %w", quote.Text(name), err)
		}
		e.clips = append(e.clips, namedEncoder{name, seer})
	}
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
