// Package modelfile writes and reads the files of models: safetensors whose
// metadata say of what kind the model is, what it needs to be built again, and
// notes such as its recipe.
//
//	Kind.Write: weights, fields, notes -> file
//	Kind.Read:  file                   -> fields; the weights stay in the file
//	Kinds.Load: file                   -> the model, by the loader of its kind
package modelfile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/nn/checkpoint"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

// Kind is a kind of model file.
type Kind struct {
	Name string // as the file says it, and in front of errors
	Verb string // of the toolkit, that makes such files
}

// kindKey is the metadata's name for the kind.
const kindKey = "kind"

// Fields are what a model needs beside its weights, as they stand in the
// file's metadata: text as it is, all else as JSON.
type Fields map[string]string

// NewFields returns the fields of these values.
func NewFields(values map[string]any) (Fields, error) {
	x := Fields{}
	for name, v := range values {
		if text, ok := v.(string); ok {
			x[name] = text
			continue
		}
		encoded, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		x[name] = string(encoded)
	}
	return x, nil
}

// Write writes a model to path: its weights, floats as dtype, its fields, and
// notes for people. Where a note has the name of a field, the field counts.
func (k Kind) Write(path string, weights iter.Seq2[string, torch.Tensor], dtype torch.DType, fields Fields, notes map[string]string) error {
	metadata := map[string]string{}
	maps.Copy(metadata, notes)
	maps.Copy(metadata, fields)
	metadata[kindKey] = k.Name
	return torch.Do(torch.CPU, func(s *torch.Session) {
		var tensors []safetensors.Named
		for name, w := range weights {
			tensors = append(tensors, safetensors.Named{Name: name, Tensor: s.Use(w).Detach().To(dtype)})
		}
		s.Check(safetensors.Write(path, tensors, metadata))
	})
}

// Read returns the fields of a file of this kind.
func (k Kind) Read(f checkpoint.File) (Fields, error) {
	if got := f.Metadata()[kindKey]; got != k.Name {
		return nil, fmt.Errorf("%s: %s: the file is a %q, want a %q: was it made by `toolkit %s`?", k.Name, f.Path(), got, k.Name, k.Verb)
	}
	return Fields(f.Metadata()), nil
}

// Decode reads the JSON of the field called name into v.
func (x Fields) Decode(name string, v any) error {
	return json.Unmarshal([]byte(x[name]), v)
}

// KindOf returns the name of the kind that a file says it is of, "" for one of
// another program.
func KindOf(f checkpoint.File) string { return f.Metadata()[kindKey] }

// Hash identifies a model by what it computes: the SHA-256, in hexadecimal, of
// what it was built from and of its weights. A file gives the same hash
// wherever it is loaded from, whatever its notes; latents and vectors of models
// with different hashes cannot be compared.
func Hash(weights *nn.Params, built ...any) (string, error) {
	sum := sha256.New()
	enc := json.NewEncoder(sum)
	for _, v := range built {
		if err := enc.Encode(v); err != nil {
			return "", fmt.Errorf("hash: %w", err)
		}
	}
	if err := weights.Digest(sum); err != nil {
		return "", fmt.Errorf("hash: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Loader makes a model of what a file holds, on a device.
type Loader[M any] func(checkpoint.File, torch.Device) (M, error)

// Kinds are the loaders of models that serve one purpose, by the kind of file.
// The kind without a name is that of files that other programs made.
type Kinds[M any] map[Kind]Loader[M]

// Load makes the model that a file holds by the loader of its kind.
func (k Kinds[M]) Load(f checkpoint.File, device torch.Device) (m M, err error) {
	for kind, load := range k {
		if kind.Name == KindOf(f) {
			return load(f, device)
		}
	}
	return m, fmt.Errorf("%s: the file is a %q, want %s", f.Path(), KindOf(f), k.wanted())
}

func (k Kinds[M]) wanted() string {
	var wanted []string
	for kind := range k {
		if kind.Name != "" {
			wanted = append(wanted, fmt.Sprintf("a %q, which `toolkit %s` makes", kind.Name, kind.Verb))
		}
	}
	slices.Sort(wanted)
	return strings.Join(wanted, ", or ")
}
