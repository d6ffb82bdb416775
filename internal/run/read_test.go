package run

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestReadingIsBounded(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("ten"), []byte("0123456789"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(at("sparse"), nil, 0o644), os.Truncate(at("sparse"), 20<<30), syscall.Mkfifo(at("pipe"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if data, err := ReadFile(at("ten"), 10); err != nil || string(data) != "0123456789" {
		t.Errorf("got %q, %v, want ten digits", data, err)
	}
	for path, want := range map[string]string{
		at("ten"):     "it has 10 B, want at most 9 B",
		at("sparse"):  "it has 20.0 GiB, want at most 9 B",
		at("pipe"):    "it is a device or a pipe, want a file",
		"/dev/zero":   "it is a device or a pipe, want a file",
		dir:           "is a directory",
		at("nowhere"): "no such file",
	} {
		if _, err := ReadFile(path, 9); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want %s", path, err, want)
		}
	}
}

func TestReaderEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	r := Reader(ctx, strings.NewReader("abc"))
	var one [1]byte
	if _, err := io.ReadFull(r, one[:]); err != nil || one[0] != 'a' {
		t.Errorf("got %q, %v", one, err)
	}
	cancel()
	if _, err := io.ReadAll(r); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
