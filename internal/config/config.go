// Package config reads experiments from YAML files, strictly: a key that is
// not known is an error, since a misspelt one would train a default. Defaults
// live in Go; a file holds only what differs. It alone knows YAML.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"

	"gopkg.in/yaml.v3"
)

// maxSize bounds a file: an experiment is a page, not a book.
const maxSize = 1 << 20

// Read returns defaults overridden by the file at path, after validate has
// found no fault in them. An empty file is the defaults.
func Read[T any](path string, defaults T, validate func(T) error) (T, error) {
	f, err := os.Open(path)
	if err != nil {
		return defaults, fmt.Errorf("config: %w", err)
	}
	defer f.Close()
	return Parse(f, path, defaults, validate)
}

// Parse is Read of what r gives; name stands for its path in messages.
func Parse[T any](r io.Reader, name string, defaults T, validate func(T) error) (T, error) {
	limited := &io.LimitedReader{R: r, N: maxSize + 1}
	var text bytes.Buffer
	dec := yaml.NewDecoder(io.TeeReader(limited, &text))
	dec.KnownFields(true)
	c := defaults
	err := dec.Decode(&c)
	switch {
	case limited.N == 0:
		return defaults, fmt.Errorf("config: %s is larger than %d bytes, want an experiment in YAML", name, maxSize)
	case errors.Is(err, io.EOF):
	case err != nil:
		return defaults, fmt.Errorf("config: %s: %w", name, inWords(err))
	default:
		var more yaml.Node
		if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
			return defaults, fmt.Errorf("config: %s holds more than one document, want one", name)
		}
	}
	if err := cutNumbers(text.Bytes(), reflect.TypeFor[T]()); err != nil {
		return defaults, fmt.Errorf("config: %s: %w", name, err)
	}
	if err := validate(c); err != nil {
		return defaults, fmt.Errorf("config: %s: %w", name, err)
	}
	return c, nil
}
