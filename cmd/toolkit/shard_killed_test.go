package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// A part of the cache that is killed with -9 in its middle is no finished one: the same
// command makes it, or who joins the parts does, and what they come to is what one
// process leaves. Nothing half written stays. Maps at the training size have the same
// bytes; what a CLIP saw of a map is rounded otherwise among other maps.
func TestKilledShardsAreMadeAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("writes and reads large maps")
	}
	const number = 6
	maps := t.TempDir()
	var last string // of the second half
	for i := range number {
		im := hdr.New(1024, 512)
		for p := range im.Pix {
			im.Pix[p] = float32(p%1021) / 100 * float32(i) // does not pack
		}
		last = filepath.Join(maps, fmt.Sprintf("%d.hdr", i))
		if err := hdr.Write(last, im, hdr.WriteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		shard, join []string // the folder last
		none        string   // what joining finished parts says
		rounded     string   // files whose bytes may differ
	}{
		{[]string{"dataset", "prepare", "--size", "32x16", maps}, []string{"dataset", "prepare", "--size", "32x16", maps}, "0 read, 6 kept", ""},
		{[]string{"search", maps}, []string{"search", "a dark night", maps}, "6 maps, 0 read", "*.index"},
	} {
		t.Run(c.join[0]+" "+c.join[1], func(t *testing.T) {
			alone, parted, short := t.TempDir(), t.TempDir(), t.TempDir()
			part := func(i int) []string {
				return append(c.shard[:len(c.shard)-1:len(c.shard)-1], "--shard", fmt.Sprintf("%d/2", i), maps)
			}
			found := func(said string) string { // the lines of maps, with their cosines
				return strings.Join(regexp.MustCompile(`(?m)^\S+  .*$`).FindAllString(said, -1), "\n")
			}
			want := found(toolkitIn(t, alone, c.join...))
			joined := func(cache, says string) {
				t.Helper()
				said := toolkitIn(t, cache, c.join...)
				if found(said) != want || !strings.Contains(said, says) {
					t.Errorf("got %s, want %q and what one process says: %s", said, says, want)
				}
				if out, err := exec.Command("diff", "-r", "--exclude="+c.rounded, alone, cache).CombinedOutput(); err != nil {
					t.Errorf("the cache differs from that of one process: %v\n%s", err, out)
				}
			}
			toolkitIn(t, parted, part(0)...)
			killedAtOpen(t, parted, last, part(1)...)
			if err := os.CopyFS(short, os.DirFS(parted)); err != nil {
				t.Fatal(err)
			}
			joined(short, "3 read")
			toolkitIn(t, parted, part(1)...)
			joined(parted, c.none)
		})
	}
}

// toolkitIn runs a command with a cache of its own, and returns all it says.
func toolkitIn(t *testing.T, cache string, args ...string) string {
	t.Helper()
	cmd := exec.Command("toolkit", args...)
	cmd.Env = append(os.Environ(), "TOOLKIT_CACHE="+cache)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%q: %v\n%s", args, err, out)
	}
	return string(out)
}

// killedAtOpen runs a command and kills it with -9 once it opens the file at path. On a
// machine that is slow to tell it may have ended before: then it begins again.
func killedAtOpen(t *testing.T, cache, path string, args ...string) {
	t.Helper()
	for range 5 {
		if killAtOpen(t, cache, path, args...) {
			return
		}
	}
	t.Fatalf("%q: ended five times before it was killed", args)
}

func killAtOpen(t *testing.T, cache, path string, args ...string) (killed bool) {
	t.Helper()
	before := t.TempDir()
	if err := os.CopyFS(before, os.DirFS(cache)); err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	opened := os.NewFile(uintptr(fd), "inotify")
	defer opened.Close()
	if _, err := syscall.InotifyAddWatch(fd, path, syscall.IN_OPEN); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("toolkit", args...)
	cmd.Env = append(os.Environ(), "TOOLKIT_CACHE="+cache)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := opened.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	_, err = opened.Read(make([]byte, 4096))
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // its status is looked at
	if err != nil {
		t.Fatalf("%q: %s was not opened: %v\n%s", args, path, err, said.String())
	}
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
		return true
	}
	if err := os.RemoveAll(cache); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(cache, os.DirFS(before)); err != nil {
		t.Fatal(err)
	}
	return false
}
