package torchtest

import (
	"os"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

// Open opens a file of tensors until the test's end.
func Open(t testing.TB, path string) *safetensors.File {
	t.Helper()
	f, err := safetensors.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// OpenBoth opens a file both ways that there are: mapped, and as bytes in
// memory, which is how models inside the program are read.
func OpenBoth(t testing.TB, path string) [2]*safetensors.File {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	inMemory, err := safetensors.FromBytes("in memory", data)
	if err != nil {
		t.Fatal(err)
	}
	return [2]*safetensors.File{Open(t, path), inMemory}
}
