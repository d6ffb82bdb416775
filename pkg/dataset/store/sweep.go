package store

import (
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/clipenv/toolkit/internal/run"
)

// Suffix ends the name of a file of maps.
const Suffix = ".safetensors"

// sweep removes from a folder the files of maps that killed processes were
// writing. Several processes may write there, each its own file, which it locks
// once that is created; so that none is taken for a dead one's before, the
// folder is locked until created is called.
func sweep(folder string) (created func()) {
	dir, err := os.Open(folder)
	if err != nil {
		return func() {} // writing there will tell
	}
	for range 100 {
		if err = run.Flock(dir, syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
			run.Sweep(folder, func(name string) bool { return strings.HasSuffix(name, Suffix) })
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return sync.OnceFunc(func() { dir.Close() })
}

// Sweep removes from a folder the files of maps that killed processes were
// writing, and no other's.
func Sweep(folder string) { sweep(folder)() }
