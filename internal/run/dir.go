package run

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
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
// that already holds a run is refused, so that no run overwrites another.
func Create(path string, recipe Recipe) (*Dir, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("run directory %s: %w", path, reason(err))
	}
	d, err := hold(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(d.Path(recipeName)); err == nil {
		d.Close()
		return nil, fmt.Errorf("run directory %s holds a run already; resume it, or name another directory", path)
	}
	err = WriteJSON(d.Path(recipeName), recipe)
	if err == nil {
		err = d.openMetrics()
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// Resume opens the directory of an earlier run and forgets the metrics of the
// steps from next on, which are about to be done again, and what a killed
// process was writing. It returns the recipe that the run began with.
func Resume(path string, next int) (*Dir, Recipe, error) {
	data, err := os.ReadFile(filepath.Join(path, recipeName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Recipe{}, fmt.Errorf("run directory %s holds no run to resume (no %s)", path, recipeName)
	}
	if err != nil {
		return nil, Recipe{}, fmt.Errorf("run directory %s: %w", path, reason(err))
	}
	recipe, err := ParseRecipe(string(data))
	if err != nil {
		return nil, Recipe{}, fmt.Errorf("run directory %s: %s: %w", path, recipeName, err)
	}
	d, err := hold(path)
	if err != nil {
		return nil, Recipe{}, err
	}
	d.sweep()
	if err := errors.Join(d.forgetFrom(next), d.openMetrics()); err != nil {
		d.Close()
		return nil, Recipe{}, err
	}
	return d, recipe, nil
}

// hold locks the directory itself, so that the lock leaves no file behind and
// ends with the process.
func hold(path string) (*Dir, error) {
	lock, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("run directory %s: %w", path, reason(err))
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("run directory %s is in use by another process", path)
		}
		return nil, fmt.Errorf("run directory %s: lock: %w", path, err)
	}
	return &Dir{path: path, lock: lock}, nil
}

// unfinished is a file that WriteFile had not renamed when its process was
// killed.
var unfinished = regexp.MustCompile(`^\.[\w-]+\.(json|md|png|safetensors)\d+$`)

// sweep removes unfinished files. One that stays does no harm but to the disk.
func (d *Dir) sweep() {
	entries, _ := os.ReadDir(d.path)
	for _, e := range entries {
		if e.Type().IsRegular() && unfinished.MatchString(e.Name()) {
			_ = os.Remove(d.Path(e.Name()))
		}
	}
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
	line, err := json.Marshal(Row{step, figures})
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
	Step    int     `json:"step"`
	Figures Figures `json:"figures"`
}

// History returns the rows of metrics.jsonl, those of an earlier process that
// Resume kept among them.
func (d *Dir) History() ([]Row, error) {
	f, err := os.Open(d.metricsPath())
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", d.metricsPath(), reason(err))
	}
	defer f.Close()
	var rows []Row
	for dec := json.NewDecoder(bufio.NewReader(f)); ; {
		var at Row
		err := dec.Decode(&at)
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: row %d: %w", d.metricsPath(), len(rows)+1, err)
		}
		rows = append(rows, at)
	}
}

// forgetFrom keeps the rows of the steps before next; a last line that a
// killed process left half-written goes too.
func (d *Dir) forgetFrom(next int) error {
	f, err := os.Open(d.metricsPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", d.metricsPath(), reason(err))
	}
	defer f.Close()
	var kept int64
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return fmt.Errorf("read %s: %w", d.metricsPath(), reason(err))
		}
		var at Row
		if err == io.EOF || json.Unmarshal(line, &at) != nil || at.Step >= next {
			break
		}
		kept += int64(len(line))
	}
	if err := os.Truncate(d.metricsPath(), kept); err != nil {
		return writeError(d.metricsPath(), err)
	}
	return nil
}
