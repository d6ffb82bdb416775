package torch_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
)

// countsFaults makes the test program count page faults on its main thread,
// print them and end. glibc keeps more than 64 MB there alone, which is where
// cmd/toolkit computes too.
const countsFaults = "TORCH_TEST_COUNTS_FAULTS"

func init() {
	if os.Getenv(countsFaults) != "" {
		runtime.LockOSThread() // init runs on the main thread, and TestMain then does
	}
}

func TestMain(m *testing.M) {
	if os.Getenv(countsFaults) == "" {
		os.Exit(m.Run())
	}
	faults, err := faultsOfSteps()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Print(faults)
}

// faultsOfSteps returns how many pages the thread touched for the first time
// in 40 steps that each fill and free a tensor of 40 MB, more than glibc keeps
// of itself. The steps before them are for its free lists, which take about
// ten to settle.
func faultsOfSteps() (faults int64, err error) {
	torch.SetThreads(1)
	err = torch.Do(torch.CPU, func(s *torch.Session) {
		steps := func(n int) int64 {
			before := threadFaults(s)
			for range n {
				s.Scope(func() { s.Ones(10, 1<<20) })
			}
			return threadFaults(s) - before
		}
		steps(60)
		faults = steps(40)
	})
	return faults, err
}

func threadFaults(s *torch.Session) int64 {
	const thread = 1 // RUSAGE_THREAD
	var usage syscall.Rusage
	s.Check(syscall.Getrusage(thread, &usage))
	return usage.Minflt + usage.Majflt
}

// What a step frees, the next one finds: the kernel neither takes it back nor
// gives it anew, page by page, which can cost more than the step itself. Were
// it so, the 40 steps had 409,600 faults, or 800 where pages are of 2 MB.
func TestFreedMemoryStaysForTheNextStep(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), countsFaults+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	faults, err := strconv.Atoi(string(out))
	if err != nil {
		t.Fatal(err)
	}
	if faults > 200 {
		t.Errorf("got %d page faults, want nearly none", faults)
	}
}
