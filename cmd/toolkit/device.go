package main

import (
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/doctor"
	"github.com/clipenv/toolkit/pkg/torch"
)

func deviceFlag() cli.Flag {
	return &cli.StringFlag{Name: "device", Usage: "compute on `DEVICE`: auto, cpu, cuda or cuda:N", Value: "auto"}
}

func tf32Flag() cli.Flag {
	return &cli.BoolFlag{Name: "tf32", Usage: "let a GPU round f32 products and convolutions to TF32's ten bits: faster"}
}

func threadsFlag() cli.Flag {
	return &cli.IntFlag{Name: "threads", Usage: "use `N` processors; 0: one for small models, all for large ones and for training"}
}

// talking is what the work of a verb that needs no libtorch has in common; talk,
// standard error or a progress bar, is told what happens.
func talking(talk io.Writer) app.Session { return app.Session{Versions: versions(), Talk: talk} }

// session is talking for a verb that computes by libtorch, by the flags --device,
// --threads and --tf32.
func session(c *cli.Context, talk io.Writer) (app.Session, error) {
	s := talking(talk)
	s.Threads, s.Worker = c.Int("threads"), worker
	s.Watch, _ = talk.(app.Watch)
	torch.SetTF32(c.Bool("tf32"))
	if s.Threads < 0 {
		return s, usage("%s: --threads is %d, want 0 or more", spoken(c), s.Threads)
	} else if s.Threads > 0 {
		torch.SetThreads(s.Threads)
	}
	var err error
	s.Device, err = deviceNamed(c.String("device"), doctor.WhyNoGPU, func(why string) {
		fmt.Fprintf(talk, "%s: no GPU is used: %s\n", spoken(c), why)
	})
	return s, err
}

// deviceNamed is the device that is meant. Where the machine has a GPU that cannot
// be used, whyNone says why: in the error of who asked for it, and to tell where
// another device is taken.
func deviceNamed(name string, whyNone func() string, tell func(why string)) (torch.Device, error) {
	d, err := torch.ParseDevice(name)
	if name == "cpu" || d != torch.CPU {
		return d, err
	}
	why := whyNone()
	switch {
	case why == "":
	case err != nil:
		err = fmt.Errorf("%w: %s", err, why)
	default:
		tell(why)
	}
	return d, err
}
