package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/clipenv/toolkit/pkg/torch"
)

// work is a kind made ready: step does it once, check gives a number that says
// what was computed.
type work struct {
	step  func()
	check func() float64
	close func() // frees what outlives the session; nil: nothing does
}

func (w work) end() {
	if w.close != nil {
		w.close()
	}
}

// prepare makes a kind ready on the session's device, from seed 1.
func prepare(s *torch.Session, sp spec) work {
	s.Seed(1)
	switch sp.Kind {
	case kindOverhead:
		return overhead(s, sp)
	case kindConv:
		return conv(s)
	case kindAttention, kindLayer:
		return transformer(s, sp)
	case kindInvert:
		return inversion(s, sp)
	case kindVAE:
		return vaeStep(s, sp)
	case kindTower:
		return towerStep(s, sp)
	case kindEdit:
		return wholeEdit(s, sp)
	case kindTune:
		return tuning(s, sp)
	case kindLoad:
		return load(s, sp)
	case kindDecode, kindEncode, kindResize:
		return maps(s, sp)
	case kindSynth:
		return drawing(sp)
	case kindFolder, kindBatch:
		return folder(s, sp)
	}
	s.Check(fmt.Errorf("no kind of work %q", sp.Kind))
	return work{}
}

// serve is the toolkit's player.
func serve(in io.Reader, out io.Writer) error {
	dec, enc := json.NewDecoder(in), json.NewEncoder(out)
	var sp spec
	if err := dec.Decode(&sp); err != nil {
		return fmt.Errorf("reading the work: %w", err)
	}
	torch.SetTF32(sp.TF32)
	device, err := torch.ParseDevice(sp.Device)
	if err != nil {
		return err
	}
	torch.SetThreads(sp.Threads)
	return torch.Do(device, func(s *torch.Session) {
		w := prepare(s, sp)
		w.step()
		check := w.check()
		answer := func(seconds, cpu float64) {
			r := reply{Seconds: seconds, CPUSeconds: cpu, Check: check, PeakBytes: peakBytes()}
			if device != torch.CPU {
				_, peak, err := torch.CUDAMemory(device)
				s.Check(err)
				r.DeviceBytes = peak
			}
			s.Check(enc.Encode(r))
		}
		answer(0, 0)
		for {
			var q request
			if err := dec.Decode(&q); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				s.Check(err)
			}
			s.Synchronize()
			start, cpu := time.Now(), cpuSeconds()
			for range q.Steps {
				w.step()
			}
			s.Synchronize()
			answer(time.Since(start).Seconds(), cpuSeconds()-cpu)
		}
	})
}

// cpuSeconds is what all the process's threads have used so far.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// peakBytes is the most memory that the process ever had resident, 0 where
// the kernel does not tell.
func peakBytes() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for l := range bytes.Lines(status) {
		var kib int64
		if n, _ := fmt.Sscanf(string(l), "VmHWM: %d kB", &kib); n == 1 {
			return kib * 1024
		}
	}
	return 0
}
