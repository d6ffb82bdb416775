// Package checkpoint opens weights as they are published, whatever their format:
// safetensors, what torch.save or torch.jit.save wrote, several such files with
// an index, or a folder with one of these. Who loads a model knows a [File] only.
//
// A file's first bytes tell what it is, not its name. Nothing of a file is run.
package checkpoint

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchfile"
)

// File is an open file of weights. Several goroutines may use it at once.
type File interface {
	nn.Source
	// Path returns the path that it was opened by, or its name in memory.
	Path() string
	// Metadata returns what it says about itself, nil where its format cannot.
	Metadata() map[string]string
	// Close ends the use of the file; tensors made from it stay whole.
	Close() error
}

// published are the names that weights are published under, in folders of
// Hugging Face's hub.
var published = []string{
	"model.safetensors", "model.safetensors.index.json", "open_clip_model.safetensors",
	"pytorch_model.bin", "pytorch_model.bin.index.json", "open_clip_pytorch_model.bin",
}

// Find returns the file of weights in a folder: the one that has a name as it is
// published, or the only one that ends like one.
func Find(folder string) (string, error) {
	for _, name := range published {
		path := filepath.Join(folder, name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	var found []string
	for _, e := range entries {
		switch filepath.Ext(e.Name()) {
		case ".safetensors", ".bin", ".pt", ".pth":
			found = append(found, e.Name())
		}
	}
	switch len(found) {
	case 1:
		return filepath.Join(folder, found[0]), nil
	case 0:
		return "", fmt.Errorf("checkpoint: %s: no weights in it, want one of %s, or one .pt file", folder, strings.Join(published, ", "))
	}
	return "", fmt.Errorf("checkpoint: %s: has %s, want one file of weights, or one of %s", folder, quote.Text(strings.Join(found, ", ")), strings.Join(published, ", "))
}

// Open opens the weights at path, a file or a folder. While they are in use no
// one may shorten the file in place.
func Open(path string) (File, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		if path, err = Find(path); err != nil {
			return nil, err
		}
	}
	first, err := beginning(path)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	if isIndex(path, first) {
		return openShards(path)
	}
	return openOne(path, first)
}

// openOne opens a file that is no index.
func openOne(path string, first []byte) (File, error) {
	switch {
	case bytes.HasPrefix(first, []byte("PK\x03\x04")), bytes.HasPrefix(first, []byte{0x80}) && !isSafetensors(first):
		return torchfile.Open(path)
	case isSafetensors(first):
		return safetensors.Open(path)
	}
	err := notWeights(first)
	if err == nil && filepath.Ext(path) == ".safetensors" {
		return safetensors.Open(path) // which says what is wrong with its header
	}
	if err == nil {
		err = fmt.Errorf("begins with %s, want safetensors, or a file of torch.save or torch.jit.save", quote.Text(string(first[:min(len(first), 24)])))
	}
	return nil, fmt.Errorf("checkpoint: %s: %w", path, err)
}

// beginning returns the first bytes of a regular file. A pipe or a device
// would even keep us from opening it.
func beginning(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: is a folder, a pipe or a device, want a file, which can be mapped", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	first := make([]byte, 512)
	n, err := io.ReadFull(f, first)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return first[:n], nil
}

// isSafetensors tells a header's length followed by its JSON.
func isSafetensors(first []byte) bool {
	return len(first) > 8 && first[8] == '{' && binary.LittleEndian.Uint64(first) <= 1<<32
}

// notWeights says what a file is that is often found in place of weights.
func notWeights(first []byte) error {
	text := strings.ToLower(string(bytes.TrimSpace(first)))
	switch {
	case len(first) == 0:
		return errors.New("is empty: its download did not begin")
	case strings.HasPrefix(text, "<!doctype html"), strings.HasPrefix(text, "<html"), strings.HasPrefix(text, "<?xml"), strings.HasPrefix(text, "<head"):
		return errors.New("is a web page, not weights: it was saved from a link that leads to a page about them, or to an error")
	case strings.HasPrefix(text, "version https://git-lfs"):
		return errors.New("is what Git LFS leaves in place of the weights: `git lfs pull` brings them")
	case bytes.HasPrefix(first, []byte{0x1f, 0x8b}):
		return errors.New("is compressed by gzip: unpack it first")
	case len(first) > 262 && string(first[257:262]) == "ustar":
		return errors.New("is a tar archive, as PyTorch wrote before 0.2: load and save it with a newer one, or unpack it")
	}
	return nil
}
