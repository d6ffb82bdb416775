package clip

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/nn/checkpoint"
	"github.com/clipenv/toolkit/pkg/nn/modelfile"
	"github.com/clipenv/toolkit/pkg/torch"
)

// baseField is the metadata's name for the hash of the model that a file of
// some weights alone stands on.
const baseField = "base"

// SaveDelta is [Model.Save] of the weights alone that differ, as dtype, from
// those of base: a fine-tuned model with what was frozen left out. The file
// names base by its hash, and is read where that is at hand ([Load]).
func (m *Model) SaveDelta(path string, dtype torch.DType, notes map[string]string, base *Frozen) error {
	if m.Config.differs(base.Config) {
		return fmt.Errorf("clip: %s: the model is built otherwise than the one that its weights are to be taken from: want one that was fine-tuned from it", path)
	}
	if !base.Whole() {
		return fmt.Errorf("clip: %s: the model that its weights are to be taken from stands on another itself: want that one, or all weights saved", path)
	}
	built := m.built()
	built[baseField] = base.Hash()
	fields, err := modelfile.NewFields(built)
	if err == nil {
		var changed []string
		if changed, err = m.changed(base.Model, dtype); err == nil {
			err = Kind.Write(path, only(m.Params, changed), dtype, fields, notes)
		}
	}
	if err != nil {
		return fmt.Errorf("clip: %s: %w", path, err)
	}
	return nil
}

// differs tells whether two models have other layers.
func (c Config) differs(from Config) bool { return fmt.Sprint(c) != fmt.Sprint(from) }

// changed names the weights that are others than base's once they are dtype.
func (m *Model) changed(base *Model, dtype torch.DType) (names []string, err error) {
	err = torch.Do(torch.CPU, func(s *torch.Session) {
		for name := range m.Params.Each {
			s.Scope(func() {
				as := func(p *nn.Params) torch.Tensor {
					return p.Tensor(s, name).ToDevice(torch.CPU).To(dtype).To(torch.Float32)
				}
				if as(m.Params).Sub(as(base.Params)).Abs().Max().Item() != 0 {
					names = append(names, name)
				}
			})
		}
	})
	return names, err
}

// only visits the named weights.
func only(p *nn.Params, names []string) func(yield func(string, torch.Tensor) bool) {
	return func(yield func(string, torch.Tensor) bool) {
		for name, w := range p.Each {
			if slices.Contains(names, name) && !yield(name, w) {
				return
			}
		}
	}
}

// overlay is the weights of a file, and those of base that the file lacks. A
// weight of the file that base lacks is one too many.
type overlay struct {
	nn.Source
	base nn.Source
}

func (o overlay) Names() []string {
	names := slices.Clone(o.base.Names())
	for _, name := range o.Source.Names() {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func (o overlay) from(name string) nn.Source {
	if slices.Contains(o.Source.Names(), name) {
		return o.Source
	}
	return o.base
}

func (o overlay) Shape(name string) []int64 { return o.from(name).Shape(name) }

func (o overlay) Tensor(s *torch.Session, name string) torch.Tensor {
	return o.from(name).Tensor(s, name)
}

// weights are those of a file, with those of the model that it stands on where
// it says so. done closes that model.
func weights(f checkpoint.File, hash string, bases []*Frozen) (src nn.Source, done func(), err error) {
	if hash == "" {
		return f, func() {}, nil
	}
	for _, base := range bases {
		if base.Hash() == hash {
			return overlay{f, base.Params}, func() {}, nil
		}
	}
	base, err := findBase(f.Path(), hash)
	if err != nil {
		return nil, nil, err
	}
	return overlay{f, base.Params}, base.Close, nil
}

// findBase returns the CLIP with a hash: one of those inside the program, or
// one beside the file of the model that stands on it.
func findBase(model, hash string) (*Frozen, error) {
	dir := filepath.Dir(model)
	beside, err := filepath.Glob(filepath.Join(escaped(dir), "clip*.safetensors"))
	if err != nil {
		return nil, err
	}
	var files []func() (checkpoint.File, error)
	for _, name := range Shipped() {
		files = append(files, func() (checkpoint.File, error) { return OpenShipped(name) })
	}
	for _, path := range beside {
		if path != model {
			files = append(files, func() (checkpoint.File, error) { return checkpoint.Open(path) })
		}
	}
	for _, open := range files {
		base, err := wholeCLIP(open)
		if err != nil {
			return nil, err
		}
		if base == nil {
			continue
		}
		if base.Hash() == hash {
			return base, nil
		}
		base.Close()
	}
	return nil, fmt.Errorf("it holds only what differs from the CLIP %.12s, which is none of the program's and none of clip*.safetensors in %s: want the model that it was fine-tuned from beside it", hash, dir)
}

// wholeCLIP loads a file that stands on no other, nil where it is none.
func wholeCLIP(open func() (checkpoint.File, error)) (*Frozen, error) {
	f, err := open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if modelfile.KindOf(f) != Kind.Name || f.Metadata()[baseField] != "" {
		return nil, nil
	}
	m, err := Load(f, torch.CPU)
	if err != nil {
		return nil, nil // whatever it is, nothing stands on it
	}
	return m.Freeze()
}

// escaped is a folder's name in a pattern.
func escaped(dir string) string {
	var out []rune
	for _, r := range dir {
		if r == '*' || r == '?' || r == '[' || r == '\\' {
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}
