// Package disttest starts the processes of a group: a test binary starts itself
// again, several times, each with a role.
package disttest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clipenv/toolkit/pkg/dist"
	"github.com/clipenv/toolkit/pkg/dist/launch"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Role is what a process does in its group. What it prints on standard output
// is the test's.
type Role func(ctx context.Context, g *dist.Group) error

const (
	roleVariable    = "DISTTEST_ROLE"
	timeoutVariable = "DISTTEST_TIMEOUT"
	agreedVariable  = "DISTTEST_AGREED" // "what=value"
)

// Main runs the tests, or the role that a test started this process for.
func Main(run func() int, roles map[string]Role) {
	name := os.Getenv(roleVariable)
	if name == "" {
		os.Exit(run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	torch.SetThreads(1)
	if err := play(ctx, roles[name]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func play(ctx context.Context, role Role) error {
	place, err := launch.FromEnvironment(os.LookupEnv)
	if err != nil {
		return err
	}
	timeout, err := time.ParseDuration(os.Getenv(timeoutVariable))
	if err != nil {
		return err
	}
	o := dist.Options{Timeout: timeout, Device: torch.CPU, Agreed: map[string]string{}}
	if what, value, ok := strings.Cut(os.Getenv(agreedVariable), "="); ok {
		o.Agreed[what] = value
	}
	g, err := dist.Open(ctx, place, o)
	if err != nil {
		return err
	}
	err = role(ctx, g)
	g.Close(err)
	return err
}

// Process is one of a group.
type Process struct {
	*exec.Cmd
	out, err bytes.Buffer
}

// Job is a group that a test starts.
type Job struct {
	Role    string
	Size    int
	Timeout time.Duration         // 0: a minute
	Leave   []int                 // ranks that are not started
	Agreed  func(rank int) string // "what=value"; nil: nothing
	Set     []string              // further variables
}

// Start starts the processes of a job, by rank; those left out are nil.
func (j Job) Start(t testing.TB) []*Process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if j.Timeout == 0 {
		j.Timeout = time.Minute
	}
	port := FreePort(t)
	processes := make([]*Process, j.Size)
	for rank := range processes {
		left := false
		for _, r := range j.Leave {
			left = left || r == rank
		}
		if left {
			continue
		}
		p := &Process{Cmd: exec.Command(self)}
		p.Stdout, p.Stderr = &p.out, &p.err
		p.Env = append(os.Environ(), roleVariable+"="+j.Role, timeoutVariable+"="+j.Timeout.String(),
			"RANK="+strconv.Itoa(rank), "WORLD_SIZE="+strconv.Itoa(j.Size), "LOCAL_RANK="+strconv.Itoa(rank),
			"MASTER_ADDR=127.0.0.1", "MASTER_PORT="+strconv.Itoa(port), "GLOO_SOCKET_IFNAME=lo", "OMP_NUM_THREADS=1")
		if j.Agreed != nil {
			p.Env = append(p.Env, agreedVariable+"="+j.Agreed(rank))
		}
		p.Env = append(p.Env, j.Set...)
		if err := p.Cmd.Start(); err != nil {
			t.Fatal(err)
		}
		processes[rank] = p
		t.Cleanup(func() { _ = p.Process.Kill() })
	}
	return processes
}

// Again starts the same command once more, as a launcher does with a process that ended.
func (p *Process) Again(t testing.TB) *Process {
	t.Helper()
	again := &Process{Cmd: exec.Command(p.Path)}
	again.Stdout, again.Stderr, again.Env = &again.out, &again.err, p.Env
	if err := again.Cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Process.Kill() })
	return again
}

// End waits for the process and returns what it printed, and on standard error.
func (p *Process) End() (out, stderr string, err error) {
	err = p.Wait()
	return p.out.String(), p.err.String(), err
}

// Run starts a job of which every process is to succeed, and returns what each
// printed.
func (j Job) Run(t testing.TB) []string {
	t.Helper()
	var out []string
	for rank, p := range j.Start(t) {
		said, stderr, err := p.End()
		if err != nil {
			t.Fatalf("rank %d of %d: %v\n%s", rank, j.Size, err, stderr)
		}
		out = append(out, said)
	}
	return out
}

// FreePort returns a port that no one listens on.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
