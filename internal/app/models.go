package app

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/models/mini"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/generator"
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
	for _, name := range []string{"vae.safetensors", clipName, "judge.safetensors"} {
		paths = append(paths, filepath.Join(dir, name))
	}
	return append(paths, namedCLIPs(dir)...)
}

// OpenModels loads the models of a folder, "" for those inside the program.
// The judge and the bank may be missing from a folder. The CLIP is that of
// [OpenNetworks].
func OpenModels(dir, clip string, device torch.Device) (*Models, error) {
	m, err := OpenNetworks(dir, clip, device)
	if err != nil {
		return nil, err
	}
	m.Bank, err = loadModel(m, dir, BankName, edit.LoadBank)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		m.Close()
		return nil, fmt.Errorf("%w; `toolkit make-bank` replaces it", err)
	}
	if m.Bank != nil {
		m.Bank = m.Bank.For(m.CLIP.Hash())
	}
	return m, nil
}

// OpenNetworks is OpenModels without the bank. The CLIP is named as [findCLIP]
// has it.
func OpenNetworks(dir, clip string, device torch.Device) (*Models, error) {
	m := &Models{}
	if err := m.open(dir, clip, device); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

func (m *Models) open(dir, named string, device torch.Device) (err error) {
	generate := func(f *safetensors.File) (closer, error) { return generators.Load(f, device) }
	g, err := loadModel(m, dir, "vae.safetensors", generate)
	if err != nil {
		return missingModel(dir, err, "train-vae")
	}
	m.Generator = g
	look := func(f *safetensors.File) (*clip.Frozen, error) { return loadCLIP(f, device) }
	folder, name, err := findCLIP(dir, named)
	if err != nil {
		return err
	}
	seer, err := loadModel(m, folder, name, look)
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
	vae.Kind.Name: func(f *safetensors.File, d torch.Device) (closer, error) {
		m, err := vae.Load(f, d)
		if err != nil {
			return nil, err
		}
		return generator.NewVAE(m)
	},
}

func loadCLIP(f *safetensors.File, d torch.Device) (*clip.Frozen, error) {
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
func loadModel[M any](m *Models, dir, name string, load func(*safetensors.File) (M, error)) (model M, err error) {
	f, hash, err := openModel(dir, name)
	if err != nil {
		return model, err
	}
	defer f.Close()
	type hashed struct {
		file run.File
		err  error
	}
	done := make(chan hashed, 1)
	go func() {
		file, err := hash()
		done <- hashed{file, err}
	}()
	if model, err = load(f); err != nil {
		return model, err
	}
	if c, ok := any(model).(interface{ Close() }); ok {
		m.close = append(m.close, c.Close)
	}
	h := <-done
	m.Files = append(m.Files, h.file)
	return model, h.err
}

// openModel opens a file of weights; hash gives its name and its content's.
func openModel(dir, name string) (f *safetensors.File, hash func() (run.File, error), err error) {
	if dir != "" {
		path := filepath.Join(dir, name)
		f, err = safetensors.Open(path)
		return f, func() (run.File, error) { return run.HashFile(path) }, err
	}
	data, err := mini.Files.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	f, err = safetensors.FromBytes(name, data)
	return f, func() (run.File, error) { return run.Hash(name, bytes.NewReader(data)) }, err
}
