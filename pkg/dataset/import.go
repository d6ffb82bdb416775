package dataset

import (
	"context"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/label"
)

// Imported says what Import did.
type Imported struct {
	Folder  string              `json:"folder"`
	Maps    int                 `json:"maps"`
	HeldOut int                 `json:"held_out"`
	NoWords []string            `json:"no_words"` // maps of which nothing is known
	Struck  map[string][]string `json:"struck"`   // attributes that did not hold, by map
	Alike   [][]string          `json:"alike"`    // maps that look like one, under several scenes
}

// Import makes a data set in the folder out from the maps of the folder dir
// and what is said of them, there and in extra: captions.jsonl, held_out.txt
// and recipe.json. The maps are named where they are, or copied. Every map is
// read, and the words that its light denies are left out; a map that cannot be
// read is an error, and leaves out as it was. What is read back from out is
// what was imported: names, words, what is held out.
func Import(ctx context.Context, dir, out string, extra []Beside, copyMaps bool, l Loader, by Program) (Imported, error) {
	entries, err := Index(ctx, dir, l.Log, extra...)
	if err != nil {
		return Imported{}, err
	}
	if err := mayImport(dir, out); err != nil {
		return Imported{}, err
	}
	said := map[string]label.Attributes{}
	for i := range entries {
		said[entries[i].Name] = entries[i].Attributes
		entries[i].Folder = out // whose cache it is
	}
	maps, _, err := l.Load(ctx, entries)
	if err != nil {
		return Imported{}, err
	}
	same, err := run.Until(ctx, func() ([][]string, error) { return alike(maps), nil })
	if err != nil {
		return Imported{}, err
	}
	done := Imported{Folder: out, Maps: len(maps), NoWords: []string{}, Struck: map[string][]string{}, Alike: same}
	for _, m := range maps {
		if m.HeldOut {
			done.HeldOut++
		}
		if m.Attributes&^label.Tone == 0 && len(m.Tags)+len(m.Written) == 0 {
			done.NoWords = append(done.NoWords, m.Name)
		}
		if struck := said[m.Name] &^ m.Attributes &^ label.Tone; struck != 0 {
			done.Struck[m.Name] = struck.Names()
		}
	}
	return done, importing{dir: dir, out: out, maps: maps, copy: copyMaps, by: by}.write(ctx)
}

const importCommand = "dataset import"
