package training

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/pkg/dist"
	"github.com/clipenv/toolkit/pkg/dist/launch"
	"github.com/clipenv/toolkit/pkg/torch"
)

// join joins the processes with which this one was started, by the variables
// of torchrun, Slurm or PyTorchJob; nil where there are none. Each takes a GPU
// of its machine, or its share of the processors unless their number is given;
// rank 0 alone talks.
func join(ctx context.Context, s *app.Session, timeout time.Duration) (*dist.Group, error) {
	place, err := launch.FromEnvironment(os.LookupEnv)
	if err != nil || place.Alone() {
		return nil, err
	}
	if s.Device, err = deviceOf(place, s.Device, torch.CUDADevices()); err != nil {
		return nil, err
	}
	if s.Threads == 0 && place.Here > 1 && os.Getenv("OMP_NUM_THREADS") == "" {
		torch.SetThreads(max(1, runtime.NumCPU()/place.Here))
	}
	if place.Rank > 0 {
		s.Talk = io.Discard
	}
	return dist.Open(ctx, place, dist.Options{
		Timeout: timeout, Device: s.Device,
		Agreed: map[string]string{"toolkit": s.Versions.Toolkit, "libtorch": s.Versions.Libtorch},
	})
}

// deviceOf is what computes in a process of a job: where that is a GPU, the one that
// its place on its machine names, of so many.
func deviceOf(place launch.Place, named torch.Device, gpus int) (torch.Device, error) {
	if named == torch.CPU {
		return named, nil
	}
	if place.Local >= gpus {
		return named, fmt.Errorf("rank %d is process %d of its machine, from 0, and there are %d CUDA devices: start as many processes there, or name --device cpu", place.Rank, place.Local, gpus)
	}
	return torch.Device(place.Local), nil
}
