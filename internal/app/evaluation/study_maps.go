package evaluation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// studyMap is a map that an experiment edits.
type studyMap struct {
	name  string
	file  run.File
	image *hdr.Image
}

// readMaps reads the maps that the experiment names, or samples.
func (e *Study) readMaps(ctx context.Context, s app.Session) error {
	paths := e.config.Maps.Files
	if len(paths) == 0 {
		var err error
		if paths, err = e.sample(ctx, s); err != nil {
			return err
		}
	}
	all, err := files.ShortNames(paths)
	if err != nil {
		return fmt.Errorf("evaluate: maps.files: %w", err)
	}
	reader := app.Maps{Verb: "evaluate", Force: e.Force, Talk: s.Talk}
	for i, path := range paths {
		image, err := reader.Read(path)
		if err != nil {
			return err
		}
		file, err := run.HashFile(path)
		if err != nil {
			return err
		}
		e.maps = append(e.maps, studyMap{all[i], file, image})
	}
	for _, g := range e.config.Galleries {
		for _, name := range g.Maps {
			if !slices.Contains(all, name) {
				return fmt.Errorf("evaluate: the gallery %q is of the map %q, which is none of %s", quote.Text(g.Name), quote.Text(name), strings.Join(all, ", "))
			}
		}
	}
	return nil
}

// sample draws maps of the test split by the seed: the same ones whatever else
// the folders hold, as long as the test split is the same.
func (e *Study) sample(ctx context.Context, s app.Session) ([]string, error) {
	m := e.config.Maps
	entries, err := testSplit(ctx, s, m.Folders, m.HeldOut, m.Test)
	if err != nil {
		return nil, err
	}
	if len(entries) < m.Count {
		return nil, fmt.Errorf("evaluate: the test split of %s has %s, want maps.count, %d: hold more out, by held_out.txt, maps.held_out or maps.test",
			quote.Text(strings.Join(m.Folders, ", ")), quote.Plural(len(entries), "map"), m.Count)
	}
	slices.SortFunc(entries, func(a, b dataset.Entry) int { return strings.Compare(a.Name, b.Name) })
	rand.New(rand.NewPCG(m.Seed, 0)).Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	var paths []string
	for _, one := range entries[:m.Count] {
		paths = append(paths, one.Path)
	}
	return paths, nil
}

// testSplit lists the maps of folders that no model should have seen.
func testSplit(ctx context.Context, s app.Session, folders, heldOut []string, test float64) ([]dataset.Entry, error) {
	entries, err := dataset.Folders(ctx, folders, heldOut, s.Talk)
	if err != nil {
		return nil, err
	}
	return dataset.Select(entries, dataset.Test, 0, test), nil
}

// ofTrial are the maps of a trial.
func (e *Study) ofTrial(names []string) []studyMap {
	if len(names) == 0 {
		return e.maps
	}
	var some []studyMap
	for _, m := range e.maps {
		if slices.Contains(names, m.name) {
			some = append(some, m)
		}
	}
	return some
}

func imagesOf(maps []studyMap) []*hdr.Image {
	out := make([]*hdr.Image, len(maps))
	for i, m := range maps {
		out[i] = m.image
	}
	return out
}
