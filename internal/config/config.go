// Package config reads experiments from YAML files, strictly: a key that is
// not known is an error, since a misspelt one would train a default. Defaults
// live in Go; a file holds only what differs. It alone knows YAML.
//
// A file is outside data. Its size is held to MaxSize before it is parsed, and
// its keys are held against the experiment's on the tree of nodes, so that only
// keys that are known, once each, are decoded: the library makes an error of
// each pair of equal keys, and compares each key with each other.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/clipenv/toolkit/internal/quote"
)

// MaxSize bounds a file, in bytes: an experiment is a page, not a book.
const MaxSize = 64 << 10

// Keys are the keys that were given, "train.steps", with their lines; 0 where
// a flag gave them.
type Keys map[string]int

// Read returns defaults overridden by the file at path, after validate has
// found no fault in them. An empty file is the defaults.
func Read[T any](path string, defaults T, validate func(T) error) (T, error) {
	c, _, err := ReadKeys(path, defaults, validate)
	return c, err
}

// ReadKeys is Read that also tells which keys the file gave.
func ReadKeys[T any](path string, defaults T, validate func(T) error) (T, Keys, error) {
	// A pipe that nobody writes to would be waited for, and one that can be
	// read only once would be empty where a file is read twice.
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return defaults, nil, fmt.Errorf("config: %s: is a folder, a pipe or a device, want a file of YAML", quote.Text(path))
	}
	var f *os.File
	if err == nil {
		f, err = os.Open(path)
	}
	if err != nil {
		if cause := (*fs.PathError)(nil); errors.As(err, &cause) {
			err = fmt.Errorf("open %s: %w", quote.Text(path), cause.Err)
		}
		return defaults, nil, fmt.Errorf("config: %w", err)
	}
	defer f.Close()
	return parseKeys(f, path, defaults, validate)
}

// Parse is Read of what r gives; name stands for its path in messages.
func Parse[T any](r io.Reader, name string, defaults T, validate func(T) error) (T, error) {
	c, _, err := parseKeys(r, name, defaults, validate)
	return c, err
}

func parseKeys[T any](r io.Reader, name string, defaults T, validate func(T) error) (T, Keys, error) {
	c := defaults
	keys, err := parse(r, &c)
	if err == nil {
		err = validate(c)
	}
	if err != nil {
		return defaults, nil, fmt.Errorf("config: %s: %w", quote.Text(name), err)
	}
	return c, keys, nil
}

// parse puts what r gives over *c.
func parse[T any](r io.Reader, c *T) (Keys, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxSize {
		return nil, fmt.Errorf("is larger than %d bytes, want an experiment in YAML", MaxSize)
	}
	var document, more yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	switch err := dec.Decode(&document); {
	case errors.Is(err, io.EOF):
		return Keys{}, nil
	case err != nil:
		return nil, errors.New(quote.Text(err.Error()))
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errors.New("holds more than one document, want one")
	}
	keys := Keys{}
	return keys, into(c, &document, keys, true)
}

// into puts a document over *c, and notes its keys.
func into[T any](c *T, document *yaml.Node, keys Keys, lines bool) error {
	tree := checker{keys: keys, root: reflect.TypeFor[T]()}
	tree.check(document.Content[0], tree.root, "")
	if err := document.Decode(c); err != nil {
		tree.library(err)
	}
	return tree.err(lines)
}

// Set puts an assignment over *c, as strictly as a file: "train.steps=4000", the
// value as YAML has it. It returns the key.
func Set[T any](c *T, assignment string) (key string, err error) {
	key, value, ok := strings.Cut(assignment, "=")
	if !ok || key == "" {
		return "", fmt.Errorf("%q is no assignment, want KEY=VALUE, as in train.steps=4000", quote.Text(assignment))
	}
	fail := func(err error) (string, error) { return "", fmt.Errorf("%s: %w", quote.Text(assignment), err) }
	if len(value) > MaxSize {
		return fail(fmt.Errorf("the value is larger than %d bytes", MaxSize))
	}
	var given yaml.Node
	if err := yaml.Unmarshal([]byte(value), &given); err != nil {
		return fail(fmt.Errorf("the value is no YAML: %s", quote.Text(strings.TrimPrefix(err.Error(), "yaml: line 1: "))))
	}
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	if given.Kind == yaml.DocumentNode {
		node = given.Content[0]
	}
	parts := strings.Split(key, ".")
	if len(parts) > 16 {
		return fail(errors.New("the key has more than 16 parts"))
	}
	for i := len(parts) - 1; i >= 0; i-- {
		name := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: parts[i]}
		node = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{name, node}}
	}
	changed := *c
	if err := into(&changed, &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{node}}, Keys{}, false); err != nil {
		return fail(err)
	}
	*c = changed
	return key, nil
}
