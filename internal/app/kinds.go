package app

import (
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/nn/checkpoint"
	"github.com/clipenv/toolkit/pkg/nn/modelfile"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/vae"
)

// network is a model whose weights are counted, and freed at the end.
type network interface {
	Weights() int64
	Close()
}

type (
	generatorNetwork interface {
		edit.Generator
		network
	}
	encoderNetwork interface {
		edit.Encoder
		network
	}
)

// generators, encoders and banks load what a folder of models holds, by the kind
// of file. A new kind is its line here.
var (
	generators = modelfile.Kinds[generatorNetwork]{
		vae.Kind: func(f checkpoint.File, d torch.Device) (generatorNetwork, error) {
			m, err := vae.Load(f, d)
			if err != nil {
				return nil, err
			}
			g, err := generator.NewVAE(m)
			if err != nil {
				m.Close()
				return nil, err
			}
			return g, nil
		},
	}
	encoders = modelfile.Kinds[encoderNetwork]{
		clip.Kind:        loadCLIP,
		modelfile.Kind{}: loadCLIP, // as others publish it
	}
	banks = modelfile.Kinds[*edit.Bank]{
		edit.BankKind: func(f checkpoint.File, _ torch.Device) (*edit.Bank, error) { return edit.LoadBank(f) },
	}
)

func loadCLIP(f checkpoint.File, d torch.Device) (encoderNetwork, error) {
	m, err := clip.Load(f, d)
	if err != nil {
		return nil, err
	}
	frozen, err := m.Freeze()
	if err != nil {
		m.Close()
		return nil, err
	}
	return frozen, nil
}
