package run

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"

	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/figures"
)

// recipeName marks a directory as a run's.
const recipeName = "recipe.json"

// Dir is a run's directory:
//
//	recipe.json    how the run came about
//	metrics.jsonl  one line of figures per logged step
//	…              what the command itself leaves: checkpoints, pictures
//
// One process at a time may hold it.
type Dir struct {
	path    string
	lock    *os.File
	metrics *os.File
}

// Create makes the directory of a new run and writes its recipe. A directory
// that already holds a run is refused, so that no run overwrites another, and
// one that holds files of the kinds that runs leave: they are someone's own.
func Create(path string, recipe Recipe) (*Dir, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("run directory %s: %w", path, files.Cause(err))
	}
	d, err := hold(path)
	if err != nil {
		return nil, err
	}
	err = d.unused()
	if err == nil {
		Sweep(path, left.MatchString)
		err = WriteJSON(d.Path(recipeName), recipe)
	}
	if err == nil {
		err = d.openMetrics()
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// left is a file of the kinds that runs leave.
var left = regexp.MustCompile(`(?i)^[^.].*\.(jsonl?|md|png|safetensors)$|^events\.out\.tfevents\.`)

// unused finds what a new run would, or might, write over.
func (d *Dir) unused() error {
	if _, err := os.Lstat(d.Path(recipeName)); err == nil {
		return fmt.Errorf("run directory %s holds a run already; resume it, or name another directory", d.path)
	}
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return fmt.Errorf("run directory %s: %w", d.path, files.Cause(err))
	}
	for _, e := range entries {
		if left.MatchString(e.Name()) {
			return fmt.Errorf("run directory %s holds %s, and is no run's: name an empty directory, or one that is not there yet", d.path, quote.Text(e.Name()))
		}
	}
	return nil
}

// Reopen opens the directory of an earlier run and removes what a killed
// process was writing. It returns the recipe that the run began with. The
// caller says with [Dir.Continue] where the run goes on.
func Reopen(path string) (*Dir, Recipe, error) {
	recipe, err := ReadRecipe(path)
	if err != nil {
		return nil, Recipe{}, err
	}
	d, err := hold(path)
	if err != nil {
		return nil, Recipe{}, err
	}
	Sweep(path, left.MatchString)
	return d, recipe, nil
}

// Continue forgets the metrics of the steps from next on, which are about to
// be done again.
func (d *Dir) Continue(next int) error { return errors.Join(d.forgetFrom(next), d.openMetrics()) }

// Resume is Reopen and Continue.
func Resume(path string, next int) (*Dir, Recipe, error) {
	d, recipe, err := Reopen(path)
	if err != nil {
		return nil, Recipe{}, err
	}
	if err := d.Continue(next); err != nil {
		d.Close()
		return nil, Recipe{}, err
	}
	return d, recipe, nil
}

// Begun tells whether a directory holds a run.
func Begun(path string) bool {
	_, err := os.Lstat(filepath.Join(path, recipeName))
	return err == nil
}

// ReadRecipe returns the recipe of the run in a directory.
func ReadRecipe(path string) (Recipe, error) {
	f, err := OpenRegular(filepath.Join(path, recipeName))
	if errors.Is(err, fs.ErrNotExist) {
		return Recipe{}, fmt.Errorf("run directory %s holds no run to resume (no %s)", path, recipeName)
	}
	if err != nil {
		return Recipe{}, fmt.Errorf("run directory %s: %w", path, files.Cause(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxRecipe+1))
	if err == nil && len(data) > maxRecipe {
		err = fmt.Errorf("is larger than %d bytes, want a recipe", maxRecipe)
	}
	var recipe Recipe
	if err == nil {
		recipe, err = ParseRecipe(string(data))
	}
	if err != nil {
		return Recipe{}, fmt.Errorf("run directory %s: %s: %w", path, recipeName, files.Cause(err))
	}
	return recipe, nil
}

// SetRecipe writes the recipe anew, as of a run that was resumed with changes.
func (d *Dir) SetRecipe(recipe Recipe) error { return WriteJSON(d.Path(recipeName), recipe) }

// hold locks the directory.
func hold(path string) (*Dir, error) {
	lock, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("run directory %s: %w", path, files.Cause(err))
	}
	if err := Flock(lock, syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("run directory %s is in use by another process", path)
		}
		return nil, fmt.Errorf("run directory %s: lock: %w", path, err)
	}
	return &Dir{path: path, lock: lock}, nil
}

// Path returns the path of name in the directory.
func (d *Dir) Path(name string) string { return filepath.Join(d.path, name) }

// Close lets the directory go. It may be called twice.
func (d *Dir) Close() error {
	var errs []error
	for _, f := range []**os.File{&d.metrics, &d.lock} {
		if *f != nil {
			errs = append(errs, (*f).Close())
			*f = nil
		}
	}
	return errors.Join(errs...)
}

func (d *Dir) metricsPath() string { return d.Path("metrics.jsonl") }

func (d *Dir) openMetrics() error {
	f, err := os.OpenFile(d.metricsPath(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return writeError(d.metricsPath(), err)
	}
	d.metrics = f
	return nil
}

// Metrics appends the figures of a step to metrics.jsonl. The line is in the
// file when it returns.
func (d *Dir) Metrics(step int, figures map[string]float64) error {
	return d.Append(Row{Step: step, Figures: figures})
}

// Append is Metrics with all that a row may have.
func (d *Dir) Append(row Row) error {
	line, err := json.Marshal(row)
	if err == nil {
		_, err = d.metrics.Write(append(line, '\n'))
	}
	if err != nil {
		return writeError(d.metricsPath(), err)
	}
	return nil
}

// Row is one line of metrics.jsonl.
type Row struct {
	Step    int               `json:"step"`
	Figures figures.Map       `json:"figures"`
	Notes   map[string]string `json:"notes,omitempty"` // what is no number, by name
}

// History returns the rows of metrics.jsonl, those of an earlier process that
// Resume kept among them.
func (d *Dir) History() ([]Row, error) {
	f, err := os.Open(d.metricsPath())
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", d.metricsPath(), files.Cause(err))
	}
	defer f.Close()
	var rows []Row
	for lines := rowsOf(f); ; {
		if !lines.Scan() {
			if err := lines.Err(); err != nil {
				return nil, fmt.Errorf("read %s: row %d: %w", d.metricsPath(), len(rows)+1, files.Cause(err))
			}
			return rows, nil
		}
		var at Row
		if err := json.Unmarshal(lines.Bytes(), &at); err != nil {
			return nil, fmt.Errorf("read %s: row %d: %w", d.metricsPath(), len(rows)+1, err)
		}
		rows = append(rows, at)
	}
}

// maxRow bounds a row of metrics, in bytes.
const maxRow = 1 << 20

func rowsOf(r io.Reader) *bufio.Scanner {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxRow)
	return lines
}

// forgetFrom keeps the rows of the steps before next; a last line that a
// killed process left half-written goes too.
func (d *Dir) forgetFrom(next int) error {
	f, err := os.Open(d.metricsPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", d.metricsPath(), files.Cause(err))
	}
	defer f.Close()
	var kept int64
	lines := rowsOf(f)
	lines.Split(func(data []byte, _ bool) (int, []byte, error) {
		end := bytes.IndexByte(data, '\n')
		if end < 0 { // half a line, or half of it read
			return 0, nil, nil
		}
		return end + 1, data[:end+1], nil
	})
	for lines.Scan() {
		var at Row
		if json.Unmarshal(lines.Bytes(), &at) != nil || at.Step >= next {
			break
		}
		kept += int64(len(lines.Bytes()))
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read %s: %w", d.metricsPath(), files.Cause(err))
	}
	if err := os.Truncate(d.metricsPath(), kept); err != nil {
		return writeError(d.metricsPath(), err)
	}
	return nil
}
