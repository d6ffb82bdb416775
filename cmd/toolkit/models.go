package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/models/mini"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/vae"
)

// loadedModels is what an edit is made with, and where it came from.
type loadedModels struct {
	edit.Models
	files   []run.File // for the recipe
	weights int64      // of VAE and CLIP, how many
	close   []func()
}

// Close frees the models' weights.
func (m *loadedModels) Close() {
	for _, f := range m.close {
		f()
	}
}

// openModels loads the models of a folder, "" for those inside the program.
// The judge and the bank may be missing from a folder.
func openModels(dir string, device torch.Device) (*loadedModels, error) {
	m := &loadedModels{}
	if err := m.open(dir, device); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

func (m *loadedModels) open(dir string, device torch.Device) (err error) {
	if m.VAE, err = loadModel(m, dir, "vae.safetensors", func(f *safetensors.File) (*vae.Model, error) { return vae.Load(f, device) }); err != nil {
		return missingModel(dir, err, "train-vae")
	}
	m.close = append(m.close, m.VAE.Close)
	loadCLIP := func(f *safetensors.File) (*clip.Model, error) {
		model, err := clip.Load(f, device)
		if err != nil {
			return nil, err
		}
		// An edit descends to the picture: gradients of the weights would be
		// worked out for nothing.
		if err := model.Params.Freeze(); err != nil {
			model.Close()
			return nil, err
		}
		return model, nil
	}
	seer, err := loadModel(m, dir, "clip.safetensors", loadCLIP)
	if err != nil {
		return missingModel(dir, err, "finetune-clip")
	}
	m.CLIP = seer
	ofVAE, _ := m.VAE.Params.Count()
	ofCLIP, _ := seer.Params.Count()
	m.weights = ofVAE + ofCLIP
	m.close = append(m.close, seer.Close)
	judge, err := loadModel(m, dir, "judge.safetensors", loadCLIP)
	switch {
	case err == nil:
		m.Judge = judge
		m.close = append(m.close, judge.Close)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	m.Bank, err = loadModel(m, dir, "bank.safetensors", edit.LoadBank)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func missingModel(dir string, err error, verb string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no weights: %w; `toolkit %s` trains them, and their best.safetensors belongs into %s", err, verb, dir)
	}
	return err
}

// loadModel reads one file of a folder, or of the program, and notes its hash.
func loadModel[M any](m *loadedModels, dir, name string, load func(*safetensors.File) (M, error)) (model M, err error) {
	data, err := readModel(dir, name)
	if err != nil {
		return model, err
	}
	hash, err := run.Hash(name, bytes.NewReader(data))
	if err != nil {
		return model, err
	}
	f, err := safetensors.FromBytes(filepath.Join(dir, name), data)
	if err != nil {
		return model, err
	}
	if model, err = load(f); err == nil {
		m.files = append(m.files, hash)
	}
	return model, err
}

func readModel(dir, name string) ([]byte, error) {
	if dir == "" {
		return mini.Files.ReadFile(name)
	}
	return os.ReadFile(filepath.Join(dir, name))
}
