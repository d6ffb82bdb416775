package clip

import (
	"fmt"
	"path/filepath"

	"github.com/clipenv/toolkit/internal/hub"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

// Open makes the model that a name stands for, on device: a file of weights, a
// folder with them, or a model of the Hugging Face hub that was pulled into its
// cache (see package hub). paths are the files of its weights.
func Open(name string, device torch.Device) (m *Model, paths []string, err error) {
	cache, err := hub.UserCache()
	if err != nil {
		return nil, nil, err
	}
	found, err := cache.Find(name)
	if err != nil {
		return nil, nil, err
	}
	f, err := openWeights(found)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	m, err = Load(f, device)
	return m, found.Paths(), err
}

// openWeights opens the weights that were found by a name: the one place where
// their format is looked at.
func openWeights(found hub.Found) (*safetensors.File, error) {
	paths := found.Paths()
	if len(paths) != 1 {
		return nil, fmt.Errorf("clip: the weights in %s are in %d parts, want one safetensors file", quote.Text(found.Folder), len(paths))
	}
	switch filepath.Ext(paths[0]) {
	case ".bin", ".pt":
		return nil, fmt.Errorf("clip: %s is a pickle of PyTorch's, want a safetensors file", quote.Text(paths[0]))
	}
	return safetensors.Open(paths[0])
}
