package train

import (
	"fmt"
	"io"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/torch"
)

// begin loads the model that From names and, where only what differs from it is
// to be saved, the model once more, which stays as it is.
func (c CLIPConfig) begin(device torch.Device) (m *clip.Model, base *clip.Frozen, err error) {
	if m, err = clip.Open(c.From, device); err != nil || !c.Delta {
		return m, nil, err
	}
	if !m.Whole() {
		m.Close()
		return nil, nil, fmt.Errorf("train: delta is true, and %s itself holds only what differs from another model: want delta: false, or from: that model", c.From)
	}
	still, err := clip.Open(c.From, device)
	if err == nil {
		base, err = still.Freeze()
	}
	if err != nil {
		m.Close()
	}
	return m, base, err
}

// hashes are those of the files that a run begins with.
func (c CLIPConfig) hashes() (files []run.File, err error) {
	if c.From != "" {
		err = clip.EachFile(c.From, func(name string, content io.Reader) error {
			file, err := run.Hash(name, content)
			files = append(files, file)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if c.VAE == "" {
		return files, nil
	}
	file, err := run.HashFile(c.VAE)
	return append(files, file), err
}
