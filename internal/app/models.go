package app

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/models/mini"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/nn/checkpoint"
	"github.com/clipenv/toolkit/pkg/nn/modelfile"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/vae"
)

// Models is what an edit is made with, and where it came from.
type Models struct {
	edit.Models
	Files   []run.File // for a recipe
	weights int64      // of VAE and CLIP, how many
	close   []func()
}

// Close frees the models' weights.
func (m *Models) Close() {
	for _, f := range m.close {
		f()
	}
}

// BankName is the bank's file in a folder of models.
const BankName = "bank.safetensors"

// ModelFiles are the files of a folder of models that make-bank leaves as they
// are; "" has none on the disk.
func ModelFiles(dir string) []string {
	if dir == "" {
		return nil
	}
	var paths []string
	for _, name := range []string{"vae.safetensors", "clip.safetensors", "judge.safetensors"} {
		paths = append(paths, filepath.Join(dir, name))
	}
	return paths
}

// OpenModels loads the models of a folder, "" for those inside the program.
// The judge and the bank may be missing from a folder.
func OpenModels(dir string, device torch.Device) (*Models, error) {
	m, err := OpenNetworks(dir, device)
	if err != nil {
		return nil, err
	}
	m.Bank, err = loadModel(m, dir, BankName, edit.LoadBank)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		m.Close()
		return nil, fmt.Errorf("%w; `toolkit make-bank` replaces it", err)
	}
	return m, nil
}

// OpenNetworks is OpenModels without the bank.
func OpenNetworks(dir string, device torch.Device) (*Models, error) {
	m := &Models{}
	if err := m.open(dir, device); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

func (m *Models) open(dir string, device torch.Device) (err error) {
	generate := func(f checkpoint.File) (closer, error) { return generators.Load(f, device) }
	g, err := loadModel(m, dir, "vae.safetensors", generate)
	if err != nil {
		return missingModel(dir, err, "train-vae")
	}
	m.Generator = g
	look := func(f checkpoint.File) (*clip.Frozen, error) { return loadCLIP(f, device) }
	seer, err := loadModel(m, dir, "clip.safetensors", look)
	if err != nil {
		return missingModel(dir, err, "finetune-clip")
	}
	m.CLIP = seer
	ofCLIP, _ := seer.Params.Count()
	m.weights = g.Weights() + ofCLIP
	judge, err := loadModel(m, dir, "judge.safetensors", look)
	switch {
	case err == nil:
		m.Judge = judge
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return nil
}

func missingModel(dir string, err error, verb string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no weights: %w; `toolkit %s` trains them, and their best.safetensors belongs into %s", err, verb, dir)
	}
	return err
}

// closer is a generator whose weights are to be freed.
type closer interface {
	edit.Generator
	Weights() int64
	Close()
}

// generators loads what an edit can optimise through, by the kind of file.
var generators = modelfile.Kinds[closer]{
	vae.Kind.Name: func(f checkpoint.File, d torch.Device) (closer, error) {
		m, err := vae.Load(f, d)
		if err != nil {
			return nil, err
		}
		return generator.NewVAE(m)
	},
}

func loadCLIP(f checkpoint.File, d torch.Device) (*clip.Frozen, error) {
	m, err := clip.Load(f, d)
	if err != nil {
		return nil, err
	}
	frozen, err := m.Freeze()
	if err != nil {
		m.Close()
	}
	return frozen, err
}

// loadModel loads one file of a folder, or of the program, and notes its hash,
// which is worked out beside the loading. What is no model is not waited for: it
// may be of any length.
func loadModel[M any](m *Models, dir, name string, load func(checkpoint.File) (M, error)) (model M, err error) {
	f, hash, err := openModel(dir, name)
	if err != nil {
		return model, err
	}
	defer f.Close()
	type hashed struct {
		files []run.File
		err   error
	}
	done := make(chan hashed, 1)
	go func() {
		files, err := hash()
		done <- hashed{files, err}
	}()
	if model, err = load(f); err != nil {
		return model, err
	}
	if c, ok := any(model).(interface{ Close() }); ok {
		m.close = append(m.close, c.Close)
	}
	h := <-done
	m.Files = append(m.Files, h.files...)
	return model, h.err
}

// openModel opens a file of weights, or what is published in the folder with its
// name; hash gives the names of its files and the hashes of their contents.
func openModel(dir, name string) (f checkpoint.File, hash func() ([]run.File, error), err error) {
	if dir != "" {
		path := filepath.Join(dir, name)
		published := strings.TrimSuffix(path, filepath.Ext(path))
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && isFolder(published) {
			path = published
		}
		f, err = checkpoint.Open(path)
		return f, func() ([]run.File, error) { return hashAll(checkpoint.Files(f)) }, err
	}
	data, err := mini.Files.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	f, err = safetensors.FromBytes(name, data)
	return f, func() ([]run.File, error) {
		file, err := run.Hash(name, bytes.NewReader(data))
		return []run.File{file}, err
	}, err
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func hashAll(paths []string) ([]run.File, error) {
	var files []run.File
	for _, path := range paths {
		file, err := run.HashFile(path)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}
