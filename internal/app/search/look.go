// Package search holds maps against words, as a CLIP sees both: it finds the maps
// that a sentence describes, scores phrases, and describes maps.
//
//	files -> look: hdr.Image -> the CLIP's unit vector of each, in batches
//	words -> readWords: the unit vectors of texts, and what of them is unknown
package search

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

// seer is a CLIP that looks at the maps of a shelf.
type seer interface {
	edit.Encoder
	MapSize() (w, h int)
	LogitScale(*torch.Session) torch.Tensor
}

// reader is a CLIP that tells which words it knows.
type reader interface {
	Read(text string) (clip.Reading, error)
}

// openSeer opens the CLIP of a set of models, and no other of them.
func openSeer(s app.Session, set app.ModelSet) (*app.Models, seer, error) {
	models, err := s.OpenCLIP(set)
	if err != nil {
		return nil, nil, err
	}
	clip, ok := models.CLIP.(seer)
	if !ok {
		models.Close()
		return nil, nil, fmt.Errorf("the CLIP is a %T, which does not say at which size it looks at maps", models.CLIP)
	}
	return models, clip, nil
}

// A look's maps go through the tower so many at a time, and at most so many are
// read ahead of it.
const (
	lookBatch = 32
	lookAhead = 2 * lookBatch
)

// glimpse is a map that is to be looked at, or why it cannot be.
type glimpse struct {
	i        int
	radiance []float32 // planar, of the CLIP's size
	err      error
}

// look reads n maps beside one another, in their order, and has the CLIP look
// at them in batches. read is called from several goroutines; found, with each
// map's unit vector [E] or why it could not be read, from the caller's, in
// order: an error of it ends the work. The order, and with it the batches, do
// not depend on which map was read first.
func look(ctx context.Context, ts *torch.Session, clip seer, n int, read func(i int) (*hdr.Image, error), found func(i int, unit []float32, err error) error) error {
	w, h := clip.MapSize()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	queue := readAhead(ctx, n, func(i int) glimpse {
		radiance, err := shrunk(i, w, h, read)
		return glimpse{i, radiance, err}
	})
	for {
		batch, err := nextBatch(ctx, queue)
		if err != nil || len(batch) == 0 {
			return err
		}
		units := lookAt(ts, clip, batch)
		for k, g := range batch {
			if err := found(g.i, units[k], g.err); err != nil {
				return err
			}
		}
	}
}

// readAhead reads n maps beside one another: each has a place in the queue, in
// their order, that is filled once it is read.
func readAhead(ctx context.Context, n int, read func(i int) glimpse) <-chan chan glimpse {
	queue := make(chan chan glimpse, lookAhead)
	go func() {
		defer close(queue)
		free := make(chan struct{}, runtime.GOMAXPROCS(0))
		for i := range n {
			place := make(chan glimpse, 1)
			select {
			case queue <- place:
			case <-ctx.Done():
				return
			}
			free <- struct{}{}
			go func() {
				defer func() { <-free }()
				place <- read(i)
			}()
		}
	}()
	return queue
}

// nextBatch is what comes next in the queue, none at its end.
func nextBatch(ctx context.Context, queue <-chan chan glimpse) (batch []glimpse, err error) {
	for len(batch) < lookBatch {
		place, more := <-queue
		if !more {
			break
		}
		select {
		case g := <-place:
			batch = append(batch, g)
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if len(batch) == 0 {
		return nil, context.Cause(ctx)
	}
	return batch, nil
}

// lookAt returns the unit vector of each map of a batch, nil for one that could
// not be read.
func lookAt(ts *torch.Session, clip seer, batch []glimpse) [][]float32 {
	var pix []float32
	maps := 0
	for _, g := range batch {
		if g.err == nil {
			pix, maps = append(pix, g.radiance...), maps+1
		}
	}
	units := make([][]float32, len(batch))
	if maps == 0 {
		return units
	}
	var flat []float32
	w, h := clip.MapSize()
	ts.NoGrad(func() {
		ts.Scope(func() {
			flat = clip.EncodeImage(view.Picture(ts.FromFloats(pix, int64(maps), 3, int64(h), int64(w)))).Floats()
		})
	})
	size := len(flat) / maps
	for k, g := range batch {
		if g.err == nil {
			units[k], flat = flat[:size:size], flat[size:]
		}
	}
	return units
}

// shrunk reads a map and brings it to the size at which it is looked at,
// planar; its energy stays.
func shrunk(i, w, h int, read func(i int) (*hdr.Image, error)) ([]float32, error) {
	im, err := read(i)
	if err != nil {
		return nil, err
	}
	small, err := envmap.Resize(im, w, h)
	if err != nil {
		return nil, err
	}
	return envmap.Planar(small), nil
}

// readWords returns the unit vectors of texts [N,E], and what of their words
// the model does not know.
func readWords(ts *torch.Session, clip seer, texts []string) (units [][]float32, doubts []string, err error) {
	ts.NoGrad(func() {
		ts.Scope(func() {
			all := clip.EncodeText(ts, texts)
			flat, size := all.Floats(), int(all.Size(1))
			for i := range texts {
				units = append(units, flat[i*size:(i+1)*size])
			}
		})
	})
	reads, ok := clip.(reader)
	if !ok {
		return units, nil, nil
	}
	for _, text := range texts {
		reading, err := reads.Read(text)
		switch {
		case err != nil:
			return nil, nil, err
		case reading.Words == 0:
			doubts = append(doubts, fmt.Sprintf("\"%s\" holds no word that says something to the model: its figures are chance", quote.Text(text)))
		case len(reading.Unknown) > 0:
			doubts = append(doubts, fmt.Sprintf("the model never learnt %s of \"%s\"", quote.List(reading.Unknown), quote.Text(text)))
		}
		if reading.Cut {
			doubts = append(doubts, fmt.Sprintf("the model does not read \"%s\" to its end: say it in fewer words", quote.Text(text)))
		}
	}
	return units, doubts, nil
}

func dot(a, b []float32) (sum float64) {
	for i, v := range a {
		sum += float64(v) * float64(b[i])
	}
	return sum
}

// parsePrompt is edit.ParsePrompt, whose faults are the verb's.
func parsePrompt(verb, prompt string) ([]edit.Phrase, error) {
	phrases, err := edit.ParsePrompt(prompt)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", verb, strings.TrimPrefix(err.Error(), "edit: "))
	}
	return phrases, nil
}

// unread is the error of a work that passed files over, nil for none.
func unread(verb string, failed, of int) error {
	if failed == 0 {
		return nil
	}
	return fmt.Errorf("%s: %d of %s could not be read", verb, failed, quote.Plural(of, "file"))
}
