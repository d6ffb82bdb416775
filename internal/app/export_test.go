package app

import (
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/nn/checkpoint"
	"github.com/clipenv/toolkit/pkg/nn/modelfile"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Networks without weights.
type (
	anyGenerator struct{ edit.Generator }
	anyEncoder   struct{ edit.Encoder }
)

func (anyGenerator) Weights() int64 { return 0 }
func (anyGenerator) Close()         {}
func (anyEncoder) Weights() int64   { return 0 }
func (anyEncoder) Close()           {}

// Register adds a new kind of generator and one of encoder where all kinds are
// listed, until the test ends.
func Register(t *testing.T, g edit.Generator, e edit.Encoder) (generator, encoder modelfile.Kind) {
	generator, encoder = modelfile.Kind{Name: "a new generator"}, modelfile.Kind{Name: "a new encoder"}
	generators[generator] = func(checkpoint.File, torch.Device) (generatorNetwork, error) { return anyGenerator{g}, nil }
	encoders[encoder] = func(checkpoint.File, torch.Device) (encoderNetwork, error) { return anyEncoder{e}, nil }
	t.Cleanup(func() {
		delete(generators, generator)
		delete(encoders, encoder)
	})
	return generator, encoder
}
