package hub

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/clipenv/toolkit/internal/run"
)

// lock holds the lock of a blob, the one that Python's library takes, until
// unlock. While another process has it, it waits; waiting is called once then.
func lock(ctx context.Context, path string, waiting func()) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	for said := false; ; {
		f, err := tryLock(path)
		if err == nil && f != nil {
			return func() { f.Close() }, nil
		}
		if err != nil {
			return nil, err
		}
		if !said {
			waiting()
			said = true
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// tryLock returns nil without an error where another process holds the lock.
func tryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o644)
	if err != nil {
		return nil, err
	}
	err = run.Flock(f, syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		f.Close()
		return nil, nil
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	// Whoever held it may have removed it: then it locks nothing.
	mine, err := f.Stat()
	if there, fault := os.Stat(path); err == nil && fault == nil && os.SameFile(mine, there) {
		return f, nil
	}
	f.Close()
	return nil, err
}
