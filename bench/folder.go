package main

import (
	"context"
	"io"

	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/torch"
)

// trainingSize is that of the maps that the small models are trained on.
var trainingSize = dataset.Size{W: 128, H: 64}

// folder is the way of maps into training. The kind folder reads all maps of
// a folder and brings them to the training size, with no cache to help; the
// kind batch takes batches of varied maps from those read.
func folder(s *torch.Session, sp spec) work {
	load := func() []dataset.Map {
		entries, err := dataset.Index(context.Background(), sp.Folder, io.Discard)
		s.Check(err)
		maps, _, err := dataset.Loader{Size: trainingSize, Log: io.Discard}.Load(context.Background(), entries)
		s.Check(err)
		return maps
	}
	maps := load()
	mean := func() float64 {
		var sum float64
		for _, m := range maps {
			im, err := envmap.FromPlanar(m.Radiance(), trainingSize.W, trainingSize.H)
			s.Check(err)
			sum += meanOf(im)
		}
		return sum / float64(len(maps))
	}
	if sp.Kind == kindFolder {
		return work{step: func() { maps = load() }, check: mean}
	}
	sampler := dataset.Sampler{Size: trainingSize, Real: maps, RealShare: 1, Workers: sp.Threads,
		RealAugmentation: dataset.Augmentation{Stops: 1, WhiteBalance: .1, HorizonMix: .5}}
	s.Check(sampler.Validate())
	next, _ := sampler.Batches(0, mapsPerStep) // it makes them until the process ends
	return work{step: func() { next() }, check: mean}
}
