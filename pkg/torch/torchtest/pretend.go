package torchtest

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Pretence builds the GPU that is none (scripts/pretend.sh), from the root of the
// module, and returns the environment in which a program has it, and the folder
// where each such process leaves what it counted.
func Pretence(t testing.TB, root string) (env []string, counts string) {
	t.Helper()
	c := exec.Command("bash", filepath.Join(root, "scripts/pretend.sh"), "env", "-0")
	c.Env = without(os.Environ(), "LIBTORCH", "LD_LIBRARY_PATH", "TOOLKIT_TEST_DEVICE", "CUDA_VISIBLE_DEVICES") // of the one that this program was compiled with
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		t.Fatalf("scripts/pretend.sh: %v\n%s", err, said.Bytes())
	}
	counts = t.TempDir()
	return append(strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"), "PRETEND_COUNTS="+counts), counts
}

func without(env []string, names ...string) (out []string) {
	for _, pair := range env {
		name, _, _ := strings.Cut(pair, "=")
		keep := true
		for _, n := range names {
			keep = keep && n != name
		}
		if keep {
			out = append(out, pair)
		}
	}
	return out
}

// Counts sums what the processes of a pretence counted, by name, and forgets it.
func Counts(t testing.TB, folder string) map[string]int64 {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	const name, entry = 120, 128 // bytes: pkg/torch/pretend/count.cpp
	sums := map[string]int64{}
	for _, f := range files {
		path := filepath.Join(folder, f.Name())
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for ; len(data) >= entry && data[0] != 0; data = data[entry:] {
			sums[string(bytes.TrimRight(data[:name], "\x00"))] += int64(binary.LittleEndian.Uint64(data[name:entry]))
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	return sums
}
