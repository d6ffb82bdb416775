package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/torch"
)

// StudyModels are the models of a folder with several CLIPs in turn.
type StudyModels struct {
	*Models
	CLIPs  []edit.Encoder // in the order that they were named in
	folder string
	shared []run.File // of the models without the CLIPs, the bank's the last
}

// OpenStudy loads the VAE, the judge and the bank of a folder, and the CLIPs of
// these names, or the folder's own where there are none. It lets ops have as many
// threads as suit them.
func (s Session) OpenStudy(folder string, clips []string) (*StudyModels, error) {
	m := &StudyModels{folder: folder}
	var err error
	m.Models, err = s.open(func(all *Models) (err error) {
		m.shared, m.CLIPs, err = all.openStudy(folder, clips, s.Device)
		return err
	})
	return m, err
}

func (m *Models) openStudy(folder string, names []string, device torch.Device) (shared []run.File, clips []edit.Encoder, err error) {
	if err := m.openGenerator(folder, device); err != nil {
		return nil, nil, err
	}
	if err := m.openJudge(folder, device); err != nil {
		return nil, nil, err
	}
	if err := m.openBank(folder, device); err != nil {
		return nil, nil, err
	}
	shared = slices.Clone(m.Files)
	if len(names) == 0 {
		err := m.openEncoder(ModelSet{Folder: folder}, device)
		return shared, []edit.Encoder{m.CLIP}, err
	}
	for _, name := range names {
		seer, err := m.openCLIP(folder, name, device)
		if err != nil {
			return nil, nil, fmt.Errorf("evaluate: the CLIP %s: %w", quote.Text(name), err)
		}
		clips = append(clips, seer)
	}
	return shared, clips, nil
}

// With are the models with one of the CLIPs, of a name, and a bank as it sees it,
// where looksUp says that one is needed.
func (m *StudyModels) With(ctx context.Context, s Session, seer edit.Encoder, name string, looksUp func() (bool, error)) (edit.Models, error) {
	one := *m.Models
	one.CLIP, one.Files = seer, slices.Clone(m.shared)
	err := s.bankFor(ctx, &one, ModelSet{Folder: m.folder, CLIP: name}, looksUp)
	return one.Models, err
}
