package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// request asks a player for so many steps in one go.
type request struct {
	Steps int `json:"steps"`
}

// reply is what a player says after making ready, and after each request.
type reply struct {
	Seconds       float64 `json:"seconds"`                  // by the clock, for all the steps asked for
	CPUSeconds    float64 `json:"cpu_seconds"`              // of all the process's threads, meanwhile
	UserSeconds   float64 `json:"user_seconds,omitempty"`   // of these, in the program; verb only
	SystemSeconds float64 `json:"system_seconds,omitempty"` // and in the kernel; verb only
	Check         float64 `json:"check"`                    // a number that both players must agree on
	PeakBytes     int64   `json:"peak_bytes"`               // resident, of the process, ever
	DeviceBytes   int64   `json:"device_bytes"`             // for tensors on a CUDA device, at the peak
}

// player is one side of a race: a process that speaks JSON lines.
type player struct {
	name string
	cmd  *exec.Cmd
	in   io.WriteCloser
	enc  *json.Encoder
	dec  *json.Decoder
}

// startPlayer starts the process and waits until it is ready for the work.
func startPlayer(name string, s spec, log io.Writer, command string, args ...string) (*player, error) {
	p := &player{name: name, cmd: exec.Command(command, args...)}
	p.cmd.Stderr = log
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	p.in, p.enc, p.dec = in, json.NewEncoder(in), json.NewDecoder(bufio.NewReader(out))
	if _, err := p.ask(s); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

func (p *player) ask(question any) (r reply, err error) {
	if err = p.enc.Encode(question); err == nil {
		err = p.dec.Decode(&r)
	}
	if err != nil {
		err = fmt.Errorf("%s stopped: %w", p.name, err)
	}
	return r, err
}

// turn lets the player do n steps and returns its reply, times being those of
// one step. The pause lets the other player's worker threads stop spinning.
func (p *player) turn(n int) (reply, error) {
	time.Sleep(10 * time.Millisecond)
	r, err := p.ask(request{n})
	r.Seconds /= float64(n)
	r.CPUSeconds /= float64(n)
	return r, err
}

// stop ends the process: a player ends with its input.
func (p *player) stop() {
	p.in.Close()
	_ = p.cmd.Wait() // what it had to say of a failure, it said on stderr
}
