// Package launch reads from the environment which process of how many this one
// is. torchrun, Slurm's srun, Kubeflow's PyTorchJob and people with plain
// variables each say it in their own way.
package launch

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
)

// Place is one process among those of a job. The zero Place is a process alone.
type Place struct {
	Rank  int // from 0
	Size  int // how many there are; below 2: this one is alone
	Local int // rank among those of this machine: the number of its GPU
	Here  int // how many there are on this machine; 0: unsaid

	Host    string // where the store is by which they find one another
	Port    int
	Attempt string // which start of the job this is, where a launcher counts them
	Agent   bool   // the launcher keeps the store; else rank 0 does
}

// Alone tells whether there are no others.
func (p Place) Alone() bool { return p.Size < 2 }

// Serves tells whether this process keeps the store.
func (p Place) Serves() bool { return p.Rank == 0 && !p.Agent }

// variables are those of one way to say it, by what they say.
type variables struct{ rank, size, local, here string }

var (
	plain = variables{"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"}
	slurm = variables{"SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID", ""}
)

// FromEnvironment reads the place from variables, as of [os.LookupEnv]. RANK
// and WORLD_SIZE (torchrun, PyTorchJob) come before Slurm's own, which count
// inside a step of srun only: in a batch script they speak of steps to come.
func FromEnvironment(lookup func(string) (string, bool)) (Place, error) {
	e := environment(lookup)
	p, err := e.place()
	if err != nil {
		return Place{}, fmt.Errorf("launch: %w", err)
	}
	return p, nil
}

// environment looks a variable up; an empty one counts as not set.
type environment func(string) (string, bool)

func (e environment) get(name string) string {
	v, _ := e(name)
	return v
}

func (e environment) has(name string) bool { return e.get(name) != "" }

func (e environment) place() (Place, error) {
	step := e.has("SLURM_PROCID") && (e.has("SLURM_STEP_ID") || e.has("SLURM_STEP_NUM_TASKS"))
	switch {
	case e.has(plain.rank) || e.has(plain.size) || e.has(plain.local) || e.has("TORCHELASTIC_RUN_ID"):
		if step && !e.has("TORCHELASTIC_RUN_ID") && e.has(plain.rank) && e.get(plain.rank) != e.get(slurm.rank) {
			return Place{}, fmt.Errorf("RANK is %s and SLURM_PROCID is %s: unset RANK and WORLD_SIZE, or make them Slurm's", e.get(plain.rank), e.get(slurm.rank))
		}
		return e.plain()
	case step:
		return e.slurm()
	case e.has("MASTER_ADDR") && !e.has("SLURM_JOB_ID"):
		return Place{}, errors.New("MASTER_ADDR is set and RANK is not: set RANK and WORLD_SIZE too, or none of them")
	}
	return Place{}, nil
}

// plain reads what torchrun sets, PyTorchJob, and people.
func (e environment) plain() (Place, error) {
	p, err := e.numbers(plain)
	if err != nil || p.Alone() {
		return p, err
	}
	if p.Host = e.get("MASTER_ADDR"); p.Host == "" {
		return Place{}, fmt.Errorf("WORLD_SIZE is %d and MASTER_ADDR is not set, want the host of rank 0", p.Size)
	}
	if !e.has("MASTER_PORT") {
		return Place{}, fmt.Errorf("WORLD_SIZE is %d and MASTER_PORT is not set, want a free port on %s", p.Size, p.Host)
	}
	if p.Port, err = e.number("MASTER_PORT", 1, 65535); err != nil {
		return Place{}, err
	}
	// torchrun keeps the store itself, and the same one over all restarts.
	p.Agent = e.get("TORCHELASTIC_USE_AGENT_STORE") == "True"
	p.Attempt = e.get("TORCHELASTIC_RESTART_COUNT")
	return p, nil
}

// slurm reads what srun sets.
func (e environment) slurm() (Place, error) {
	v := slurm
	if e.has("SLURM_STEP_NUM_TASKS") { // the step may have fewer than the job
		v.size = "SLURM_STEP_NUM_TASKS"
	}
	p, err := e.numbers(v)
	if err != nil || p.Alone() {
		return p, err
	}
	p.Here = tasksOf(e.get("SLURM_STEP_TASKS_PER_NODE"), e.get("SLURM_NODEID"))
	// Rank 0 is on the first machine of the step. Where srun was called, as
	// SLURM_LAUNCH_NODE_IPADDR has it, may be a login node.
	nodes := cmp.Or(e.get("SLURM_STEP_NODELIST"), e.get("SLURM_JOB_NODELIST"), e.get("SLURM_NODELIST"))
	if p.Host = e.get("MASTER_ADDR"); p.Host == "" {
		if p.Host, err = firstHost(nodes); err != nil {
			return Place{}, err
		}
	}
	if e.has("MASTER_PORT") {
		p.Port, err = e.number("MASTER_PORT", 1, 65535)
		return p, err
	}
	job, err := e.number("SLURM_JOB_ID", 0, 1<<40)
	if err != nil {
		return Place{}, fmt.Errorf("%w, or set MASTER_PORT", err)
	}
	// Two jobs on one machine have numbers that lie close together.
	p.Port = 20000 + job%20000
	p.Attempt = cmp.Or(e.get("SLURM_RESTART_COUNT"), "0")
	return p, nil
}

// numbers reads rank and size; the local rank is 0 where it is unsaid, as in a
// PyTorchJob of one process for each pod.
func (e environment) numbers(v variables) (p Place, err error) {
	for _, name := range []string{v.rank, v.size} {
		if !e.has(name) {
			return p, fmt.Errorf("%s is not set and others of the kind are: want both %s and %s, or none", name, v.rank, v.size)
		}
	}
	if p.Size, err = e.number(v.size, 1, 1<<16); err != nil {
		return p, err
	}
	if p.Rank, err = e.number(v.rank, 0, p.Size-1); err != nil {
		return p, fmt.Errorf("%w (%s is %d)", err, v.size, p.Size)
	}
	if e.has(v.local) {
		if p.Local, err = e.number(v.local, 0, p.Size-1); err != nil {
			return p, fmt.Errorf("%w (%s is %d)", err, v.size, p.Size)
		}
	}
	if v.here != "" && e.has(v.here) {
		if p.Here, err = e.number(v.here, p.Local+1, p.Size); err != nil {
			return p, fmt.Errorf("%w (%s is %d, %s is %d)", err, v.local, p.Local, v.size, p.Size)
		}
	}
	return p, nil
}

func (e environment) number(name string, least, most int) (int, error) {
	n, err := strconv.Atoi(e.get(name))
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%s is %q, want %d to %d", name, e.get(name), least, most)
	}
	return n, nil
}
