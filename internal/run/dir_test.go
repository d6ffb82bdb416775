package run

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func recipe(t *testing.T) Recipe {
	t.Helper()
	r, err := NewRecipe(BuildVersions("v1.2.3", "2.11.0"), "train-vae", map[string]any{"steps": 10})
	if err != nil {
		t.Fatal(err)
	}
	r.Seed = 7
	return r
}

func TestResumeForgetsTheStepsToDoAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "run")
	d, err := Create(path, recipe(t))
	if err != nil {
		t.Fatal(err)
	}
	for step := range 5 {
		if err := d.Metrics(step, map[string]float64{"loss": float64(step)}); err != nil {
			t.Fatal(err)
		}
	}
	// A killed process may leave half a line.
	if _, err := d.metrics.WriteString(`{"step":5,"fig`); err != nil {
		t.Fatal(err)
	}
	d.Close()

	d, got, err := Resume(path, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if want := recipe(t); got.String() != want.String() {
		t.Errorf("got recipe %v, want %v", got, want)
	}
	if err := d.Metrics(3, map[string]float64{"loss": 30}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(d.metricsPath())
	if err != nil {
		t.Fatal(err)
	}
	var losses []float64
	for line := range strings.Lines(string(data)) {
		var r Row
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		losses = append(losses, r.Figures["loss"])
	}
	if want := []float64{0, 1, 2, 30}; !reflect.DeepEqual(losses, want) {
		t.Errorf("got losses %v, want %v", losses, want)
	}
}

// A process that was killed while it wrote leaves a file under another name.
func TestResumeSweepsUnfinishedFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	d, err := Create(path, recipe(t))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var left []string
	for _, name := range []string{"curves.png", "checkpoint.safetensors"} {
		err := WriteFile(d.Path(name), func(io.Writer) error {
			var err error
			left, err = filepath.Glob(d.Path("." + name + "*"))
			return errors.Join(err, os.WriteFile(d.Path("kept.txt"), nil, 0o644))
		})
		if err != nil || len(left) != 1 {
			t.Fatalf("%s: got %v, and %q beside it, want one file", name, err, left)
		}
		if err := os.WriteFile(left[0], []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d.Close()
	if d, _, err = Resume(path, 0); err == nil {
		_, err = os.Stat(d.Path("kept.txt"))
	}
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(path, ".*")); len(left) > 0 {
		t.Errorf("got %q, want them gone", left)
	}
}

// A figure that is no number is null in the file, and does not end the run.
func TestMetricsOfWhatIsNoNumber(t *testing.T) {
	d, err := Create(filepath.Join(t.TempDir(), "run"), recipe(t))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Metrics(1, map[string]float64{"a": math.NaN(), "b": math.Inf(-1), "c": .5}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(d.metricsPath())
	if want := `{"step":1,"figures":{"a":null,"b":null,"c":0.5}}` + "\n"; err != nil || string(data) != want {
		t.Errorf("got %s (%v), want %s", data, err, want)
	}
	rows, err := d.History()
	if err != nil || len(rows) != 1 || !math.IsNaN(rows[0].Figures["a"]) || !math.IsNaN(rows[0].Figures["b"]) || rows[0].Figures["c"] != .5 {
		t.Errorf("got %v (%v), want NaN for null", rows, err)
	}
}

func TestDirErrorsSayWhatToDo(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "run")
	d, err := Create(path, recipe(t))
	if err != nil {
		t.Fatal(err)
	}
	_, err = Create(path, recipe(t))
	wantError(t, err, "run directory "+path+" is in use by another process")
	d.Close()
	_, err = Create(path, recipe(t))
	wantError(t, err, "run directory "+path+" holds a run already; resume it, or name another directory")

	_, _, err = Resume(root, 0)
	wantError(t, err, "run directory "+root+" holds no run to resume (no recipe.json)")

	for _, name := range []string{"best.safetensors", "Notes.MD", "metrics.jsonl"} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, name), []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err = Create(folder, recipe(t))
		wantError(t, err, "run directory "+folder+" holds "+name+", and is no run's: name an empty directory, or one that is not there yet")
		if got, _ := os.ReadFile(filepath.Join(folder, name)); string(got) != "mine" {
			t.Errorf("%s: got %q, want it left alone", name, got)
		}
	}
	logged := t.TempDir()
	if err := os.WriteFile(filepath.Join(logged, "log.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(logged, ".recipe.json123"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if d, err := Create(logged, recipe(t)); err != nil {
		t.Errorf("where a log and a stray of a killed run are: got error %v", err)
	} else {
		d.Close()
	}
	if _, err := os.Lstat(filepath.Join(logged, ".recipe.json123")); err == nil {
		t.Error("the stray of a killed run stayed")
	}

	file := filepath.Join(root, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Create(file, recipe(t))
	wantError(t, err, "run directory "+file+": not a directory")
}

func TestWriteFileIsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.json")
	if err := WriteJSON(path, 1); err != nil {
		t.Fatal(err)
	}
	err := WriteFile(path, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return errors.New("the disk is full")
	})
	wantError(t, err, "write "+path+": the disk is full")
	if got, _ := os.ReadFile(path); string(got) != "1\n" {
		t.Errorf("got %q, want the old content", got)
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 1 {
		t.Errorf("got %v, want the target alone", entries)
	}
	nowhere := filepath.Join(dir, "nowhere", "out.json")
	wantError(t, WriteJSON(nowhere, 1), "write "+nowhere+": no such file or directory")
}

func TestRecipeComesBackFromItsText(t *testing.T) {
	r := recipe(t)
	r.Prompt = "a \"sunset\"\nin a forest — wolkig"
	model, err := Hash("vae.safetensors", strings.NewReader("abc"))
	if err != nil {
		t.Fatal(err)
	}
	// FIPS 180-2, appendix B.1.
	if want := "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; model.SHA256 != want {
		t.Errorf("got hash %s, want %s", model.SHA256, want)
	}
	r.Models = []File{model}
	if strings.Contains(r.String(), "\n") {
		t.Errorf("got a recipe of several lines: %s", r)
	}
	back, err := ParseRecipe(r.String())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, r) {
		t.Errorf("got %+v, want %+v", back, r)
	}
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

func TestRecipeKeepsTheOneBefore(t *testing.T) {
	first, err := NewRecipe(Versions{Toolkit: "v1"}, "edit", nil)
	if err != nil {
		t.Fatal(err)
	}
	first.Prompt = "sunset"
	second := Recipe{Command: "convert"}
	second.After(first.String())
	back, err := ParseRecipe(second.String())
	if err != nil {
		t.Fatal(err)
	}
	before, err := ParseRecipe(string(back.Before))
	if err != nil || before.Prompt != "sunset" || before.Versions.Toolkit != "v1" {
		t.Errorf("got %+v, %v, want the recipe before", before, err)
	}
	for carried, want := range map[string]string{"": "", "sky: \"clear\"\n": `"sky: \"clear\"\n"`} {
		var r Recipe
		if r.After(carried); string(r.Before) != want {
			t.Errorf("after %q: got %s, want %s", carried, r.Before, want)
		}
	}
}
