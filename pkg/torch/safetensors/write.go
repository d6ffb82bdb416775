package safetensors

import (
	"fmt"
	"os"

	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors/header"
)

// Named is a tensor to be written, of any device and layout.
type Named struct {
	Name   string
	Tensor torch.Tensor
}

// Write writes the tensors, and metadata (nil for none), to path: beside it
// first, then flushed and renamed, so that an interrupted run leaves the old
// file or the new one. The same tensors give the same bytes in whatever order
// they come, and those are the reference's. The tensors may be of any session
// that is alive, or of none.
func Write(path string, tensors []Named, metadata map[string]string) error {
	err := torch.Do(torch.CPU, func(s *torch.Session) { s.Check(write(path, tensors, metadata)) })
	if err != nil {
		return fmt.Errorf("safetensors: write %s: %w", path, err)
	}
	return nil
}

func write(path string, tensors []Named, metadata map[string]string) error {
	names := map[torch.DType]header.Type{}
	for name, dtype := range dtypes {
		names[dtype] = name
	}
	entries := make([]header.Entry, len(tensors))
	byName := map[string]torch.Tensor{}
	for i, t := range tensors {
		dtype := t.Tensor.DType()
		if names[dtype] == "" {
			return fmt.Errorf("tensor %q: the format has no %v", t.Name, dtype)
		}
		entries[i] = header.Entry{Name: t.Name, Type: names[dtype], Shape: t.Tensor.Shape()}
		byName[t.Name] = t.Tensor
	}
	laid, head, err := header.Format(entries, metadata)
	if err != nil {
		return err
	}
	return files.Write(path, func(f *os.File) error {
		if _, err := f.Write(head); err != nil {
			return err
		}
		for _, e := range laid {
			if _, err := f.Write(byName[e.Name].Bytes()); err != nil {
				return fmt.Errorf("tensor %q: %w", e.Name, err)
			}
		}
		return nil
	})
}
