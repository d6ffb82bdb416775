// Package dataset turns maps with words into batches to train on.
//
//	Folders(dirs)         -> []Entry: the maps of folders, and what is said of them
//	Loader.Load(entries)  -> []Map: read, and the words held against the light
//	Loader.Draw(seed, n)  -> []Map: drawn ones (package synth)
//	Select(maps, split)   -> those to train on, to choose by, to test with
//	Sampler.Batch(k)      -> Batch: n of them, augmented, with their words
//
// Maps lie in a cache that is mapped into memory (package store), at the
// training size; a batch is linear radiance, [N,3,H,W]. Nothing here knows of
// tensors: a batch is []float32.
package dataset

import ()

// Map is one map at the training size.
type Map struct {
	Entry
	Seen   Seen
	SHA256 string // of its file
	Size   Size
	pixels pixels
}

// Radiance decodes the map: [3,H,W], linear, row 0 at the zenith. It is right
// to store.Precision, and the same whether or not there is a cache.
func (m Map) Radiance() []float32 {
	radiance := make([]float32, m.Size.Pixels())
	m.pixels.decode(radiance)
	return radiance
}

// Size is a map's size in texels.
type Size struct{ W, H int }

// Pixels returns the number of values of a map, 3·W·H.
func (s Size) Pixels() int { return 3 * s.W * s.H }
