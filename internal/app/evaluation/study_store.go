package evaluation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/evaluate"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// A finished cell is a folder of the run:
//
//	cells/KEY/cell.json      its outcome
//	cells/KEY/NN-start.hdr   map NN as the optimisation begins with it, at the generator's size
//	cells/KEY/NN.hdr         its edit
//
// The folder appears whole or not at all.
const (
	cellsName   = "cells"
	outcomeName = "cell.json"
	maxOutcome  = 16 << 20
)

func startName(k int) string { return fmt.Sprintf("%02d-start.hdr", k+1) }
func endName(k int) string   { return fmt.Sprintf("%02d.hdr", k+1) }

// keep writes what came of a cell.
func (e *Study) keep(o *evaluate.Outcome, x *edited) error {
	return e.appear(o.Key, func(folder string) error {
		for k := range o.Maps {
			for name, im := range map[string]*hdr.Image{startName(k): x.start[k], endName(k): x.end[k]} {
				if err := hdr.Write(filepath.Join(folder, name), im, hdr.WriteOptions{Recipe: e.recipe.String(), Force: true, Tell: func(hdr.Loss) {}}); err != nil {
					return err
				}
			}
		}
		return run.WriteJSON(filepath.Join(folder, outcomeName), o)
	})
}

// appear makes the folder of a cell by what fill leaves in it.
func (e *Study) appear(key string, fill func(folder string) error) error {
	cells := e.dir.Path(cellsName)
	if err := os.MkdirAll(cells, 0o755); err != nil {
		return fmt.Errorf("evaluate: %s: %w", quote.Text(cells), files.Cause(err))
	}
	folder, pending := filepath.Join(cells, key), filepath.Join(cells, "."+key)
	err := os.RemoveAll(pending) // what a killed process left
	if err == nil {
		err = os.Mkdir(pending, 0o755)
	}
	if err == nil {
		err = fill(pending)
	}
	if err == nil {
		err = os.RemoveAll(folder) // one that could not be read
	}
	if err == nil {
		err = os.Rename(pending, folder)
	}
	if err != nil {
		_ = os.RemoveAll(pending)
		return fmt.Errorf("evaluate: keep the cell %s: %w", key, files.Cause(err))
	}
	return nil
}

// identify works out the cells' keys, and holds the folders to be merged to them:
// one that has none of the cells is a mistake, and would cost all of them once more.
func (e *Study) identify() error {
	trials := e.config.Trials()
	e.cells, e.keys = make([]evaluate.Tried, len(trials)), make([]string, len(trials))
	for i, t := range trials {
		e.cells[i].Trial = t
		var err error
		if e.keys[i], err = e.key(i); err != nil {
			return err
		}
	}
	for _, from := range e.Merge {
		there, err := os.ReadDir(filepath.Join(from, cellsName))
		there = slices.DeleteFunc(there, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") }) // what a kill left
		if err != nil || len(there) == 0 {
			return fmt.Errorf("evaluate: --merge: %s holds no cells: want the output directory of another run of this experiment", quote.Text(from))
		}
		if !slices.ContainsFunc(there, func(cell fs.DirEntry) bool { return slices.Contains(e.keys, cell.Name()) }) {
			return fmt.Errorf("evaluate: --merge: %s holds %s, none of this experiment: want one that ran with the same settings, words, maps, models, threads and libtorch", quote.Text(from), quote.Plural(len(there), "cell"))
		}
	}
	return nil
}

// collect finds the cells that are finished, here or in a folder to be merged.
func (e *Study) collect(ctx context.Context, s app.Session) error {
	for i := range e.cells {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := e.take(i); err != nil {
			return err
		}
		if o := e.cells[i].Outcome; o != nil {
			if err := e.lookOn(s.Device, i, o); err != nil {
				return err
			}
			if err := e.log(i); err != nil {
				return err
			}
		}
	}
	return nil
}

// take finds a finished cell. One that cannot be read is made again.
func (e *Study) take(i int) error {
	own := e.dir.Path(filepath.Join(cellsName, e.keys[i]))
	if o, err := readOutcome(own, e.keys[i]); err == nil {
		e.cells[i].Outcome = o
		return nil
	}
	for _, from := range e.Merge {
		there := filepath.Join(from, cellsName, e.keys[i])
		o, err := readOutcome(there, e.keys[i])
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = e.appear(e.keys[i], func(folder string) error { return copyCell(folder, there, len(o.Maps)) })
		}
		if err != nil {
			return fmt.Errorf("evaluate: --merge %s: %w", quote.Text(from), err)
		}
		e.cells[i].Outcome = o
		return nil
	}
	return nil
}

func copyCell(to, from string, maps int) error {
	all := []string{outcomeName}
	for k := range maps {
		all = append(all, startName(k), endName(k))
	}
	for _, name := range all {
		data, err := run.ReadFile(filepath.Join(from, name), maxOutcome)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func readOutcome(folder, key string) (*evaluate.Outcome, error) {
	path := filepath.Join(folder, outcomeName)
	data, err := run.ReadFile(path, maxOutcome)
	if err != nil {
		return nil, err
	}
	var o evaluate.Outcome
	if err := json.Unmarshal(data, &o); err != nil {
		return nil, fmt.Errorf("%s: %w", quote.Text(path), err)
	}
	if o.Format != evaluate.OutcomeFormat || o.Key != key || len(o.Maps) == 0 {
		return nil, fmt.Errorf("%s: is of format %d and of the cell %s, want format %d and %s", quote.Text(path), o.Format, quote.Text(o.Key), evaluate.OutcomeFormat, key)
	}
	for k := range o.Maps {
		for _, name := range []string{startName(k), endName(k)} {
			if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
				return nil, err
			}
		}
	}
	return &o, nil
}

// pictures reads the n maps of a finished cell.
func (e *Study) pictures(i, n int) (start, end []*hdr.Image, err error) {
	folder := e.dir.Path(filepath.Join(cellsName, e.keys[i]))
	for k := range n {
		for _, one := range []struct {
			name string
			to   *[]*hdr.Image
		}{{startName(k), &start}, {endName(k), &end}} {
			im, err := hdr.Read(filepath.Join(folder, one.name))
			if err != nil {
				return nil, nil, fmt.Errorf("evaluate: %s: %w", strings.TrimSpace(e.cells[i].Name()), err)
			}
			*one.to = append(*one.to, im)
		}
	}
	return start, end, nil
}
