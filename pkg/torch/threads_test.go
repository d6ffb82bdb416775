package torch_test

import (
	"runtime"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
)

func TestThreads(t *testing.T) {
	defer torch.SetThreads(torch.Threads())
	for _, c := range []struct{ set, want int }{{3, 3}, {1, 1}, {0, 1}, {-5, 1}} {
		torch.SetThreads(c.set)
		if got := torch.Threads(); got != c.want {
			t.Errorf("after %d: got %d threads, want %d", c.set, got, c.want)
		}
	}
}

// Every OS thread is told the same number: a recipe that names it would else
// depend on where Go happened to run.
func TestThreadsAreTheSameOnEveryOSThread(t *testing.T) {
	defer torch.SetThreads(torch.Threads())
	torch.SetThreads(3)
	ask, said := make(chan bool), make(chan int)
	for range 8 {
		go func() {
			runtime.LockOSThread() // and is not given back: the goroutine ends with its own
			for range ask {
				said <- torch.Threads()
			}
		}()
	}
	defer close(ask)
	for _, want := range []int{3, 2} {
		torch.SetThreads(want)
		for range 8 {
			ask <- true
		}
		for range 8 {
			if got := <-said; got != want {
				t.Errorf("an OS thread says %d threads, want the %d that were set", got, want)
			}
		}
	}
}

// The threads hang on the size of the work and on what the user has set.
func TestThreadsSuitTheWork(t *testing.T) {
	defer torch.SetThreads(torch.Threads())
	for _, c := range []struct {
		weights   int64
		omp, mkl  string
		want      int
		situation string
	}{
		{9e6, "", "", 1, "the models in the program"},
		{150e6, "", "", 3, "a published CLIP"},
		{9e6, "3", "", 3, "OpenMP's number in the environment"},
		{9e6, "", "3", 3, "MKL's number in the environment"},
	} {
		t.Setenv("OMP_NUM_THREADS", c.omp)
		t.Setenv("MKL_NUM_THREADS", c.mkl)
		torch.SetThreads(3)
		if got := torch.ThreadsFor(c.weights); got != c.want {
			t.Errorf("%s: got %d threads, want %d", c.situation, got, c.want)
		}
	}
}
