// Package events writes the figures of a run as the event file that TensorBoard
// reads.
//
// The file is a row of records, each of them
//
//	length  uint64, little endian, and its masked CRC-32C
//	event   a protocol buffer, and its masked CRC-32C
//
// The first event says the version; every other has a time, a step and a
// summary with a value for each figure (tensorflow/core/util/event.proto,
// tensorflow/core/framework/summary.proto, tensorflow/core/lib/io/record_writer.h).
package events

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"
)

// Name is the file of a run's directory. TensorBoard takes every file with
// "tfevents" in its name.
const Name = "events.out.tfevents.toolkit"

// Writer appends to an event file.
type Writer struct {
	path string
	file *os.File
}

// Open opens a file to which the events of the steps from next on are to be
// appended, and makes it where it is not there. Those of later steps, and a
// record that a killed process left half-written, are cut off.
func Open(path string, next int) (w *Writer, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			f.Close()
			err = fmt.Errorf("events: %w", err)
		}
	}()
	kept, err := keep(f, next)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := f.Truncate(kept); err != nil {
		return nil, err
	}
	if _, err := f.Seek(kept, io.SeekStart); err != nil {
		return nil, err
	}
	w = &Writer{path, f}
	if kept == 0 {
		err = w.put(version(time.Now()))
	}
	return w, err
}

// keep returns how many bytes of a file are whole events of the steps before
// next. A file that begins otherwise than as an event file is an error: it is
// someone else's.
func keep(f *os.File, next int) (kept int64, err error) {
	records := newReader(f)
	for {
		event, err := records.next()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return kept, nil
		case err != nil && kept == 0:
			return 0, err
		case err != nil:
			return kept, nil
		}
		if step, err := stepOf(event); err != nil || step >= int64(next) {
			return kept, err
		}
		kept += int64(len(event)) + overhead
	}
}

// Add appends the figures of a step. The event is in the file when it returns.
func (w *Writer) Add(step int, when time.Time, figures map[string]float64) error {
	return w.put(summary(step, when, figures, slices.Sorted(maps.Keys(figures))))
}

func (w *Writer) put(event []byte) error {
	if _, err := w.file.Write(record(event)); err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return fmt.Errorf("events: write %s: %w", w.path, err)
	}
	return nil
}

// Close closes the file.
func (w *Writer) Close() error { return w.file.Close() }
