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
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/nn/checkpoint"
	"github.com/clipenv/toolkit/pkg/nn/modelfile"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
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

// ModelSet is which models a work is done with.
type ModelSet struct {
	Folder string // "" for those inside the program
	CLIP   string // in place of the folder's: a name (openCLIP); "" for none
	called string // what people know that CLIP by; "" for the same
}

// openBank loads the bank of a folder, if it has one.
func (m *Models) openBank(dir string, device torch.Device) (err error) {
	m.Bank, err = loadModel(m, dir, BankName, banks, device)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; `toolkit make-bank` replaces it", err)
	}
	return nil
}

// OpenNetworks loads the models of a set without the bank, and lets ops have as
// many threads as suit them. The judge may be missing from a folder.
func (s Session) OpenNetworks(set ModelSet) (*Models, error) {
	return s.open(func(m *Models) error {
		if err := m.openGenerator(set.Folder, s.Device); err != nil {
			return err
		}
		if err := m.openEncoder(set, s.Device); err != nil {
			return err
		}
		return m.openJudge(set.Folder, s.Device)
	})
}

// OpenCLIP loads the CLIP of a set, and no other of its models, as OpenNetworks
// does.
func (s Session) OpenCLIP(set ModelSet) (*Models, error) {
	return s.open(func(m *Models) error { return m.openEncoder(set, s.Device) })
}

// OpenGenerator loads the generator in a file, as OpenNetworks does.
func (s Session) OpenGenerator(path string) (*Models, error) {
	return s.open(func(m *Models) error {
		g, err := loadModel(m, filepath.Dir(path), filepath.Base(path), generators, s.Device)
		if err == nil {
			m.Generator, m.weights = g, g.Weights()
		}
		return err
	})
}

// open loads models, and leaves none behind where one cannot be loaded.
func (s Session) open(load func(*Models) error) (*Models, error) {
	m := &Models{}
	if err := load(m); err != nil {
		m.Close()
		return nil, err
	}
	s.suit(m)
	return m, nil
}

func (m *Models) openGenerator(dir string, device torch.Device) error {
	g, err := loadModel(m, dir, "vae.safetensors", generators, device)
	if err != nil {
		return missingModel(dir, err, "train-vae")
	}
	m.Generator, m.weights = g, m.weights+g.Weights()
	return nil
}

// openEncoder opens the CLIP of a set.
func (m *Models) openEncoder(set ModelSet, device torch.Device) error {
	seer, err := m.openCLIP(set.Folder, set.CLIP, device)
	switch {
	case err == nil:
		m.CLIP = seer
		return nil
	case set.CLIP != "":
		return fmt.Errorf("--clip: %w", err)
	}
	return missingModel(set.Folder, err, "finetune-clip")
}

// openJudge opens the judge of a folder, if it has one.
func (m *Models) openJudge(dir string, device torch.Device) error {
	judge, err := loadModel(m, dir, "judge.safetensors", encoders, device)
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

// loadModel loads one file of a folder, or of the program, by its kind, and notes
// its hash, which is worked out beside the loading. What is no model is not
// waited for: it may be of any length.
func loadModel[M any](m *Models, dir, name string, kinds modelfile.Kinds[M], device torch.Device) (model M, err error) {
	f, hash, err := openModel(dir, name)
	if err != nil {
		return model, err
	}
	defer f.Close()
	done := hashing(hash)
	if model, err = kinds.Load(f, device); err != nil {
		return model, err
	}
	if c, ok := any(model).(interface{ Close() }); ok {
		m.close = append(m.close, c.Close)
	}
	h := <-done
	m.Files = append(m.Files, h.files...)
	return model, h.err
}

// hashed are the hashes of a model's files.
type hashed struct {
	files []run.File
	err   error
}

// hashing works hashes out beside other work.
func hashing(hash func() ([]run.File, error)) <-chan hashed {
	done := make(chan hashed, 1)
	go func() {
		files, err := hash()
		done <- hashed{files, err}
	}()
	return done
}

// openModel opens a file of weights, or what is published in the folder with its
// name; hash gives the names of its files and the hashes of their contents.
func openModel(dir, name string) (f checkpoint.File, hash func() ([]run.File, error), err error) {
	if dir != "" {
		path := filepath.Join(dir, name)
		published := publishedOf(path)
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

// publishedOf is the folder that stands in for a file of weights, with what was
// published.
func publishedOf(path string) string { return strings.TrimSuffix(path, filepath.Ext(path)) }

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
