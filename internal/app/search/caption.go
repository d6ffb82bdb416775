package search

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Captions describes maps in sentences.
type Captions struct {
	Files  []string
	Count  int    // sentences for each map, at most
	Output string // a captions.jsonl to train on; "" for none
	Models string // folder; "" for those inside the program
	CLIP   string // in place of the folder's (see ModelSet)
}

// MapCaption is what is said of a map.
type MapCaption struct {
	File       string           `json:"file"`
	Caption    string           `json:"caption"`            // the best
	Captions   []string         `json:"captions,omitempty"` // other ways to say it
	Attributes label.Attributes `json:"attributes"`         // that they claim
	Phrases    []CaptionPhrase  `json:"phrases"`            // that they are made of
}

// CaptionPhrase is a part of a caption.
type CaptionPhrase struct {
	Text        string           `json:"text"`
	Attributes  label.Attributes `json:"attributes"`
	Probability *float64         `json:"probability,omitempty"` // beside the others of its family, or its denial
	Measured    bool             `json:"measured,omitempty"`    // of the light, and not the CLIP's
}

// Check refuses to write over what is read, and two maps of one name in one
// file of captions.
func (j Captions) Check() error {
	if j.Output == "" {
		return nil
	}
	byName := map[string]string{}
	for _, path := range j.Files {
		name := dataset.NameOf(path)
		if other, taken := byName[name]; taken {
			return fmt.Errorf("caption: %s and %s are both called %s, want one map of a name in a file of captions", quote.Text(other), quote.Text(path), quote.Text(name))
		}
		byName[name] = path
	}
	paths := files.NewPlan("caption")
	paths.Reads("the map", j.Files...)
	paths.Reads("the model", app.ModelFiles(j.Models)...)
	paths.Writes("--output", j.Output)
	return paths.Check()
}

// Run describes the maps, in their order; done, if not nil, is told of each. A
// file that cannot be read is told and left out, and is in the error that comes
// with the others' captions.
func (j Captions) Run(ctx context.Context, s app.Session, done func()) (all []MapCaption, err error) {
	err = s.Worker.Do(ctx, func() error {
		all, err = j.run(ctx, s, done)
		return err
	})
	return all, err
}

func (j Captions) run(ctx context.Context, s app.Session, done func()) ([]MapCaption, error) {
	models, clip, err := openSeer(s, app.ModelSet{Folder: j.Models, CLIP: j.CLIP})
	if err != nil {
		return nil, err
	}
	defer models.Close()
	seen := make([]measured, len(j.Files))
	read := func(i int) (*hdr.Image, error) {
		im, err := hdr.Read(j.Files[i])
		if err != nil {
			return nil, err
		}
		seen[i], err = measureLight(im)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", quote.Text(j.Files[i]), err)
		}
		return im, nil
	}
	all, failed := []MapCaption{}, 0
	err = torch.Do(s.Device, func(ts *torch.Session) {
		texts := label.DescriptionTexts()
		units, _, err := readWords(ts, clip, texts)
		ts.Check(err)
		var scale float64
		ts.NoGrad(func() { scale = clip.LogitScale(ts).Item() })
		ts.Check(look(ctx, ts, clip, len(j.Files), read, func(i int, unit []float32, err error) error {
			if err != nil {
				failed++
				s.Tell("caption: %s", quote.Text(err.Error()))
			} else {
				cosines := make(map[string]float64, len(texts))
				for k, text := range texts {
					cosines[text] = dot(units[k], unit)
				}
				sight := label.Sight{Cosine: func(text string) float64 { return cosines[text] }, Scale: scale, Measured: seen[i].is, Denied: seen[i].isNot}
				all = append(all, captioned(j.Files[i], label.Describe(sight, j.Count)))
			}
			if done != nil {
				done()
			}
			return nil
		}))
	})
	if err == nil && j.Output != "" && len(all) > 0 {
		err = j.write(all)
	}
	if err != nil {
		return nil, err
	}
	return all, unread("caption", failed, len(j.Files))
}

// measured is what a map's own light says.
type measured struct{ is, isNot label.Attributes }

// A sun is seen where a texel is so many stops above 1; it is low below the one
// height above the horizon, in degrees, and high above the other.
const (
	sunStops = 8
	lowSun   = 15
	highSun  = 40
)

func measureLight(im *hdr.Image) (measured, error) {
	seen, err := dataset.See(im)
	if err != nil {
		return measured{}, err
	}
	const doubtful = label.Sunset | label.Sunrise | label.Night
	m := measured{is: seen.Tone, isNot: doubtful &^ seen.Check(label.Words{Attributes: doubtful}).Attributes}
	if light := envmap.Measure(im); light.PeakStops >= sunStops {
		switch height := light.PeakDirection.Elevation(); {
		case height >= 0 && height < lowSun:
			m.is |= label.SunLow
		case height > highSun:
			m.is |= label.SunHigh
		}
	}
	return m, nil
}

func captioned(file string, d label.Description) MapCaption {
	c := MapCaption{File: file, Caption: d.Sentences[0], Captions: d.Sentences[1:], Attributes: d.Attributes}
	for _, r := range d.Phrases {
		p := CaptionPhrase{Text: r.Text, Attributes: r.Claim, Measured: r.Measured}
		if !r.Measured {
			p.Probability = &r.Probability
		}
		c.Phrases = append(c.Phrases, p)
	}
	return c
}

// write leaves the captions as a data set reads them: a map that does not lie
// beside them is named by its way from there.
func (j Captions) write(all []MapCaption) error {
	folder, err := filepath.Abs(filepath.Dir(j.Output))
	if err != nil {
		return fmt.Errorf("caption: %w", err)
	}
	var lines []dataset.Caption
	for _, c := range all {
		path, err := filepath.Abs(c.File)
		if err != nil {
			return fmt.Errorf("caption: %w", err)
		}
		line := dataset.Caption{Name: dataset.NameOf(c.File), Caption: c.Caption, Captions: c.Captions, Attributes: c.Attributes}
		if filepath.Dir(path) != folder {
			if line.File, err = filepath.Rel(folder, path); err != nil {
				return fmt.Errorf("caption: %w", err)
			}
		}
		lines = append(lines, line)
	}
	return dataset.WriteCaptions(j.Output, lines)
}
