package vae

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

// kind is what a model's file says that it is.
const kind = "vae"

// Save writes the model to path as safetensors, its floats as dtype. The
// metadata are the configuration and notes, such as the recipe.
func (m *Model) Save(path string, dtype torch.DType, notes map[string]string) error {
	config, err := json.Marshal(m.Config)
	if err != nil {
		return fmt.Errorf("vae: %s: %w", path, err)
	}
	metadata := map[string]string{"kind": kind, "config": string(config)}
	for k, v := range notes {
		metadata[k] = v
	}
	return torch.Do(torch.CPU, func(s *torch.Session) {
		var tensors []safetensors.Named
		for name, w := range m.Params.Each {
			tensors = append(tensors, safetensors.Named{Name: name, Tensor: s.Use(w).Detach().To(dtype)})
		}
		s.Check(safetensors.Write(path, tensors, metadata))
	})
}

// Load makes the model that a file holds, on device.
func Load(f *safetensors.File, device torch.Device) (*Model, error) {
	name := f.Path()
	if got := f.Metadata()["kind"]; got != kind {
		return nil, fmt.Errorf("vae: %s: the file is a %q, want a %q: was it made by `toolkit train-vae`?", name, got, kind)
	}
	var c Config
	if err := json.Unmarshal([]byte(f.Metadata()["config"]), &c); err != nil {
		return nil, fmt.Errorf("vae: %s: the configuration in the file: %w", name, err)
	}
	m, err := build(c, func(layers func(nn.Scope)) (*nn.Params, error) {
		return nn.BuildFrom(device, f.Section(""), layers)
	})
	if err != nil {
		return nil, fmt.Errorf("vae: %s: %w", name, err)
	}
	return m, nil
}

// Hash identifies the model by what it computes: the SHA-256, in hexadecimal,
// of its configuration and weights. Latents of models with different hashes
// cannot be compared.
func (m *Model) Hash() (string, error) {
	sum := sha256.New()
	if err := json.NewEncoder(sum).Encode(m.Config); err != nil {
		return "", fmt.Errorf("vae: hash: %w", err)
	}
	if err := m.Params.Digest(sum); err != nil {
		return "", fmt.Errorf("vae: hash: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
