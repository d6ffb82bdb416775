package clip

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/clipenv/toolkit/models/mini"
	"github.com/clipenv/toolkit/pkg/clip/words"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

// wordsName is the file of a table of words, in the program and in folders of
// models.
const wordsName = "words.safetensors"

// The CLIPs inside the program: Base saw synthetic maps alone, the others are
// fine-tuned from it on real maps and on what the VAE makes of maps.
const (
	Base      = "base"
	PolyHaven = "polyhaven"
	VAE       = "vae"
)

// Default is the CLIP that edits look through unless another is named.
const Default = PolyHaven

// FileOf is the file of a named CLIP, in the program and in folders of models.
func FileOf(name string) string { return "clip-" + name + ".safetensors" }

// Shipped names the CLIPs inside the program, the first of which the others may
// stand on.
func Shipped() (names []string) {
	for _, name := range []string{Base, PolyHaven, VAE} {
		if _, err := fs.Stat(mini.Files, FileOf(name)); err == nil {
			names = append(names, name)
		}
	}
	return names
}

// OpenShipped opens the file of a CLIP inside the program.
func OpenShipped(name string) (*safetensors.File, error) {
	data, err := mini.Files.ReadFile(FileOf(name))
	if err != nil {
		return nil, fmt.Errorf("clip: no CLIP in the program is called %q, want one of %s: %w", name, strings.Join(Shipped(), ", "), err)
	}
	return safetensors.FromBytes(FileOf(name), data)
}

// ShippedWords is the table of word vectors inside the program.
var ShippedWords = sync.OnceValues(func() (*words.Table, error) {
	data, err := mini.Files.ReadFile(wordsName)
	if err != nil {
		return nil, fmt.Errorf("clip: the words in the program: %w", err)
	}
	return words.Parse(wordsName, data)
})

// findWords returns the table of words with a hash: the one inside the program,
// or the one beside the model's file.
func findWords(model, hash string) (*words.Table, error) {
	shipped, err := ShippedWords()
	if err != nil || shipped.Hash() == hash {
		return shipped, err
	}
	path := filepath.Join(filepath.Dir(model), wordsName)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("it stands on the table of words %.12s, the program has %.12s: want the %s that it was trained with beside it", hash, shipped.Hash(), wordsName)
	}
	if err != nil {
		return nil, err
	}
	table, err := words.Parse(path, data)
	if err == nil && table.Hash() != hash {
		return nil, fmt.Errorf("it stands on the table of words %.12s, %s is %.12s: want the one that it was trained with", hash, path, table.Hash())
	}
	return table, err
}
