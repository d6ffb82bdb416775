package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/clipenv/toolkit/internal/files"
)

// WriteFile makes the file at path from what write writes, whole or not at all:
// [files.Write] for what needs no more than a writer.
func WriteFile(path string, write func(io.Writer) error) error {
	if err := files.Write(path, func(f *os.File) error { return write(f) }); err != nil {
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
	return fmt.Errorf("write %s: %w", path, files.Cause(err))
}
