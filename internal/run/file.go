package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// WriteFile makes the file at path from what write writes: beside the target
// first, and renamed over it once it is on the disk. Where anything goes
// wrong, or the process is killed, the target stays as it was.
func WriteFile(path string, write func(io.Writer) error) error {
	f, err := renameio.NewPendingFile(path,
		renameio.WithTempDir(filepath.Dir(path)),
		renameio.WithPermissions(0o644),
		renameio.WithExistingPermissions())
	if err != nil {
		return writeError(path, err)
	}
	defer f.Cleanup()
	if err := write(f); err != nil {
		return writeError(path, err)
	}
	if err := f.CloseAtomicallyReplace(); err != nil {
		return writeError(path, err)
	}
	return nil
}

// OpenRegular opens a file that can be read twice, and whose size is known. A
// pipe or a device is neither, and a pipe that nobody writes to would be waited
// for without end.
func OpenRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: errors.New("is a folder, a pipe or a device, want a file")}
	}
	return os.Open(path)
}

// WriteJSON is WriteFile of v as indented JSON.
func WriteJSON(path string, v any) error {
	return WriteFile(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	})
}

// writeError names the target: the temporary file's own name tells a user
// nothing.
func writeError(path string, err error) error {
	return fmt.Errorf("write %s: %w", path, reason(err))
}

// reason strips the operation and the path that the os package puts before
// the cause.
func reason(err error) error {
	switch e := err.(type) {
	case *fs.PathError:
		return e.Err
	case *os.LinkError:
		return e.Err
	}
	return err
}
