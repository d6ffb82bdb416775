package evaluation

import (
	"context"
	"fmt"
	"image"
	"io"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/evaluate"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/view"
)

const (
	texName     = "table.tex"
	figuresName = "figures.csv"
	reportName  = "report.html"
)

// report writes the tables, the galleries and the page, where no cell is
// missing that no one has tried.
func (e *Study) report(ctx context.Context, s app.Session) (*StudyReport, error) {
	out := &StudyReport{Cells: e.cells}
	for _, c := range e.cells {
		if c.Outcome == nil && c.Err == "" {
			out.Missing++
		}
	}
	if out.Missing > 0 {
		return out, nil
	}
	if err := e.details(ctx, s); err != nil {
		return nil, err
	}
	results := evaluate.Results{Experiment: e.config, Cells: e.cells}
	ranked, err := e.rank(ctx, s)
	if err != nil {
		return nil, err
	}
	page := evaluate.Page{Results: results, Recall: ranked, Recipe: e.recipe.String(), Version: s.Versions.Toolkit}
	out.Markdown = page.Markdown()
	if err := e.text(tableName, out.Markdown); err != nil {
		return nil, err
	}
	if err := e.text(texName, page.TeX()); err != nil {
		return nil, err
	}
	if err := run.WriteFile(e.dir.Path(figuresName), results.WriteCSV); err != nil {
		return nil, err
	}
	if page.Galleries, err = e.galleries(); err != nil {
		return nil, err
	}
	out.Page = e.dir.Path(reportName)
	return out, run.WriteFile(out.Page, page.WriteHTML)
}

func (e *Study) text(name, text string) error {
	return run.WriteFile(e.dir.Path(name), func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
}

// galleries are the pictures of the galleries, and of the best and the worst
// that the tables speak of: for each cell a sheet, and what the page's viewer
// needs.
func (e *Study) galleries() (all []evaluate.Shown, err error) {
	for i, cell := range e.cells {
		if cell.Outcome == nil {
			continue
		}
		shown := cell.Gallery != "" || slices.Contains(e.shownInFull(), cell.Way.Name)
		if !shown {
			continue
		}
		start, end, err := e.pictures(i, len(cell.Outcome.Maps))
		if err != nil {
			return nil, err
		}
		g := evaluate.Shown{Title: cell.Name(), Words: cell.Trial.Words, Note: e.note(cell.Gallery)}
		var pictures []image.Image
		var labels []string
		for k, m := range e.ofTrial(cell.Trial.Maps) {
			small, err := envmap.Resize(m.image, start[k].W, start[k].H)
			if err != nil {
				return nil, err
			}
			exposure := envmap.AutoExposure(m.image)
			g.Maps = append(g.Maps, evaluate.ShownMap{Name: m.name, Exposure: exposure, Input: small, Start: start[k], End: end[k],
				Similarity: [2]float64{cell.Outcome.Maps[k].Figures[evaluate.ClipBefore], cell.Outcome.Maps[k].Figures[evaluate.ClipAfter]},
				Judge:      [2]float64{cell.Outcome.Maps[k].Figures[evaluate.JudgeBefore], cell.Outcome.Maps[k].Figures[evaluate.JudgeAfter]}})
			for _, im := range []*hdr.Image{m.image, start[k], end[k]} {
				picture, err := envmap.Thumbnail(im, exposure)
				if err != nil {
					return nil, err
				}
				pictures = append(pictures, picture)
			}
			pictures = append(pictures, envmap.RenderSpheres(end[k], envmap.ThumbnailWidth/3).Row(envmap.AgX, exposure))
			labels = append(labels, m.name, "where it begins", "the edit", "in its light")
		}
		sheet, err := envmap.Sheet(pictures, labels, 4)
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("gallery-%02d-%s.png", len(all)+1, plain(cell.Name()))
		if err := run.WriteFile(e.dir.Path(name), func(w io.Writer) error { return hdr.EncodePNG(w, sheet, e.recipe.String()) }); err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	return all, nil
}

// shownInFull are the combinations with settings of their own, such as the
// product's: every cell of them is shown.
func (e *Study) shownInFull() (names []string) {
	for _, w := range e.config.Ways() {
		if w.Settings != "" {
			names = append(names, w.Name)
		}
	}
	return names
}

func (e *Study) note(gallery string) string {
	for _, g := range e.config.Galleries {
		if g.Name == gallery {
			return g.Note
		}
	}
	return ""
}

// plain is a name that a file may have anywhere.
func plain(name string) string {
	letters := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') })
	joined := strings.Join(letters, "-")
	return joined[:min(len(joined), 48)]
}

// rank is Fig. 4: each CLIP on the maps of the test split and their captions.
func (e *Study) rank(ctx context.Context, s app.Session) (all []evaluate.Ranked, err error) {
	c := e.config.Captions
	if len(c.Folders) == 0 {
		return nil, nil
	}
	entries, err := testSplit(ctx, s, c.Folders, c.HeldOut, c.Test)
	if err != nil {
		return nil, err
	}
	entries = slices.DeleteFunc(entries, func(one dataset.Entry) bool { return len(one.Written) == 0 })
	if len(entries) < 2 {
		return nil, fmt.Errorf("evaluate: captions: the test split of %s has %d maps with a caption, want 2 or more", strings.Join(c.Folders, ", "), len(entries))
	}
	w, h := e.models.Generator.Size()
	reader := app.Maps{Verb: "evaluate", Force: e.Force, Talk: s.Talk}
	var small []*hdr.Image
	var captions []string
	var owner []int
	for i, one := range entries {
		im, err := reader.Read(one.Path)
		if err != nil {
			return nil, err
		}
		if im, err = envmap.Resize(im, w, h); err != nil {
			return nil, err
		}
		small = append(small, im)
		for _, caption := range one.Written {
			captions, owner = append(captions, caption), append(owner, i)
		}
	}
	for _, o := range e.clips {
		cosines, err := cosinesOf(s.Device, o.Encoder, small, captions)
		if err != nil {
			return nil, err
		}
		all = append(all, evaluate.Ranked{CLIP: o.name, Recall: evaluate.RecallOf(cosines, owner), Captions: len(captions), Maps: len(small)})
	}
	return all, nil
}

// cosinesOf are those of each map with each text.
func cosinesOf(device torch.Device, m edit.Encoder, maps []*hdr.Image, texts []string) (cosines [][]float64, err error) {
	err = torch.Do(device, func(s *torch.Session) {
		s.NoGrad(func() {
			const some = 16
			var text []torch.Tensor
			for i := 0; i < len(texts); i += some {
				text = append(text, m.EncodeText(s, texts[i:min(i+some, len(texts))]))
			}
			words := torch.Cat(0, text...).Transpose(0, 1)
			for _, im := range maps {
				s.Scope(func() {
					x := s.FromFloats(envmap.Planar(im), 1, 3, int64(im.H), int64(im.W))
					var row []float64
					for _, v := range m.EncodeImage(view.Picture(x)).MatMul(words).Floats() {
						row = append(row, float64(v))
					}
					cosines = append(cosines, row)
				})
			}
		})
	})
	return cosines, err
}
