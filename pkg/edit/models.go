package edit

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/vae"
)

// Models are the networks of an edit, frozen, on one device.
type Models struct {
	VAE   *vae.Model
	CLIP  Encoder // what an edit optimises for
	Judge Encoder // what only looks; nil: none
	Bank  *Bank   // what guided mode moves along; nil: none

	Files []run.File // what they were read from
	close []func()
}

// Close frees the weights.
func (m *Models) Close() {
	for _, f := range m.close {
		f()
	}
	m.close = nil
}

// The files of a folder of models. Judge and bank may be missing.
const (
	vaeFile   = "vae.safetensors"
	clipFile  = "clip.safetensors"
	judgeFile = "judge.safetensors"
	bankFile  = "bank.safetensors"
)

// LoadModels reads vae, clip, judge and bank .safetensors of the folder dir.
func LoadModels(dir string, device torch.Device) (*Models, error) {
	return loadModels(dir, device, func(name string) (*safetensors.File, run.File, error) {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err != nil {
			return nil, run.File{}, err
		}
		hash, err := run.HashFile(path)
		if err != nil {
			return nil, run.File{}, err
		}
		f, err := safetensors.Open(path)
		return f, hash, err
	})
}

// LoadModelsFS is LoadModels for files that are in memory, such as those
// embedded in the program; where names them in messages.
func LoadModelsFS(files fs.FS, where string, device torch.Device) (*Models, error) {
	return loadModels(where, device, func(name string) (*safetensors.File, run.File, error) {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, run.File{}, err
		}
		hash, err := run.Hash(name, bytes.NewReader(data))
		if err != nil {
			return nil, run.File{}, err
		}
		f, err := safetensors.FromBytes(where+"/"+name, data)
		return f, hash, err
	})
}

type opener func(name string) (*safetensors.File, run.File, error)

func loadModels(where string, device torch.Device, open opener) (m *Models, err error) {
	m = &Models{}
	defer func() {
		if err != nil {
			m.Close()
			m = nil
		}
	}()
	// with opens a file, hands it to load, and says whether it is there.
	with := func(name string, load func(*safetensors.File) error) (bool, error) {
		f, hash, err := open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("edit: models: %w", err)
		}
		defer f.Close()
		m.Files = append(m.Files, hash)
		return true, load(f)
	}
	clipInto := func(to *Encoder) func(*safetensors.File) error {
		return func(f *safetensors.File) error {
			model, err := clip.Load(f, device)
			if err != nil {
				return err
			}
			*to, m.close = model, append(m.close, model.Close)
			return model.Params.Freeze()
		}
	}
	for _, part := range []struct {
		name, verb string // verb makes the file; "": it may be missing
		load       func(*safetensors.File) error
	}{
		{vaeFile, "train-vae", func(f *safetensors.File) error {
			model, err := vae.Load(f, device)
			if err != nil {
				return err
			}
			m.VAE, m.close = model, append(m.close, model.Close)
			return model.Params.Freeze()
		}},
		{clipFile, "finetune-clip", clipInto(&m.CLIP)},
		{judgeFile, "", clipInto(&m.Judge)},
		{bankFile, "", func(f *safetensors.File) (err error) {
			m.Bank, err = LoadBank(f)
			return err
		}},
	} {
		found, err := with(part.name, part.load)
		if err != nil {
			return m, err
		}
		if !found && part.verb != "" {
			return m, fmt.Errorf("edit: no weights: %s has no %s: make it with `toolkit %s`, or name another folder", where, part.name, part.verb)
		}
	}
	if m.Bank != nil {
		return m, m.Bank.Fits(m.VAE, m.CLIP)
	}
	return m, nil
}
