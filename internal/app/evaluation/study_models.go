package evaluation

import (
	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/pkg/edit"
)

// namedEncoder is a CLIP with its name in tables.
type namedEncoder struct {
	name string
	edit.Encoder
}

// openModels opens the VAE, the judge and the bank, and every CLIP of the
// experiment.
func (e *Study) openModels(s app.Session) (err error) {
	if e.models, err = s.OpenStudy(e.config.Models, e.config.CLIPs); err != nil {
		return err
	}
	for i, seer := range e.models.CLIPs {
		named := namedEncoder{Encoder: seer}
		if len(e.config.CLIPs) > 0 {
			named.name = e.config.CLIPs[i]
		}
		e.clips = append(e.clips, named)
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
