// Package dataset turns maps with words into batches to train on.
//
//	Folders(dirs)           -> []Entry: the maps of folders, and what is said of them
//	Select(entries, split)  -> those to train on, to choose by, to test with
//	Load(entries, size)     -> []Map: read, and the words held against the light
//	Synthesise(seed, n)     -> []Map: drawn ones (package synth)
//	Sampler.Batch(k)        -> Batch: n of them, augmented, with their words
//
// Maps are kept at the training size as linear radiance, [3,H,W]. Nothing here
// knows of tensors: a batch is []float32.
package dataset

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/clipenv/toolkit/pkg/dataset/label"
	"github.com/clipenv/toolkit/pkg/dataset/synth"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Map is one map at the training size.
type Map struct {
	Name string
	label.Words
	Radiance []float32 // [3,H,W], linear, row 0 at the zenith
}

// Size is a map's size in texels.
type Size struct{ W, H int }

// Pixels returns the number of values of a map, 3·W·H.
func (s Size) Pixels() int { return 3 * s.W * s.H }

// fromImage resizes a map, keeping its energy.
func fromImage(name string, im *hdr.Image, w label.Words, size Size) (Map, error) {
	small, err := envmap.Resize(im, size.W, size.H)
	if err != nil {
		return Map{}, fmt.Errorf("dataset: %s: %w", name, err)
	}
	return Map{name, w, envmap.Planar(small)}, nil
}

// Synthesise draws the maps first … first+n−1 of a seed. progress, if not nil,
// is called once for each, from several goroutines.
func Synthesise(ctx context.Context, seed, first uint64, n int, size Size, progress func()) ([]Map, error) {
	maps := make([]Map, n)
	err := each(ctx, n, func(i int) error {
		scene := synth.New(seed, first+uint64(i))
		name := fmt.Sprintf("synth %d/%d", seed, first+uint64(i))
		maps[i] = Map{name, label.Words{Attributes: scene.Attributes, Scene: name}, envmap.Planar(scene.Draw(size.W, size.H))}
		if progress != nil {
			progress()
		}
		return nil
	})
	return maps, err
}

// each calls work for 0 … n−1 on all processors and returns the first error
// of the lowest number; it stops early when ctx ends.
func each(ctx context.Context, n int, work func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var failed atomic.Bool
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for !failed.Load() && ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if errs[i] = work(i); errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}
