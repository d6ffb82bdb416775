package dataset

import (
	"context"

	"github.com/clipenv/toolkit/pkg/dataset/label"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Load reads the maps at the given size. What is said of them is held against
// their radiance (Check).
func Load(ctx context.Context, entries []Entry, size Size) ([]Map, error) {
	maps := make([]Map, len(entries))
	err := each(ctx, len(entries), func(i int) error {
		e := entries[i]
		im, err := hdr.Read(e.Path)
		if err != nil {
			return err
		}
		maps[i], err = fromImage(e.Name, im, Check(e.Words, im), size)
		return err
	})
	return maps, err
}

// Check holds the words about a map against its radiance. A sunset or sunrise
// must be red at the horizon, since the tag sits on many maps whose sky is
// blue; a night must be dark at the fixed exposure; the attributes of Tone are
// measured. Tags and sentences that say otherwise are left out.
func Check(w label.Words, im *hdr.Image) label.Words {
	is := label.Measure(im.Pix, im.W, im.H)
	struck := label.Tone &^ is
	if redAtHorizon(im) < 1.15 {
		struck |= label.Sunset | label.Sunrise
	}
	if clippedMean(im) > .3 {
		struck |= label.Night
	}
	w = w.Without(struck)
	w.Attributes |= is
	return w
}
