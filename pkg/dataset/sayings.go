package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/polyhaven"
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
	files   map[string][]string // paths of maps, where captions tell

	// names that must be there, with the file that names them
	named map[string]string
	held  map[string]string

	known  map[saying]bool
	called map[string]string // a name with its directory, where captions have one
	notes  []string          // what is to be told
}

// saying is a tag or a sentence of a map, which is noted once.
type saying struct {
	tag        bool
	name, text string
}

func newSayings() *sayings {
	return &sayings{
		given: map[string]label.Attributes{}, tags: map[string][]string{}, written: map[string][]string{},
		scene: map[string]string{}, files: map[string][]string{}, named: map[string]string{}, held: map[string]string{},
		known: map[saying]bool{}, called: map[string]string{},
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
	most := map[Kind]int64{CaptionFile: longestCaptions, MetadataFile: longestMetadata, HeldOutFile: longestNames}[kind]
	data, err := s.text(path, most)
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

// text reads a file of words, and notes what was odd about it.
func (s *sayings) text(path string, most int64) ([]byte, error) {
	data, note, err := readText(path, most)
	if note != "" {
		s.notes = append(s.notes, note)
	}
	return data, err
}

func (s *sayings) readMetadata(data []byte, path string) error {
	list, _, err := polyhaven.ParseAssets(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("dataset: %s: no list of Poly Haven's: %w", quote.Text(path), err)
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
		return fmt.Errorf("dataset: %s: captions of no known kind, want .csv or .jsonl", quote.Text(path))
	}
	lines, err := parse(bytes.NewReader(data), path)
	if err != nil {
		return err
	}
	for _, l := range lines {
		name := NameOf(l.Name)
		if was := s.called[name]; was != "" && filepath.Dir(was) != filepath.Dir(l.Name) && filepath.Dir(l.Name) != "." {
			return fmt.Errorf("dataset: %s: %s and %s would both be called %s: give each a name of its own", quote.Text(path), quote.Text(was), quote.Text(l.Name), quote.Text(name))
		}
		if filepath.Dir(l.Name) != "." {
			s.called[name] = l.Name
		}
		s.named[name] = path
		s.write(name, l.Caption)
		for _, c := range l.Captions {
			s.write(name, c)
		}
		s.tag(name, l.Tags)
		s.given[name] |= l.Attributes
		if l.Scene != "" {
			s.scene[name] = composed(l.Scene)
		}
		if l.File != "" {
			file := l.File
			if !filepath.IsAbs(file) {
				file = filepath.Join(filepath.Dir(path), file)
			}
			s.files[name] = append(s.files[name], file)
		}
	}
	return nil
}

// tag notes the tags that are new.
func (s *sayings) tag(name string, tags []string) {
	for _, t := range tags {
		t = norm.NFC.String(t)
		if t != "" && s.isNew(saying{true, name, t}) {
			s.tags[name] = append(s.tags[name], t)
		}
	}
}

// write notes a sentence, once, with its spaces mended.
func (s *sayings) write(name, sentence string) {
	sentence = norm.NFC.String(strings.Join(strings.Fields(sentence), " "))
	if sentence != "" && s.isNew(saying{false, name, sentence}) {
		s.written[name] = append(s.written[name], sentence)
	}
}

func (s *sayings) isNew(said saying) bool {
	if s.known[said] {
		return false
	}
	s.known[said] = true
	return true
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
func (s *sayings) unknown(f *found, entries []Entry) error {
	there := map[string]bool{}
	for _, e := range entries {
		there[e.Name] = true
	}
	var errs []error
	miss := func(format string, path, name, want string) {
		because := meant(name, there)
		if why := f.passed[name]; why != "" {
			because = fmt.Sprintf(": its file was passed over (%s)", why)
		}
		if len(errs) < mostMissed {
			errs = append(errs, fmt.Errorf("dataset: %s "+format+" %s, but %s has no such %s%s", quote.Text(path), quote.Text(name), quote.Text(f.dir), want, because))
		} else if len(errs) == mostMissed {
			errs = append(errs, errors.New("dataset: and more of such names"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.named)) {
		if !there[name] {
			miss("names", s.named[name], name, "map")
		}
	}
	for _, e := range entries {
		there[e.Scene] = true
	}
	for _, name := range slices.Sorted(maps.Keys(s.held)) {
		if !there[name] {
			miss("holds out", s.held[name], name, "map or scene")
		}
	}
	return errors.Join(errs...)
}

// mostMissed is how many wrong names one error tells: more are one mistake.
const mostMissed = 10
