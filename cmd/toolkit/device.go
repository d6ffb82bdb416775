package main

import (
	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/torch"
)

func deviceFlag() cli.Flag {
	return &cli.StringFlag{Name: "device", Usage: "compute on `DEVICE`: auto, cpu, cuda or cuda:N", Value: "auto"}
}

func threadsFlag() cli.Flag {
	return &cli.IntFlag{Name: "threads", Usage: "use `N` processors; 0: one for small models, all for large ones and for training"}
}

// useDevice reads both flags; a number of threads that neither they nor
// suitThreads give is that of the processors.
func useDevice(c *cli.Context) (torch.Device, error) {
	if n := c.Int("threads"); n < 0 {
		return torch.CPU, usage("%s: --threads is %d, want 0 or more", spoken(c), n)
	} else if n > 0 {
		torch.SetThreads(n)
	}
	return torch.ParseDevice(c.String("device"))
}

// suitThreads sets the number of threads by the models' size, unless the user
// gave one.
func suitThreads(c *cli.Context, m *loadedModels) {
	if c.Int("threads") > 0 {
		return
	}
	torch.SetThreads(torch.ThreadsFor(m.weights))
}

// noteMachine says in a recipe what computes: another device, or another number
// of threads, rounds otherwise.
func noteMachine(r *run.Recipe, device torch.Device) {
	r.Device, r.Threads = device.String(), torch.Threads()
}

// keepThreads lets a run that is resumed go on by as many threads as it began
// with, unless --threads says another number.
func keepThreads(c *cli.Context, out string) {
	if began, err := run.ReadRecipe(out); err == nil && began.Threads > 0 && !c.IsSet("threads") {
		torch.SetThreads(began.Threads)
	}
}
