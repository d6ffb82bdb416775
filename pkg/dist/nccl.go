package dist

import (
	"os"
	"path/filepath"
	"time"
)

// ncclPath is where scripts/plugins.sh leaves the library: beside the program's.
func ncclPath() string {
	const name = "libtoolkit_nccl.so"
	if path := os.Getenv("TOOLKIT_NCCL"); path != "" {
		return path
	}
	if self, err := os.Executable(); err == nil {
		return filepath.Join(filepath.Dir(self), name)
	}
	return name
}

// ncclEnvironment sets what libtorch's watch over NCCL reads, where it is not set.
// By itself it ends the process, in words of its own, a minute after a collective
// broke off, and leaves a word in the store by which it ends the processes of a job
// that was started again, too. Here it is only to end the collective: who is
// missing is found out by the group, which says so.
func ncclEnvironment(lookup func(string) (string, bool), set func(name, value string) error) {
	for name, value := range map[string]string{
		"TORCH_NCCL_ASYNC_ERROR_HANDLING":     "2", // end the collective, not the process
		"TORCH_NCCL_DUMP_ON_TIMEOUT":          "0",
		"TORCH_NCCL_WAIT_TIMEOUT_DUMP_MILSEC": "0", // for nothing is dumped
	} {
		if _, is := lookup(name); !is {
			_ = set(name, value) // which fails for names that are none
		}
	}
}

// onGPU tells whether the weights' gradients travel by NCCL.
func (g *Group) onGPU() bool { return g.data.Opened() && g.data != g.gloo }

// broken says why a collective of the GPUs broke off. Its call returned long before,
// and what came of it is no sum.
func (g *Group) broken() error {
	if !g.onGPU() {
		return nil
	}
	return g.data.Error()
}

// leaveGPU leaves NCCL's group. Where a process is gone, what waits for it is ended,
// and where that does not end either, the process ends with it.
func (g *Group) leaveGPU() {
	if !g.onGPU() {
		return
	}
	left := make(chan struct{})
	go func() {
		defer close(left)
		if g.data.Abort() == nil {
			g.data.Close()
		}
	}()
	select {
	case <-left:
	case <-time.After(lost):
	}
}
