package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/clipenv/toolkit/pkg/torch"
)

// first does the first op of a process and says what memory that took.
func first(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("first takes one device, got %q", args)
	}
	device, err := torch.ParseDevice(args[0])
	if err != nil {
		return err
	}
	return torch.Do(device, func(s *torch.Session) {
		y := s.Ones(4).ReLU().Sum().Item()
		s.Check(json.NewEncoder(os.Stdout).Encode(reply{Check: y, PeakBytes: peakBytes()}))
	})
}

// runStarts races from the start of the process to the answer of its first op.
func (r race) runStarts(o options, self string) (line, error) {
	ours := []string{self, "first", o.device}
	theirs := []string{o.python, filepath.Join(o.scripts, "start.py"), o.device}
	for _, command := range [][]string{ours, theirs} { // the page cache is warm from here on
		if _, err := startOnce(command); err != nil {
			return line{}, err
		}
	}
	return r.rounds(o, func() (reply, error) { return startOnce(ours) }, func() (reply, error) { return startOnce(theirs) })
}

func startOnce(command []string) (r reply, err error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return r, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return r, err
	}
	err = json.NewDecoder(out).Decode(&r)
	r.Seconds = time.Since(start).Seconds()
	if failed := cmd.Wait(); failed != nil {
		err = failed
	}
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.CPUSeconds = time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
	}
	if err != nil {
		err = fmt.Errorf("%v: %w", command, err)
	}
	return r, err
}
