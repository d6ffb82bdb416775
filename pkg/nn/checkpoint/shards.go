package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/torch"
)

// shards are weights in several files, of which an index says which tensor lies
// in which: model.safetensors.index.json, pytorch_model.bin.index.json.
type shards struct {
	path  string
	names []string
	file  map[string]File // by the tensor's name
	files []File
}

const (
	maxIndex = 16 << 20 // bytes; a thousand tensors have a hundred thousand
	maxFiles = 1024
)

func isIndex(path string, first []byte) bool {
	return strings.HasSuffix(path, ".json") || bytes.HasPrefix(bytes.TrimSpace(first), []byte("{"))
}

func openShards(path string) (File, error) {
	x, err := readIndex(path)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %s: %w", path, err)
	}
	s := &shards{path: path, file: map[string]File{}}
	byName := map[string]File{}
	for _, tensor := range x.tensors() {
		name := x.WeightMap[tensor]
		f := byName[name]
		if f == nil {
			if f, err = openShard(filepath.Dir(path), name); err != nil {
				return nil, errors.Join(fmt.Errorf("checkpoint: %s: %w", path, err), s.Close())
			}
			byName[name] = f
			s.files = append(s.files, f)
		}
		if f.Shape(tensor) == nil {
			return nil, errors.Join(fmt.Errorf("checkpoint: %s: %s lies in %s by the index, and does not", path, quote.Text(tensor), quote.Text(name)), s.Close())
		}
		s.names = append(s.names, tensor)
		s.file[tensor] = f
	}
	return s, nil
}

// index is the part of an index file that says what lies where.
type index struct {
	WeightMap map[string]string `json:"weight_map"`
}

func (x index) tensors() []string {
	var names []string
	for name := range x.WeightMap {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// readIndex reads an index and holds every file that it names to its folder.
func readIndex(path string) (index, error) {
	var x index
	if info, err := os.Stat(path); err != nil {
		return x, err
	} else if info.Size() > maxIndex {
		return x, fmt.Errorf("has %d bytes, want an index of at most %d", info.Size(), maxIndex)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return x, err
	}
	if err := json.Unmarshal(data, &x); err != nil {
		return x, fmt.Errorf("not an index of weights: %w", err)
	}
	if len(x.WeightMap) == 0 {
		return x, errors.New("has no weight_map, want the index of weights in several files, or the weights themselves")
	}
	files := map[string]bool{}
	for tensor, name := range x.WeightMap {
		if name == "" || name != filepath.Base(name) || strings.ContainsAny(name, `/\:`) || name == "." || name == ".." {
			return x, fmt.Errorf("%s lies in %s, which climbs out of the folder: want the name of a file beside the index", quote.Text(tensor), quote.Text(name))
		}
		files[name] = true
	}
	if len(files) > maxFiles {
		return x, fmt.Errorf("names %d files, want at most %d", len(files), maxFiles)
	}
	return x, nil
}

// openShard opens a file beside the index. It is no index itself: one that
// names itself would have no end.
func openShard(folder, name string) (File, error) {
	path := filepath.Join(folder, name)
	first, err := beginning(path)
	if err != nil {
		return nil, err
	}
	if isIndex(path, first) {
		return nil, fmt.Errorf("%s: is an index itself, want weights", path)
	}
	return openOne(path, first)
}

func (s *shards) Path() string { return s.path }

func (s *shards) Names() []string { return s.names }

func (s *shards) Shape(name string) []int64 {
	f, ok := s.file[name]
	if !ok {
		return nil
	}
	return f.Shape(name)
}

func (s *shards) Tensor(session *torch.Session, name string) torch.Tensor {
	f, ok := s.file[name]
	if !ok {
		session.Check(fmt.Errorf("checkpoint: %s: no tensor %q among its %d", s.path, name, len(s.names)))
	}
	return f.Tensor(session, name)
}

// Metadata is nil: an index's own is about sizes.
func (s *shards) Metadata() map[string]string { return nil }

func (s *shards) Close() error {
	var err error
	for _, f := range s.files {
		err = errors.Join(err, f.Close())
	}
	return err
}

// Files returns the files that weights consist of, the index first.
func Files(f File) []string {
	s, ok := f.(*shards)
	if !ok {
		return []string{f.Path()}
	}
	paths := []string{s.path}
	for _, part := range s.files {
		paths = append(paths, part.Path())
	}
	return paths
}
