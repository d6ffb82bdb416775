package edit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/pkg/nn/checkpoint"
	"github.com/clipenv/toolkit/pkg/nn/modelfile"
	"github.com/clipenv/toolkit/pkg/torch"
)

// BankKind is that of a bank's file.
var BankKind = modelfile.Kind{Name: "bank", Verb: "make-bank"}

// What a bank's file holds.
const (
	latentPrefix   = "latent." // then the part's name
	embeddingsName = "embeddings"
	otherPrefix    = "embeddings." // then the hash of another CLIP
	generatorField = "generator"
	clipField      = "clip"
)

// Save writes the bank to path as safetensors, its floats as f16.
func (b *Bank) Save(path string, notes map[string]string) error {
	return torch.Do(torch.CPU, func(s *torch.Session) {
		tensors := func(yield func(string, torch.Tensor) bool) {
			for name, all := range b.latents(s).Each {
				if !yield(latentPrefix+name, all) {
					return
				}
			}
			for _, other := range b.Others {
				if !yield(otherPrefix+other.CLIP, s.FromFloats(other.Embeddings, b.Len(), other.E)) {
					return
				}
			}
			yield(embeddingsName, s.FromFloats(b.Embeddings, b.Len(), b.E))
		}
		fields := modelfile.Fields{generatorField: b.Generator, clipField: b.CLIP}
		s.Check(BankKind.Write(path, tensors, torch.Float16, fields, notes))
	})
}

// LoadBank reads a bank from a file of Save.
func LoadBank(f checkpoint.File) (*Bank, error) {
	fields, err := BankKind.Read(f)
	if err != nil {
		return nil, err
	}
	b := &Bank{Generator: fields[generatorField], CLIP: fields[clipField]}
	maps, err := b.lay(f)
	if err != nil {
		return nil, fmt.Errorf("bank: %s: %w", f.Path(), err)
	}
	err = torch.Do(torch.CPU, func(s *torch.Session) {
		for i := range b.Latents {
			b.Latents[i].Values = f.Tensor(s, latentPrefix+b.Latents[i].Name).Floats()
		}
		b.Embeddings = f.Tensor(s, embeddingsName).Floats()
		for i := range b.Others {
			b.Others[i].Embeddings = f.Tensor(s, otherPrefix+b.Others[i].CLIP).Floats()
		}
		s.Check(b.finite(0))
		if b.Len() != maps {
			s.Check(fmt.Errorf("%d embeddings for %d maps", b.Len(), maps))
		}
	})
	if err != nil {
		return nil, fmt.Errorf("bank: %s: %w", f.Path(), err)
	}
	return b, nil
}

// finite names what holds values that are no numbers, of the maps from first on.
func (b *Bank) finite(first int) error {
	bad := func(v float32) bool { return v-v != 0 }
	for _, p := range b.Latents {
		one := len(p.Values) / max(int(b.Len()), 1)
		if slices.ContainsFunc(p.Values[min(first*one, len(p.Values)):], bad) {
			return fmt.Errorf("%s%s holds NaN or infinity", latentPrefix, p.Name)
		}
	}
	for _, by := range append([]Seen{{E: b.E, Embeddings: b.Embeddings}}, b.Others...) {
		if slices.ContainsFunc(by.Embeddings[first*int(by.E):], bad) {
			return fmt.Errorf("%s hold NaN or infinity", embeddingsName)
		}
	}
	return nil
}

// lay finds the parts among the tensors of a file, and how many maps they are
// of.
func (b *Bank) lay(f checkpoint.File) (maps int64, err error) {
	const want = "want latent.… [M,…] and embeddings [M,E] of one M: make the bank anew with `toolkit make-bank`"
	for _, tensor := range f.Names() {
		shape := f.Shape(tensor)
		if len(shape) < 2 || shape[0] == 0 || maps != 0 && shape[0] != maps {
			return 0, fmt.Errorf("%s is %v, %s", tensor, shape, want)
		}
		maps = shape[0]
		other, isOther := strings.CutPrefix(tensor, otherPrefix)
		switch name, isLatent := strings.CutPrefix(tensor, latentPrefix); {
		case isOther && len(shape) == 2:
			b.Others = append(b.Others, Seen{CLIP: other, E: shape[1]})
		case isLatent:
			b.Latents = append(b.Latents, BankPart{Name: name, Shape: shape[1:]})
		case tensor == embeddingsName && len(shape) == 2:
			b.E = shape[1]
		default:
			return 0, fmt.Errorf("a tensor is called %s and is %v, %s", tensor, shape, want)
		}
	}
	if len(b.Latents) == 0 || b.E == 0 {
		return 0, fmt.Errorf("latents or embeddings are missing, %s", want)
	}
	return maps, nil
}
