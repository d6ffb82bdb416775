package editing

import (
	"errors"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/internal/run/curves"
	"github.com/clipenv/toolkit/pkg/edit"
)

// logged are the files of an edit's log.
var logged = []string{"recipe.json", "metrics.jsonl", curves.Name}

// editLog keeps what each step of an edit came to, in a run's folder. A nil log
// keeps nothing.
type editLog struct {
	dir   *run.Dir
	terms []string // of the loss, in its order
	err   error    // the first that a step met
}

// openLog begins the log of an edit, where one is wanted.
func (e Edit) openLog(recipe run.Recipe) (*editLog, error) {
	if e.Log == "" {
		return nil, nil
	}
	dir, err := run.Create(e.Log, recipe)
	if err != nil {
		return nil, err
	}
	return &editLog{dir: dir}, nil
}

// step appends a row of figures.
func (l *editLog) step(step edit.Step) {
	if l == nil || l.err != nil {
		return
	}
	l.terms = l.terms[:0]
	for _, t := range step.Terms {
		l.terms = append(l.terms, t.Name)
	}
	l.err = l.dir.Metrics(step.Number, stepFigures(step))
}

// stepFigures are the loss of a step, its terms and their weights, and the mean
// cosine of the maps with their words, as training names its own.
func stepFigures(step edit.Step) map[string]float64 {
	figures := map[string]float64{"loss": step.Loss}
	for _, t := range step.Terms {
		figures[t.Name], figures[t.Name+"_weight"] = t.Mean, t.Weight
	}
	for _, cosine := range step.Similarity {
		figures["cosine"] += cosine / float64(len(step.Similarity))
	}
	return figures
}

// close draws the steps, of which there may be none, and ends the log.
func (l *editLog) close() error {
	if l == nil {
		return nil
	}
	err := l.err
	if err == nil && len(l.terms) > 0 {
		err = curves.WriteTerms(l.dir, "loss of the edit", l.terms)
	}
	return errors.Join(err, l.dir.Close())
}
