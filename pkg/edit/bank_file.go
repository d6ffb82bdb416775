package edit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/vae"
)

// bankKind is what a bank's file says that it is.
const bankKind = "bank"

// Save writes the bank to path as safetensors: latents f16 [M,D] and
// embeddings f16 [M,E], with the hashes of its models and notes as metadata.
func (b *Bank) Save(path string, notes map[string]string) error {
	metadata := map[string]string{}
	maps.Copy(metadata, notes)
	metadata["kind"], metadata["vae"], metadata["clip"] = bankKind, b.VAE, b.CLIP
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		s.Check(safetensors.Write(path, []safetensors.Named{
			{Name: "latents", Tensor: s.FromFloats(b.Latents, b.Len(), b.D).To(torch.Float16)},
			{Name: "embeddings", Tensor: s.FromFloats(b.Embeddings, b.Len(), b.E).To(torch.Float16)},
		}, metadata))
	})
	if err != nil {
		return fmt.Errorf("edit: bank: %w", err)
	}
	return nil
}

// LoadBank reads what [Bank.Save] wrote.
func LoadBank(f *safetensors.File) (*Bank, error) {
	metadata := f.Metadata()
	if got := metadata["kind"]; got != bankKind {
		return nil, fmt.Errorf("edit: %s: the file is a %q, want a %q", f.Path(), got, bankKind)
	}
	b := &Bank{VAE: metadata["vae"], CLIP: metadata["clip"]}
	latents, _ := f.Entry("latents")
	embeddings, _ := f.Entry("embeddings")
	l, e := latents.Shape, embeddings.Shape
	if len(l) != 2 || len(e) != 2 || l[0] != e[0] || l[0] < 1 || l[1] < 1 || e[1] < 1 {
		return nil, fmt.Errorf("edit: %s: latents are %v and embeddings %v, want [M D] and [M E]", f.Path(), l, e)
	}
	b.D, b.E = l[1], e[1]
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		for name, to := range map[string]*[]float32{"latents": &b.Latents, "embeddings": &b.Embeddings} {
			t := f.Tensor(s, name).To(torch.Float32)
			if !finite(t) {
				s.Check(fmt.Errorf("%s has values that are no numbers", name))
			}
			*to = t.Floats()
		}
	})
	if err != nil {
		return nil, fmt.Errorf("edit: %s: %w", f.Path(), err)
	}
	return b, nil
}

// HashVAE identifies a VAE by what it computes: the SHA-256, in hexadecimal,
// of its configuration and weights.
func HashVAE(v *vae.Model) (string, error) {
	sum := sha256.New()
	if err := json.NewEncoder(sum).Encode(v.Config); err != nil {
		return "", fmt.Errorf("edit: hash of the VAE: %w", err)
	}
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		for name, w := range v.Params.Each {
			s.Scope(func() {
				fmt.Fprintln(sum, name)
				sum.Write(s.Use(w).Detach().ToDevice(torch.CPU).Bytes())
			})
		}
	})
	if err != nil {
		return "", fmt.Errorf("edit: hash of the VAE: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
