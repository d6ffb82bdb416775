package run

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"github.com/clipenv/toolkit/internal/files"
)

// Recipe says how an output came about, enough to make it again. It is stored
// in every output: an image's header, a checkpoint's metadata, a run's
// directory. It holds no time, host or absolute path, so that the same work
// by as many threads gives the same bytes anywhere.
type Recipe struct {
	Versions  Versions        `json:"versions"`
	Command   string          `json:"command"`          // the verb: "edit"
	Config    json.RawMessage `json:"config,omitempty"` // as it was in force, defaults filled in
	Prompt    string          `json:"prompt,omitempty"`
	Light     json.RawMessage `json:"light,omitempty"` // that an edit through a sky came to, and whose clouds
	Seed      int64           `json:"seed"`
	Device    string          `json:"device,omitempty"`    // that computed: "cpu"
	Threads   int             `json:"threads,omitempty"`   // of the processor, to an op: sums of other numbers differ in the last bits
	TF32      bool            `json:"tf32,omitempty"`      // a GPU's f32 products and convolutions were rounded to ten bits
	Processes int             `json:"processes,omitempty"` // that shared the batches of a training; 0: one
	Inputs    []File          `json:"inputs,omitempty"`
	Models    []File          `json:"models,omitempty"`
	Changes   []Change        `json:"changes,omitempty"` // of a run that was resumed
	Before    json.RawMessage `json:"before,omitempty"`  // the recipe that the input carried
}

// NewRecipe begins the recipe of a command with the configuration in force,
// any value that encodes as JSON, or nil.
func NewRecipe(v Versions, command string, config any) (Recipe, error) {
	r := Recipe{Versions: v, Command: command}
	if config == nil {
		return r, nil
	}
	data, err := json.Marshal(config)
	if err != nil {
		return Recipe{}, fmt.Errorf("recipe of %s: %w", command, err)
	}
	r.Config = data
	return r, nil
}

// String returns the recipe as one line of JSON, as outputs store it.
func (r Recipe) String() string {
	data, err := json.Marshal(r)
	if err != nil { // only a Config that is no JSON, which NewRecipe cannot make
		return `{"error":` + fmt.Sprintf("%q", err) + `}`
	}
	return string(data)
}

// ParseRecipe reads what [Recipe.String] made.
func ParseRecipe(text string) (Recipe, error) {
	var r Recipe
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return Recipe{}, fmt.Errorf("recipe: %w", err)
	}
	return r, nil
}

// File names a file by its base name and its content.
type File struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// HashFile returns the file's name and the SHA-256 of its content, in hex.
func HashFile(path string) (File, error) {
	f, err := OpenRegular(path)
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	return Hash(filepath.Base(path), f)
}

// Hash is [HashFile] for what is not a file on the disk, as embedded weights.
func Hash(name string, r io.Reader) (File, error) {
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return File{}, fmt.Errorf("read %s: %w", name, files.Cause(err))
	}
	return File{name, hex.EncodeToString(h.Sum(nil))}, nil
}

// Versions are those that can change a result.
type Versions struct {
	Toolkit  string `json:"toolkit"`
	Go       string `json:"go"`
	Gotch    string `json:"gotch"`
	Libtorch string `json:"libtorch"`
}

// BuildVersions reads the versions that the build put into the program.
// toolkit is what the linker was given, or empty for the version control's;
// libtorch is what the loaded library says of itself.
func BuildVersions(toolkit, libtorch string) Versions {
	v := Versions{Toolkit: toolkit, Go: runtime.Version(), Gotch: "unknown", Libtorch: libtorch}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if v.Toolkit == "" {
		v.Toolkit = info.Main.Version
	}
	if v.Toolkit == "" {
		v.Toolkit = "(devel)" // as Go calls a build without a version
	}
	for _, dep := range info.Deps {
		if dep.Path == "github.com/sugarme/gotch" {
			v.Gotch = dep.Version
			if dep.Replace != nil {
				v.Gotch = dep.Replace.Path + " " + dep.Replace.Version
			}
		}
	}
	return v
}
