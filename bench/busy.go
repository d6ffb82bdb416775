package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// busyTurn is how long a burner works, and then sleeps.
const busyTurn = 20 * time.Millisecond

// burn is busy for half of the time, until its input ends: what a machine does
// beside an edit. It begins at a random instant, so that burners are not in step.
func burn() {
	go func() {
		_, _ = os.Stdin.Read(make([]byte, 1)) // it ends with the bench, however that ends
		os.Exit(0)
	}()
	time.Sleep(rand.N(2 * busyTurn))
	for {
		for start := time.Now(); time.Since(start) < busyTurn; {
		}
		time.Sleep(busyTurn)
	}
}

// startBurners starts one for each processor; stop ends them.
func startBurners(self string) (stop func(), err error) {
	var stops []func()
	stop = func() {
		for _, f := range stops {
			f()
		}
	}
	for range runtime.NumCPU() {
		cmd := exec.Command(self, "burn")
		in, err := cmd.StdinPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			stop()
			return nil, fmt.Errorf("starting the load: %w", err)
		}
		stops = append(stops, func() {
			in.Close()
			_ = cmd.Wait() // it has nothing to say
		})
	}
	time.Sleep(4 * busyTurn)
	return stop, nil
}

// setting is how a verb of the program is run.
type setting struct {
	busy bool     // beside burners
	old  bool     // on all processors, waiting as libgomp does unasked
	args []string // the verb and its flags
}

// once runs the program and returns what it took: by the clock, and of
// processors' time, in the program and in the kernel for it.
func (s setting) once(o options, self string) (r reply, err error) {
	args, env := s.args, os.Environ()
	if s.old {
		args = append(append([]string{}, args...), "--threads", strconv.Itoa(runtime.NumCPU()))
		env = append(env, "GOMP_SPINCOUNT=300000") // libgomp's own, of version 4.4 and since
	}
	if s.busy {
		stop, err := startBurners(self)
		if err != nil {
			return r, err
		}
		defer stop()
	}
	var said bytes.Buffer
	cmd := exec.Command(o.toolkit, args...)
	cmd.Env, cmd.Stderr = env, &said
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return r, fmt.Errorf("%s: %w\n%s", cmd, err, said.Bytes())
	}
	r.Seconds = time.Since(start).Seconds()
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.UserSeconds = time.Duration(u.Utime.Nano()).Seconds()
		r.SystemSeconds = time.Duration(u.Stime.Nano()).Seconds()
		r.CPUSeconds = r.UserSeconds + r.SystemSeconds
		r.PeakBytes = u.Maxrss << 10
	}
	return r, nil
}

// runVerb gives two settings of one verb their turns: A B A B.
func (r race) runVerb(o options, self, temp string) (line, error) {
	args := []string{"edit", "-i", o.sample, "-p", "sunset", "--no-preview", "-o", filepath.Join(temp, "edited.exr")}
	ours := setting{busy: r.Spec.Busy, args: args}
	theirs := setting{busy: r.Spec.Busy && r.Spec.Old, old: r.Spec.Old, args: args}
	if theirs.busy {
		o.rounds = min(o.rounds, 3) // they take a minute each
	}
	if _, err := (setting{args: args}).once(o, self); err != nil { // the page cache is warm from here on
		return line{}, err
	}
	return r.rounds(o, func() (reply, error) { return ours.once(o, self) }, func() (reply, error) { return theirs.once(o, self) })
}

// verbRaces hold an edit's default to what a laptop that does something else
// needs: hardly slower beside other work, hardly slower than all processors
// where there is none.
func verbRaces(add func(name, other string, target float64, s spec)) {
	add("edit, quiet", "all threads", 1.15, spec{Kind: kindVerb, Old: true})
	add("edit, every core half busy", "itself, quiet", 1.5, spec{Kind: kindVerb, Busy: true})
	add("edit, both with every core half busy", "all threads", 1, spec{Kind: kindVerb, Busy: true, Old: true})
}
