package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Ctrl-C ends a training with a command on a line of its own. A shell that runs that
// line ends with the bytes of a run that was left alone.
func TestTheLineThatGoesOnGoesOn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it's here")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	tiny := "data: {real_share: 0, synthetic: 48, synthetic_held_out: 24}\ntrain: {steps: 40, batch: 8, evaluate_every: 20, warmup: 5}\n"
	if err := os.WriteFile(filepath.Join(dir, "tiny.yaml"), []byte(tiny), 0o644); err != nil {
		t.Fatal(err)
	}
	command := func(out string) *exec.Cmd {
		return exec.Command("toolkit", "finetune-clip", "-c", filepath.Join(dir, "tiny.yaml"), "-o", filepath.Join(dir, out), "--threads", "1",
			"--set", "train.select=[maps_r1_synthetic_held_out, maps_r5_synthetic_held_out]")
	}
	if out, err := command("whole").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var said bytes.Buffer
	cut := command("cut")
	cut.Stderr = &said
	if err := cut.Start(); err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); ; time.Sleep(2 * time.Millisecond) {
		rows, _ := os.ReadFile(filepath.Join(dir, "cut", "metrics.jsonl"))
		if bytes.Count(rows, []byte("\n")) > 2 || time.Since(begun) > time.Minute {
			break
		}
	}
	if err := cut.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cut.Wait() // by its exit status, which is looked at
	lines := strings.Split(strings.TrimSpace(said.String()), "\n")
	if cut.ProcessState.ExitCode() != statusInterrupted || len(lines) < 2 || !strings.HasSuffix(lines[len(lines)-2], "steps; this goes on from there:") {
		t.Fatalf("got exit status %d and %s, want %d and how to go on", cut.ProcessState.ExitCode(), said.String(), statusInterrupted)
	}
	if out, err := exec.Command("sh", "-c", lines[len(lines)-1]).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", lines[len(lines)-1], err, out)
	}
	for _, name := range []string{"last.safetensors", "best.safetensors", "metrics.jsonl"} {
		got, err := os.ReadFile(filepath.Join(dir, "cut", name))
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(dir, "whole", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from that of the run that was left alone", name)
		}
	}
}
