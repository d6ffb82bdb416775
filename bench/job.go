package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// trained is the experiment of the race between processes: the mini VAE on
// drawn maps, with nothing but steps in it.
const trained = `data: {real_share: 0, synthetic: 64, synthetic_held_out: 4}
pca_samples: 0
train: {batch: 16, evaluate_every: 0, save_every: 0}
`

// The steps of a short and a long run, whose difference is steps alone: start,
// maps and the look at the end cancel out.
const (
	shortRun = 2
	longRun  = 22
)

// job is a training by so many processes of so many threads each.
type job struct{ processes, threads int }

// step returns what one step takes, and the PSNR that the long run comes to.
func (j job) step(o options, temp string) (r reply, err error) {
	var took [2]float64
	for i, steps := range []int{shortRun, longRun} {
		start := time.Now()
		if r.Check, err = j.train(o, temp, steps); err != nil {
			return r, err
		}
		took[i] = time.Since(start).Seconds()
	}
	r.Seconds = (took[1] - took[0]) / (longRun - shortRun)
	return r, nil
}

func (j job) train(o options, temp string, steps int) (psnr float64, err error) {
	config := filepath.Join(temp, "trained.yaml")
	if err := os.WriteFile(config, []byte(trained), 0o600); err != nil {
		return 0, err
	}
	run, err := os.MkdirTemp(temp, "run-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(run)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()

	cmds, said := make([]*exec.Cmd, j.processes), make([]bytes.Buffer, j.processes)
	var figures bytes.Buffer
	for rank := range cmds {
		cmd := exec.Command(o.toolkit, "train-vae", "--config", config, "--output", filepath.Join(run, "vae"),
			"--steps", strconv.Itoa(steps), "--threads", strconv.Itoa(j.threads), "--device", "cpu", "--json")
		cmd.Stderr = &said[rank]
		if rank == 0 {
			cmd.Stdout = &figures
		}
		if j.processes > 1 {
			cmd.Env = append(os.Environ(), "RANK="+strconv.Itoa(rank), "LOCAL_RANK="+strconv.Itoa(rank), "WORLD_SIZE="+strconv.Itoa(j.processes),
				"MASTER_ADDR=127.0.0.1", "MASTER_PORT="+strconv.Itoa(port), "GLOO_SOCKET_IFNAME=lo")
		}
		if err := cmd.Start(); err != nil {
			return 0, err
		}
		cmds[rank] = cmd
	}
	for rank, cmd := range cmds {
		if ended := cmd.Wait(); ended != nil && err == nil {
			err = fmt.Errorf("%s: rank %d: %w\n%s", cmd, rank, ended, said[rank].Bytes())
		}
	}
	if err != nil {
		return 0, err
	}
	var found map[string]float64
	err = json.Unmarshal(figures.Bytes(), &found)
	return found["psnr_synthetic_held_out"], err
}

// runJob gives two processes and one their turns.
func (r race) runJob(o options, temp string) (line, error) {
	o.rounds = min(o.rounds, 5) // a turn is two runs
	two, one := job{2, 1}, job{1, 2}
	return r.rounds(o, func() (reply, error) { return two.step(o, temp) }, func() (reply, error) { return one.step(o, temp) })
}

// jobRaces hold a training by processes to one that threads share.
func jobRaces(add func(name, other string, target float64, s spec)) {
	add("training step, 2 processes of one thread", "1 of two", 1, spec{Kind: kindJob})
}
