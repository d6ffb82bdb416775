package run

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"syscall"

	"github.com/clipenv/toolkit/internal/quote"
)

// LockFolder keeps other processes that lock it out of a folder, until unlock
// is called or the process ends. It locks the folder itself and so leaves
// nothing behind. doing says in the error what the others may be at.
func LockFolder(path, doing string) (unlock func(), err error) {
	dir, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	switch err := Flock(dir, syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		dir.Close()
		return nil, fmt.Errorf("%s: another %s is at work there; let it end, or name another folder", quote.Text(path), doing)
	case err != nil:
		dir.Close()
		return nil, fmt.Errorf("lock %s: %w", quote.Text(path), err)
	}
	return func() { dir.Close() }, nil
}

// Flock is flock(2), begun again where a signal ended it.
func Flock(f *os.File, how int) error {
	for {
		if err := syscall.Flock(int(f.Fd()), how); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// pending is what [WriteFile] calls a file until it is whole: a dot, its name,
// and digits.
var pending = regexp.MustCompile(`^\.(.+?)(\d+)$`)

// Sweep removes from a folder what killed processes were writing: the
// unfinished files of those whose name is ours, but those that a process has
// locked by Flock. The caller knows that no other is being written. One that
// stays does no harm but to the disk.
func Sweep(folder string, ours func(name string) bool) {
	entries, _ := os.ReadDir(folder) // in one that cannot be read everything stays
	for _, e := range entries {
		if e.Type().IsRegular() && ofPending(e.Name(), ours) {
			removeIdle(filepath.Join(folder, e.Name()))
		}
	}
}

func removeIdle(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	if Flock(f, syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		_ = os.Remove(path)
	}
}

// ofPending tells whether a file's name is that of an unfinished one of ours.
// A name may end in digits itself, so that each cut is tried.
func ofPending(name string, ours func(name string) bool) bool {
	if !pending.MatchString(name) {
		return false
	}
	for end := len(name) - 1; end > 1 && '0' <= name[end] && name[end] <= '9'; end-- {
		if ours(name[1:end]) {
			return true
		}
	}
	return false
}
