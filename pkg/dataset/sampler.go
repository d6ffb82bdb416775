package dataset

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"sync"

	"github.com/clipenv/toolkit/pkg/label"
)

// Batch is N augmented maps, or those of them that one process takes.
type Batch struct {
	Radiance []float32 // [N,3,H,W], linear
	Words    []label.Words
	All      []label.Words // of the whole batch
}

// Sampler makes batches of real and drawn maps. Each kind goes by epochs: all
// of its maps come once, shuffled, before any comes again.
type Sampler struct {
	Size                  Size
	Real, Synthetic       []Map
	RealShare             float64      // of a batch; the rest is drawn
	RealAugmentation      Augmentation // few maps want much variation
	SyntheticAugmentation Augmentation // of the drawn ones
	Seed                  int64
	Workers               int // that make batches ahead; 0: one for each processor, at most 4
}

// Validate tells whether batches can be made.
func (s *Sampler) Validate() error {
	switch {
	case len(s.Real)+len(s.Synthetic) == 0:
		return errors.New("dataset: no maps to train on")
	case s.RealShare > 0 && len(s.Real) == 0:
		return fmt.Errorf("dataset: the share of real maps is %v, but there are none", s.RealShare)
	case s.RealShare < 1 && len(s.Synthetic) == 0:
		return fmt.Errorf("dataset: the share of real maps is %v, but there are no drawn ones for the rest", s.RealShare)
	}
	return nil
}

// Batch returns batch k of n maps. It depends on the sampler's fields, but
// Workers, and on k and n alone: a run that is resumed, in mid-epoch too, sees
// what it would have seen.
func (s *Sampler) Batch(k, n int) Batch { return s.Part(k, n, 0, n) }

// Part returns maps from … to−1 of batch k of n maps: the same that they are in
// the whole batch. Of the others it makes the words alone.
func (s *Sampler) Part(k, n, from, to int) Batch {
	r := rand.New(rand.NewPCG(uint64(s.Seed), uint64(k)))
	words := make([]label.Words, n)
	b := Batch{make([]float32, (to-from)*s.Size.Pixels()), words[from:to], words}
	above, below := make([]float32, s.Size.Pixels()), make([]float32, s.Size.Pixels())
	// How many real maps come before this batch and with it: a fraction of a
	// map is a map now and then.
	firstReal, nextReal := s.realBefore(k, n), s.realBefore(k+1, n)
	for i := range n {
		maps, a, at := s.Synthetic, s.SyntheticAugmentation, k*n+i-nextReal
		if i < nextReal-firstReal {
			maps, a, at = s.Real, s.RealAugmentation, firstReal+i
		}
		m := &maps[s.turn(at, len(maps))]
		words[i] = m.Words
		var other *Map
		if r.Float64() < a.HorizonMix {
			other = &maps[r.IntN(len(maps))]
			words[i] = m.Words.And(other.Words)
		}
		v := a.draw(s.Size, r)
		if i < from || i >= to {
			continue
		}
		m.pixels.decode(above)
		var lower []float32
		if other != nil {
			other.pixels.decode(below)
			lower = below
		}
		p := s.Size.Pixels()
		v.apply(b.Radiance[(i-from)*p:(i-from+1)*p], above, lower, s.Size)
	}
	return b
}

// realBefore is how many real maps come before batch k of n maps.
func (s *Sampler) realBefore(k, n int) int {
	return int(math.Floor(float64(k) * float64(n) * s.RealShare))
}

// turn is which of n maps stands at a place in the endless row of epochs.
func (s *Sampler) turn(place, n int) int {
	epoch, at := place/n, place%n
	if at < 0 {
		epoch, at = epoch-1, at+n
	}
	return shuffled(at, n, uint64(s.Seed)*0x9e3779b97f4a7c15+uint64(epoch))
}

// shuffled is where i, 0 to n-1, goes in the shuffle of that number: a Feistel
// network on the next power of four, walked until it lands below n (Black and
// Rogaway 2002, "Ciphers with arbitrary finite domains"). It needs no memory,
// and so can be asked for any epoch by any goroutine.
func shuffled(i, n int, number uint64) int {
	half := (bits.Len(uint(n-1)) + 1) / 2
	mask := uint64(1)<<half - 1
	at := uint64(i)
	for {
		left, right := at>>half, at&mask
		for round := range uint64(6) {
			left, right = right, left^mix(right+round<<32+number*0xd1342543de82ef95)&mask
		}
		if at = left<<half | right; at < uint64(n) {
			return int(at)
		}
	}
}

// mix is the finaliser of SplitMix64 (Steele et al. 2014).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Batches makes batches from k on in the background, a few ahead; the reader
// takes them in order. It ends when the reader's stop is called.
func (s *Sampler) Batches(k, n int) (next func() Batch, stop func()) { return s.Parts(k, n, 0, n) }

// Parts is Batches of which each is a [Sampler.Part].
func (s *Sampler) Parts(k, n, from, to int) (next func() Batch, stop func()) {
	workers := s.Workers
	if workers < 1 {
		workers = min(4, runtime.GOMAXPROCS(0))
	}
	type job struct {
		number int
		made   chan Batch
	}
	// The row bounds how many batches there are: those in it, and the reader's.
	row := make(chan chan Batch, workers+1)
	jobs, quit := make(chan job), make(chan struct{})
	for range workers {
		go func() {
			for j := range jobs {
				j.made <- s.Part(j.number, n, from, to)
			}
		}()
	}
	go func() {
		defer close(jobs)
		for i := k; ; i++ {
			made := make(chan Batch, 1)
			select {
			case row <- made:
			case <-quit:
				return
			}
			select {
			case jobs <- job{i, made}:
			case <-quit:
				return
			}
		}
	}()
	return func() Batch { return <-<-row }, sync.OnceFunc(func() { close(quit) })
}
