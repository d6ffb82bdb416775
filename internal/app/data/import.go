package data

import (
	"context"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/pkg/dataset"
)

// Import is the making of a data set of a folder of maps.
type Import struct {
	Maps, Output string // folders
	Captions     []string
	Metadata     []string
	HeldOut      []string     // files of names that are never trained on
	Copy         bool         // the maps, into Output; else they are named where they are
	Size         dataset.Size // that the maps are kept at
}

// said are the files beside the folder's own in which something is said of the
// maps.
func (i Import) said() (said []dataset.Beside) {
	for _, of := range []struct {
		kind  dataset.Kind
		paths []string
	}{{dataset.CaptionFile, i.Captions}, {dataset.MetadataFile, i.Metadata}, {dataset.HeldOutFile, i.HeldOut}} {
		for _, path := range of.paths {
			said = append(said, dataset.Beside{Kind: of.kind, Path: path})
		}
	}
	return said
}

// Check refuses to write over what is read.
func (i Import) Check() error {
	paths := files.NewPlan("dataset import")
	paths.ReadsUnder("of the data set:", i.Maps, app.IsData)
	for _, beside := range i.said() {
		paths.Reads("the words in", beside.Path)
	}
	paths.WritesInto("--output", i.Output, "captions.jsonl", "held_out.txt", "recipe.json")
	return paths.Check()
}

// Run reads every map and leaves the data set.
func (i Import) Run(ctx context.Context, s app.Session) (dataset.Imported, error) {
	loader := dataset.Loader{Size: i.Size, Cache: dataset.UserCache(), Log: s.Talk}
	return dataset.Import(ctx, i.Maps, i.Output, i.said(), i.Copy, loader, program(s))
}
