package dist_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clipenv/toolkit/pkg/dist"
	"github.com/clipenv/toolkit/pkg/dist/disttest"
	"github.com/clipenv/toolkit/pkg/torch/c10d"
)

// onceKilled has rank 1 kill itself the first time that it runs, as the absence
// of a file tells; the second time all come to an end.
func onceKilled(_ context.Context, g *dist.Group) error {
	mark := os.Getenv("MARK")
	if _, err := os.Stat(mark); err == nil {
		fmt.Println("all there")
		return g.Barrier()
	}
	return steps(g, func(step int) {
		if step == 3 && g.Rank() == 1 {
			if err := os.WriteFile(mark, nil, 0o600); err == nil {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
		}
	})
}

// A cluster starts a pod that died again while the others live. It waits until
// they have ended, and takes its place among those that follow.
func TestAProcessThatIsStartedAgainWaitsForTheOthers(t *testing.T) {
	processes := disttest.Job{Role: "once killed", Size: 3, Set: []string{"MARK=" + filepath.Join(t.TempDir(), "killed")}}.Start(t)
	if _, _, err := processes[1].End(); err == nil {
		t.Fatal("rank 1 ended well, want it killed")
	}
	again := make([]*disttest.Process, 3)
	again[1] = processes[1].Again(t)
	for _, rank := range []int{0, 2} {
		_, stderr, err := processes[rank].End()
		if want := fmt.Sprintf("rank 1 (process %d on", processes[1].Process.Pid); err == nil || !strings.Contains(stderr, want) {
			t.Errorf("rank %d: got %q, want that %s…) is gone", rank, stderr, want)
		}
		again[rank] = processes[rank].Again(t)
	}
	for rank, p := range again {
		if out, stderr, err := p.End(); err != nil || out != "all there\n" {
			t.Errorf("rank %d, started again: got %q, %q, %v, want all there", rank, out, stderr, err)
		}
	}
}

// sleeps leaves a file of its own beside another, and lives until that is there.
func sleeps(_ context.Context, g *dist.Group) error {
	if err := os.WriteFile(fmt.Sprint(os.Getenv("MARK"), g.Rank()), nil, 0o600); err != nil {
		return err
	}
	_, err := g.First(context.Background(), "sleeping", func() (string, error) {
		for range 3000 { // a minute
			if _, err := os.Stat(os.Getenv("MARK")); err == nil {
				return "", nil
			}
			time.Sleep(20 * time.Millisecond)
		}
		return "", errors.New("nobody woke it")
	})
	return err
}

// A second process of the same rank is refused, and does no harm to the group.
func TestASecondProcessOfARankIsRefused(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "wake")
	processes := disttest.Job{Role: "sleeps", Size: 2, Set: []string{"MARK=" + mark}}.Start(t)
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) { // the second comes second
		if _, err := os.Stat(mark + "1"); err == nil {
			break
		}
		if time.Since(began) > time.Minute {
			t.Fatal("rank 1 does not sleep after a minute")
		}
	}
	_, stderr, err := processes[1].Again(t).End()
	if want := fmt.Sprintf("rank 1 (process %d on", processes[1].Process.Pid); err == nil || !strings.Contains(stderr, want) || !strings.Contains(stderr, "is there already") {
		t.Errorf("got %q, want that %s…) is there already", stderr, want)
	}
	if err := os.WriteFile(mark, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for rank, p := range processes {
		if _, stderr, err := p.End(); err != nil {
			t.Errorf("rank %d: %v, %q, want an end as if there had been no second", rank, err, stderr)
		}
	}
}

// torchrun keeps one store over all starts. Where it starts other processes because a
// machine came or went it does not count that, and what the earlier ones left is there.
func TestAStoreThatOutlivesItsProcesses(t *testing.T) {
	port := disttest.FreePort(t)
	store, err := c10d.OpenStore("127.0.0.1", port, true, "", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	set := []string{"MASTER_PORT=" + strconv.Itoa(port), "TORCHELASTIC_USE_AGENT_STORE=True", "TORCHELASTIC_RESTART_COUNT=0"}
	for _, size := range []int{2, 2, 3, 2} {
		for rank, got := range (disttest.Job{Role: "words", Size: size, Set: set, Timeout: 20 * time.Second}).Run(t) {
			if got != "of rank 0\n" {
				t.Errorf("rank %d of %d: got %q, want rank 0's word", rank, size, got)
			}
		}
	}
}
