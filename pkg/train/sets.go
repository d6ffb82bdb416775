package train

import (
	"context"
	"io"

	"github.com/clipenv/toolkit/pkg/dataset"
)

// Sets are the maps of an experiment by the part that they play in it.
type Sets struct {
	Looks   []Look          // those held out first, those trained on last
	Sampler dataset.Sampler // of the batches that are trained on
}

// Look is a set of maps that a model is judged by.
type Look struct {
	Name, Label string // in figures, and to a reader
	Maps        []dataset.Map
}

// Sets reads and draws the maps at a size; seed is that of the batches. Looks
// without maps are left out.
func (d Data) Sets(ctx context.Context, size dataset.Size, seed int64, log io.Writer) (Sets, error) {
	m, err := d.load(ctx, size, seed, log)
	if err != nil {
		return Sets{}, err
	}
	sets := Sets{Sampler: m.sampler}
	for _, l := range m.looks() {
		if len(l.maps) > 0 {
			sets.Looks = append(sets.Looks, Look{l.name, l.label, l.maps})
		}
	}
	return sets, nil
}
