package clip

import (
	"bytes"
	"cmp"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/clipenv/toolkit/internal/hub"
	"github.com/clipenv/toolkit/models/mini"
	"github.com/clipenv/toolkit/pkg/nn/checkpoint"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Open makes the model that a name stands for, on device: one of [Shipped], a
// file of weights, a folder with them, or a model of the Hugging Face hub that
// was pulled into its cache (see package hub).
func Open(name string, device torch.Device) (*Model, error) {
	f, err := openNamed(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Load(f, device)
}

func openNamed(name string) (checkpoint.File, error) {
	if slices.Contains(Shipped(), name) {
		return OpenShipped(name)
	}
	found, err := find(name)
	if err != nil {
		return nil, err
	}
	return checkpoint.Open(filepath.Join(found.Folder, cmp.Or(found.Index, found.Weights[0])))
}

func find(name string) (hub.Found, error) {
	cache, err := hub.UserCache()
	if err != nil {
		return hub.Found{}, err
	}
	return cache.Find(name)
}

// EachFile reads the files of the weights that a name stands for ([Open]), by
// their names and contents, as someone does who hashes them.
func EachFile(name string, read func(name string, content io.Reader) error) error {
	if slices.Contains(Shipped(), name) {
		data, err := mini.Files.ReadFile(FileOf(name))
		if err != nil {
			return err
		}
		return read(FileOf(name), bytes.NewReader(data))
	}
	found, err := find(name)
	if err != nil {
		return err
	}
	for _, path := range found.Paths() {
		if err := eachOf(path, read); err != nil {
			return err
		}
	}
	return nil
}

func eachOf(path string, read func(string, io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return read(filepath.Base(path), f)
}
