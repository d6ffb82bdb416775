package clip

import (
	"cmp"
	"path/filepath"

	"github.com/clipenv/toolkit/internal/hub"
	"github.com/clipenv/toolkit/pkg/nn/checkpoint"
	"github.com/clipenv/toolkit/pkg/torch"
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

// openWeights opens the weights that were found by a name.
func openWeights(found hub.Found) (checkpoint.File, error) {
	return checkpoint.Open(filepath.Join(found.Folder, cmp.Or(found.Index, found.Weights[0])))
}
