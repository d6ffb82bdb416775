package train

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/models/mini"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/torch"
)

// shipped tells whether a model is named that is inside the program.
func shipped(name string) bool { return slices.Contains(clip.Shipped(), name) }

// loadCLIP loads a model file, or one of those inside the program.
func loadCLIP(from string, device torch.Device) (*clip.Model, error) {
	if !shipped(from) {
		return fromFile(from, device, clip.Load)
	}
	f, err := clip.OpenShipped(from)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return clip.Load(f, device)
}

// begin loads the model that From names and, where only what differs from it is
// to be saved, the model once more, which stays as it is.
func (c CLIPConfig) begin(device torch.Device) (m *clip.Model, base *clip.Frozen, err error) {
	if m, err = loadCLIP(c.From, device); err != nil || !c.Delta {
		return m, nil, err
	}
	if !m.Whole() {
		m.Close()
		return nil, nil, fmt.Errorf("train: delta is true, and %s itself holds only what differs from another model: want delta: false, or from: that model", c.From)
	}
	still, err := loadCLIP(c.From, device)
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
	for _, path := range []string{c.From, c.VAE} {
		var file run.File
		switch {
		case path == "":
			continue
		case path == c.From && shipped(path):
			var data []byte
			name := clip.FileOf(path)
			if data, err = mini.Files.ReadFile(name); err == nil {
				file, err = run.Hash(name, bytes.NewReader(data))
			}
		default:
			file, err = run.HashFile(path)
		}
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}
