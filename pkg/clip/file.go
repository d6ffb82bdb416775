package clip

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/clipenv/toolkit/pkg/clip/bpe"
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

// kind is what a model's file says that it is.
const kind = "clip"

// Save writes the model to path as safetensors, its floats as dtype. The
// metadata are the kind, the configuration, the vocabulary or the hash of the
// table of words, and notes such as the recipe.
func (m *Model) Save(path string, dtype torch.DType, notes map[string]string) error {
	config, err := json.Marshal(m.Config)
	if err != nil {
		return fmt.Errorf("clip: %s: %w", path, err)
	}
	metadata := map[string]string{}
	maps.Copy(metadata, notes)
	metadata["kind"], metadata["config"] = kind, string(config)
	if m.Words != nil {
		metadata["words"] = m.Words.Hash()
	} else {
		vocabulary, err := json.Marshal(m.Tokenizer.Vocabulary())
		if err != nil {
			return fmt.Errorf("clip: %s: %w", path, err)
		}
		metadata["vocabulary"] = string(vocabulary)
	}
	return torch.Do(torch.CPU, func(s *torch.Session) {
		var tensors []safetensors.Named
		for name, w := range m.Params.Each {
			tensors = append(tensors, safetensors.Named{Name: name, Tensor: s.Use(w).Detach().To(dtype)})
		}
		s.Check(safetensors.Write(path, tensors, metadata))
	})
}

// Load makes the model that a file holds, on device: one of [Model.Save], or a
// checkpoint with a vision transformer as OpenAI or Hugging Face's transformers
// name its weights, beside which its vocabulary lies.
func Load(f *safetensors.File, device torch.Device) (*Model, error) {
	name, metadata := f.Path(), f.Metadata()
	got, ours := metadata["kind"]
	if !ours {
		return loadPublished(f, device)
	}
	if got != kind {
		return nil, fmt.Errorf("clip: %s: the file is a %q, want a %q: was it made by `toolkit finetune-clip`?", name, got, kind)
	}
	var c Config
	if err := json.Unmarshal([]byte(metadata["config"]), &c); err != nil {
		return nil, fmt.Errorf("clip: %s: the configuration in the file: %w", name, err)
	}
	var read reading
	var err error
	if c.Text.Kind == Words {
		if read.words, err = findWords(name, metadata["words"]); err != nil {
			return nil, fmt.Errorf("clip: %s: %w", name, err)
		}
	} else if read.pieces, err = bpe.Parse([]byte(metadata["vocabulary"])); err != nil {
		return nil, fmt.Errorf("clip: %s: the vocabulary in the file: %w", name, err)
	}
	m, err := build(c, read, func(layers func(nn.Scope)) (*nn.Params, error) {
		return nn.BuildFrom(device, f.Section(""), layers)
	})
	if err != nil {
		return nil, fmt.Errorf("clip: %s: %w", name, err)
	}
	return m, nil
}

// Hash identifies the model by what it computes: the SHA-256, in hexadecimal,
// of its configuration, vocabulary or words, and weights. A file gives the same hash
// wherever it is loaded from, whatever its notes; vectors of models with
// different hashes cannot be compared.
func (m *Model) Hash() (string, error) {
	sum := sha256.New()
	enc := json.NewEncoder(sum)
	if err := enc.Encode(m.Config); err != nil {
		return "", fmt.Errorf("clip: hash: %w", err)
	}
	if m.Words != nil {
		fmt.Fprintln(sum, m.Words.Hash())
	} else if err := enc.Encode(m.Tokenizer.Vocabulary()); err != nil {
		return "", fmt.Errorf("clip: hash: %w", err)
	}
	if err := m.Params.Digest(sum); err != nil {
		return "", fmt.Errorf("clip: hash: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
