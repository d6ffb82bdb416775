package vae

import (
	"fmt"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/nn/checkpoint"
	"github.com/clipenv/toolkit/pkg/nn/modelfile"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Kind is that of a VAE's file.
var Kind = modelfile.Kind{Name: "vae", Verb: "train-vae"}

// Save writes the model to path as safetensors, its floats as dtype, with its
// configuration and notes, such as the recipe.
func (m *Model) Save(path string, dtype torch.DType, notes map[string]string) error {
	fields, err := modelfile.NewFields(map[string]any{"config": m.Config})
	if err == nil {
		err = Kind.Write(path, m.Params.Each, dtype, fields, notes)
	}
	if err != nil {
		return fmt.Errorf("vae: %s: %w", path, err)
	}
	return nil
}

// Load makes the model that a file holds, on device.
func Load(f checkpoint.File, device torch.Device) (*Model, error) {
	fields, err := Kind.Read(f)
	if err != nil {
		return nil, err
	}
	var c Config
	if err := fields.Decode("config", &c); err != nil {
		return nil, fmt.Errorf("vae: %s: the configuration in the file: %w", f.Path(), err)
	}
	m, err := build(c, func(layers func(nn.Scope)) (*nn.Params, error) {
		return nn.BuildFrom(device, f, layers)
	})
	if err != nil {
		return nil, fmt.Errorf("vae: %s: %w", f.Path(), err)
	}
	return m, nil
}

// Hash identifies the model by what it computes (modelfile.Hash). It reads all
// weights: whoever needs it often keeps it.
func (m *Model) Hash() (string, error) {
	hash, err := modelfile.Hash(m.Params, m.Config)
	if err != nil {
		return "", fmt.Errorf("vae: %w", err)
	}
	return hash, nil
}
