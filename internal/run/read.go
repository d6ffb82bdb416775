package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// ReadFile reads a file from outside whole, if it is a regular one of at most
// so many bytes. It waits for no pipe, and believes no size: what grows while
// it is read ends there too.
func ReadFile(path string, most int64) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, &os.PathError{Op: "read", Path: path, Err: syscall.EISDIR}
	}
	if !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "read", Path: path, Err: errors.New("it is a device or a pipe, want a file")}
	}
	if info.Size() <= most {
		data, err := io.ReadAll(io.LimitReader(f, most+1))
		if err != nil || int64(len(data)) <= most {
			return data, err
		}
	}
	return nil, &os.PathError{Op: "read", Path: path, Err: fmt.Errorf("it has %s, want at most %s", Bytes(max(info.Size(), most+1)), Bytes(most))}
}

// Reader reads from r until ctx ends.
func Reader(ctx context.Context, r io.Reader) io.Reader { return reader{ctx, r} }

type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
