package dataset

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/clipenv/toolkit/pkg/dataset/label"
)

// Batch is N augmented maps.
type Batch struct {
	Radiance []float32 // [N,3,H,W], linear
	Words    []label.Words
}

// Sampler makes batches of real and drawn maps.
type Sampler struct {
	Size          Size
	Real, Drawn   []Map
	RealShare     float64      // of a batch; the rest is drawn
	RealVariation Augmentation // few maps want much variation
	Variation     Augmentation // of the drawn ones
	Seed          int64
}

// Validate tells whether batches can be made.
func (s *Sampler) Validate() error {
	switch {
	case len(s.Real)+len(s.Drawn) == 0:
		return errors.New("dataset: no maps to train on")
	case s.RealShare > 0 && len(s.Real) == 0:
		return fmt.Errorf("dataset: the share of real maps is %v, but there are none", s.RealShare)
	case s.RealShare < 1 && len(s.Drawn) == 0:
		return fmt.Errorf("dataset: the share of real maps is %v, but there are no drawn ones for the rest", s.RealShare)
	}
	return nil
}

// Batch returns batch k of n maps. It depends on the sampler's fields and k
// alone: a run that is resumed sees what it would have seen.
func (s *Sampler) Batch(k, n int) Batch {
	r := rand.New(rand.NewPCG(uint64(s.Seed), uint64(k)))
	b := Batch{make([]float32, n*s.Size.Pixels()), make([]label.Words, n)}
	// The share holds over the run: a fraction of a map is a map now and then.
	want := s.RealShare * float64(n)
	fromReal := int(want)
	if r.Float64() < want-float64(fromReal) {
		fromReal++
	}
	for i := range n {
		maps, a := s.Drawn, s.Variation
		if i < fromReal {
			maps, a = s.Real, s.RealVariation
		}
		m := &maps[r.IntN(len(maps))]
		var below []float32
		if r.Float64() < a.HorizonMix {
			other := &maps[r.IntN(len(maps))]
			below = other.Radiance
			b.Words[i] = m.Words.And(other.Words)
		} else {
			b.Words[i] = m.Words
		}
		p := s.Size.Pixels()
		a.vary(b.Radiance[i*p:(i+1)*p], m.Radiance, below, s.Size, r)
	}
	return b
}

// Batches makes batches from k on in the background, a few ahead; the reader
// takes them in order. It ends when the reader's stop is called.
func (s *Sampler) Batches(k, n int) (next func() Batch, stop func()) {
	const ahead = 4
	ready, quit := make(chan Batch, ahead), make(chan struct{})
	go func() {
		for i := k; ; i++ {
			select {
			case ready <- s.Batch(i, n):
			case <-quit:
				return
			}
		}
	}()
	return func() Batch { return <-ready }, func() { close(quit) }
}
