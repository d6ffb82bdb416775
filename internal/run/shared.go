package run

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/clipenv/toolkit/internal/files"
)

// WriteShared is [files.Write] in a folder where several processes write at once. What
// killed ones were writing there of files whose name is ours goes first.
//
// Each process locks its unfinished file once that is created; so that none is taken
// for a dead one's before, the folder is locked until then.
func WriteShared(path string, ours func(name string) bool, write func(*os.File) error) error {
	created := sweepShared(filepath.Dir(path), ours)
	defer created()
	unlock := func() {}
	defer func() { unlock() }()
	return files.Write(path, func(f *os.File) error {
		// A second descriptor holds the lock until the file has its name. Where locks
		// are unknown, nothing is swept.
		if Flock(f, syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			held, err := syscall.Dup(int(f.Fd()))
			if err != nil {
				return err
			}
			unlock = func() { syscall.Close(held) }
		}
		created()
		return write(f)
	})
}

// SweepShared removes from a folder that [WriteShared] writes to what killed processes
// were writing, and no other's.
func SweepShared(folder string, ours func(name string) bool) { sweepShared(folder, ours)() }

func sweepShared(folder string, ours func(name string) bool) (created func()) {
	dir, err := os.Open(folder)
	if err != nil {
		return func() {} // writing there will tell
	}
	for range 100 {
		if err := Flock(dir, syscall.LOCK_EX|syscall.LOCK_NB); !errors.Is(err, syscall.EWOULDBLOCK) {
			if err == nil {
				Sweep(folder, ours)
			}
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return sync.OnceFunc(func() { dir.Close() })
}
