package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/pkg/dataset/label"
	"github.com/clipenv/toolkit/pkg/dataset/polyhaven"
)

// Kind is a kind of file that says something of maps.
type Kind int

// The kinds.
const (
	CaptionFile  Kind = iota // .csv or .jsonl
	MetadataFile             // Poly Haven's list, JSON
	HeldOutFile              // names, one a line
)

// Beside is a file that says something of maps.
type Beside struct {
	Kind Kind
	Path string
}

// sayings gathers what files say of maps, by name.
type sayings struct {
	given   map[string]label.Attributes
	tags    map[string][]string
	written map[string][]string
	scene   map[string]string
	files   map[string]string // paths of maps that lie elsewhere

	// names that must be there, with the file that names them
	named map[string]string
	held  map[string]string
}

func newSayings() *sayings {
	return &sayings{
		given: map[string]label.Attributes{}, tags: map[string][]string{}, written: map[string][]string{},
		scene: map[string]string{}, files: map[string]string{}, named: map[string]string{}, held: map[string]string{},
	}
}

// readFolder reads the files that have their usual names.
func (s *sayings) readFolder(dir string) error {
	for _, b := range []Beside{
		{MetadataFile, "metadata.json"}, {CaptionFile, "captions.csv"}, {CaptionFile, captionsName}, {HeldOutFile, heldOutName},
	} {
		if err := s.read(b.Kind, filepath.Join(dir, b.Path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// heldOutName is the file of held-out names in a folder of maps.
const heldOutName = "held_out.txt"

func (s *sayings) read(kind Kind, path string) error {
	data, err := readWords(path)
	if err != nil {
		return err
	}
	switch kind {
	case HeldOutFile:
		for line := range strings.Lines(string(data)) {
			if name := strings.TrimSpace(line); name != "" {
				s.held[NameOf(name)] = path
			}
		}
		return nil
	case MetadataFile:
		return s.readMetadata(data, path)
	default:
		return s.readCaptions(data, path)
	}
}

// readWords reads a file without the mark of UTF-8 that editors on Windows
// begin one with.
func readWords(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), nil
}

func (s *sayings) readMetadata(data []byte, path string) error {
	list, _, err := polyhaven.ParseAssets(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("dataset: %s: no list of Poly Haven's: %w", path, err)
	}
	for _, m := range list {
		s.tag(m.Slug, tags(m))
		s.write(m.Slug, sentence(m.Description))
	}
	return nil
}

func (s *sayings) readCaptions(data []byte, path string) error {
	var parse = ReadCaptions
	switch strings.ToLower(filepath.Ext(path)) {
	case ".jsonl":
	case ".csv":
		parse = ParseCSV
	default:
		return fmt.Errorf("dataset: %s: captions of no known kind, want .csv or .jsonl", path)
	}
	lines, err := parse(bytes.NewReader(data), path)
	if err != nil {
		return err
	}
	for _, l := range lines {
		name := NameOf(l.Name)
		s.named[name] = path
		s.write(name, l.Caption)
		for _, c := range l.Captions {
			s.write(name, c)
		}
		s.tag(name, l.Tags)
		s.given[name] |= l.Attributes
		if l.Scene != "" {
			s.scene[name] = l.Scene
		}
		if l.File != "" {
			s.files[name] = l.File
			if !filepath.IsAbs(l.File) {
				s.files[name] = filepath.Join(filepath.Dir(path), l.File)
			}
		}
	}
	return nil
}

// readText reads the captions in the file that is called as the map, if there
// is one.
func (s *sayings) readText(e Entry) error {
	text, err := readWords(strings.TrimSuffix(e.Path, filepath.Ext(e.Path)) + ".txt")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		s.write(e.Name, line)
	}
	return nil
}

// tag notes the tags that are new.
func (s *sayings) tag(name string, tags []string) {
	for _, t := range tags {
		if t != "" && !slices.Contains(s.tags[name], t) {
			s.tags[name] = append(s.tags[name], t)
		}
	}
}

// write notes a sentence, once, with its spaces and what is no text mended.
func (s *sayings) write(name, sentence string) {
	sentence = strings.Join(strings.Fields(strings.ToValidUTF8(sentence, "")), " ")
	if sentence != "" && !slices.Contains(s.written[name], sentence) {
		s.written[name] = append(s.written[name], sentence)
	}
}

func (s *sayings) fill(e *Entry) {
	e.Words = label.Words{
		Attributes: s.given[e.Name], Scene: s.scene[e.Name],
		Tags: s.tags[e.Name], Written: s.written[e.Name],
	}
	if e.Attributes == 0 {
		e.Attributes = label.Read(slices.Concat([]string{e.Name}, e.Tags, e.Written)...)
	}
	if e.Scene == "" {
		e.Scene = SceneOf(e.Name)
	}
	e.HeldOut = s.held[e.Name] != "" || s.held[e.Scene] != ""
}

// unknown reports the names that no map has.
func (s *sayings) unknown(dir string, entries []Entry) error {
	there := map[string]bool{}
	for _, e := range entries {
		there[e.Name] = true
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(s.named)) {
		if !there[name] {
			errs = append(errs, fmt.Errorf("dataset: %s names %s, but %s has no such map", s.named[name], name, dir))
		}
	}
	for _, e := range entries {
		there[e.Scene] = true
	}
	for _, name := range slices.Sorted(maps.Keys(s.held)) {
		if !there[name] {
			errs = append(errs, fmt.Errorf("dataset: %s holds out %s, but %s has no such map or scene", s.held[name], name, dir))
		}
	}
	return errors.Join(errs...)
}
