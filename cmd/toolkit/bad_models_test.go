package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clipenv/toolkit/models/mini"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/vae"
)

// TestWeightsThatAreNone are refused before they are read: whatever their
// length, and whether or not they end.
func TestWeightsThatAreNone(t *testing.T) {
	pipe, sparse := filepath.Join(t.TempDir(), "pipe"), filepath.Join(t.TempDir(), "sparse")
	f, err := os.Create(sparse)
	if err == nil {
		err = errors.Join(f.Truncate(20<<30), f.Close(), syscall.Mkfifo(pipe, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/dev/zero": "is a folder, a pipe or a device",
		pipe:        "is a folder, a pipe or a device",
		sparse:      "header",
		goodMap:     "header",
	} {
		models := t.TempDir()
		if err := os.Symlink(absolute(t, path), filepath.Join(models, "vae.safetensors")); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		failsWith(t, want, "toolkit", "edit", "--models", models, "-i", goodMap, "-p", "sunset", "-o", filepath.Join(models, "out.hdr"))
		if took := time.Since(began); took > time.Minute {
			t.Errorf("%s: took %v", path, took)
		}
		holdsOnly(t, models, "vae.safetensors")
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Weights that are not finite give no edit: the parameter is named.
func TestWeightsWithNaN(t *testing.T) {
	data, err := mini.Files.ReadFile("vae.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.FromBytes("mini", data)
	if err != nil {
		t.Fatal(err)
	}
	m, err := vae.Load(f, torch.CPU)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	models, named := t.TempDir(), ""
	err = torch.Do(torch.CPU, func(s *torch.Session) {
		for name, w := range m.Params.Each {
			named = name
			s.NoGrad(func() { w.CopyFrom(s.Full(math.NaN(), torch.Float32, w.Shape()...)) })
			break
		}
		s.Check(m.Save(filepath.Join(models, "vae.safetensors"), torch.Float16, nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	failsWith(t, "NaN or infinite in the file: "+named+" (", "toolkit", "edit", "--models", models, "-i", goodMap, "-p", "sunset", "-o", filepath.Join(models, "out.hdr"))
	holdsOnly(t, models, "vae.safetensors")
}

// TestTooLittleMemory ends in words, whoever asks for it.
func TestTooLittleMemory(t *testing.T) {
	met := false
	for _, kilobytes := range []int{900_000, 1_200_000, 1_500_000, 1_900_000, 2_200_000} {
		cmd := exec.Command("bash", "-c", fmt.Sprintf(`ulimit -v %d && exec toolkit convert "$1" "$2" --size 16384x8192`, kilobytes), "-", goodMap, filepath.Join(t.TempDir(), "out.hdr"))
		var said bytes.Buffer
		cmd.Stderr = &said
		err := cmd.Run()
		if strings.Contains(said.String(), "shared libraries") {
			continue // the libraries themselves found no room, and the loader says so
		}
		met = true
		if err == nil || cmd.ProcessState.ExitCode() != statusError || !strings.Contains(said.String(), "out of memory") || strings.Contains(said.String(), "goroutine") {
			t.Errorf("%d kB: got %v and %.500q, want status %d and that memory is out", kilobytes, err, said.String(), statusError)
		}
	}
	if !met {
		t.Error("under no limit did the program begin")
	}
}

// A small map needs little, and where a limit leaves just that, memory ends anywhere:
// in Go, in a library's threads, in what they read. No such end is a crash.
func TestALimitAtItsEdge(t *testing.T) {
	const from, to, step = 1_000_000, 2_400_000, 70_000
	met := false
	for kilobytes := from; kilobytes < to; kilobytes += step {
		out := filepath.Join(t.TempDir(), "out.exr")
		cmd := exec.Command("bash", "-c", fmt.Sprintf(`ulimit -c 0 && ulimit -v %d && exec toolkit convert "$1" "$2"`, kilobytes), "-", goodMap, out)
		var said bytes.Buffer
		cmd.Stderr = &said
		err := cmd.Run()
		text := said.String()
		if strings.Contains(text, "shared libraries") {
			continue // as the loader says
		}
		met = true
		switch {
		case err == nil:
			if _, err := os.Stat(out); err != nil {
				t.Errorf("%d kB: it succeeds, and there is no map: %v", kilobytes, err)
			}
		case cmd.ProcessState.ExitCode() != statusError || !strings.Contains(text, "out of memory") || strings.Contains(text, "goroutine") || strings.Contains(text, "terminate"):
			t.Errorf("%d kB: got %v and %.500q, want the map, or status %d and that memory is out", kilobytes, err, text, statusError)
		}
	}
	if !met {
		t.Error("under no limit did the program begin")
	}
}
