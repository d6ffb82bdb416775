package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// Reading or drawing one large map takes seconds; Ctrl-C ends the command
// before that.
func TestDatasetVerbsStopWithinASecond(t *testing.T) {
	if testing.Short() {
		t.Skip("reads and draws large maps")
	}
	maps := t.TempDir()
	im := hdr.New(8192, 4096)
	for i := range im.Pix {
		im.Pix[i] = float32(i%1021) / 100 // does not pack
	}
	if err := hdr.Write(filepath.Join(maps, "large.hdr"), im, hdr.WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	const patience = 3 * time.Second // a busy machine takes its time to take memory back
	for _, c := range []struct {
		args  []string
		begun string // what is there once the work has begun, seen from the command's folder
	}{
		{[]string{"synth", "-o", "drawn", "-n", "4", "--size", "8192x4096"}, "drawn/recipe.json"},
		{[]string{"prepare", maps}, "cache/maps"},
		{[]string{"import", maps, "-o", "set"}, "cache/maps"},
		{[]string{"stats", maps}, "cache/maps"},
		{[]string{"sheet", maps, "-o", "sheet.html"}, "cache/maps"},
	} {
		t.Run(c.args[0], func(t *testing.T) {
			dir := t.TempDir()
			cmd := exec.Command("toolkit", append([]string{"dataset"}, c.args...)...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "TOOLKIT_CACHE="+filepath.Join(dir, "cache"))
			var said strings.Builder
			cmd.Stderr = &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			deadline := time.Now().Add(30 * time.Second)
			for {
				if _, err := os.Stat(filepath.Join(dir, c.begun)); err == nil {
					break
				}
				if time.Now().After(deadline) {
					_ = cmd.Process.Kill()
					_ = cmd.Wait() // the test has failed
					t.Fatalf("the work did not begin in 30 seconds: %s", said.String())
				}
				time.Sleep(5 * time.Millisecond)
			}
			time.Sleep(100 * time.Millisecond) // into the large map
			began := time.Now()
			if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // its status is looked at
			if took := time.Since(began); took > patience {
				t.Errorf("took %v to stop, want at most a second, and %v on a busy machine", took, patience)
			}
			if got := cmd.ProcessState.ExitCode(); got != statusInterrupted || !strings.Contains(said.String(), "interrupted") {
				t.Errorf("got exit status %d and %q, want %d and that it was interrupted", got, said.String(), statusInterrupted)
			}
		})
	}
}
