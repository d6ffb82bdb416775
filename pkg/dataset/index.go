package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/pkg/dataset/label"
)

// Entry is one map file of a folder and what is known of it.
type Entry struct {
	Name       string // the file's name without directory, size and extension
	Path       string
	Scene      string // maps of one scene are never in two splits
	Captions   []string
	Attributes label.Attributes
	HeldOut    bool // named in held_out.txt: always in the test split
}

// sizeSuffix is what a download adds to a map's name: _1k, _16k, _512.
var sizeSuffix = regexp.MustCompile(`_(\d{1,2}k|\d{3,5})$`)

// NameOf is a file's name as captions and metadata call it.
func NameOf(path string) string {
	base := filepath.Base(path)
	return sizeSuffix.ReplaceAllString(strings.TrimSuffix(base, filepath.Ext(base)), "")
}

// Index lists the .hdr and .exr maps of a folder, sorted by name, with what
// the files beside them say:
//
//	NAME.txt                 captions of one map, one a line
//	captions.csv, .jsonl     captions of many (ParseCSV, ReadCaptions)
//	metadata.json            Poly Haven's list (ParseMetadata)
//	held_out.txt             names that are never trained on, one a line
//
// Further files of these kinds, from elsewhere, are given by extra and told by
// their names: held_out*.txt, *.csv, *.jsonl, *.json. Attributes come from the
// words of all of them unless a caption line gives them.
func Index(dir string, extra ...string) ([]Entry, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	var entries []Entry
	for _, e := range files {
		switch strings.ToLower(filepath.Ext(e.Name())) {
		case ".hdr", ".exr", ".pic":
			if !e.IsDir() {
				name := NameOf(e.Name())
				entries = append(entries, Entry{Name: name, Scene: name, Path: filepath.Join(dir, e.Name())})
			}
		}
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("dataset: %s: no .hdr or .exr file, want a folder of maps", dir)
	}
	b := &beside{given: map[string]label.Attributes{}, words: map[string][]string{}, captions: map[string][]string{}, scene: map[string]string{}, held: map[string]bool{}}
	for _, name := range []string{"metadata.json", "captions.csv", "captions.jsonl", "held_out.txt"} {
		if err := b.read(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	for _, path := range extra {
		if err := b.read(path); err != nil {
			return nil, err
		}
	}
	for i := range entries {
		text, err := os.ReadFile(strings.TrimSuffix(entries[i].Path, filepath.Ext(entries[i].Path)) + ".txt")
		if err == nil {
			for line := range strings.Lines(string(text)) {
				b.say(entries[i].Name, strings.TrimSpace(line))
			}
		}
		b.fill(&entries[i])
	}
	slices.SortFunc(entries, func(p, q Entry) int { return strings.Compare(p.Path, q.Path) })
	return entries, nil
}

// beside gathers what files say of maps, by name.
type beside struct {
	given    map[string]label.Attributes
	words    map[string][]string
	captions map[string][]string
	scene    map[string]string
	held     map[string]bool
}

func (b *beside) say(name, caption string) {
	if caption != "" {
		b.captions[name] = append(b.captions[name], caption)
		b.words[name] = append(b.words[name], caption)
	}
}

func (b *beside) read(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("dataset: %w", err)
	}
	switch base := filepath.Base(path); filepath.Ext(base) {
	case ".txt":
		for name := range strings.FieldsSeq(string(data)) {
			b.held[NameOf(name)] = true
		}
		return nil
	case ".json":
		list, err := ParseMetadata(bytes.NewReader(data), path)
		if err != nil {
			return err
		}
		for name, m := range list {
			b.words[name] = append(b.words[name], m.words()...)
			if m.Description != "" {
				b.captions[name] = append(b.captions[name], m.Description)
			}
		}
		return nil
	case ".csv", ".jsonl":
		parse := ParseCSV
		if filepath.Ext(base) == ".jsonl" {
			parse = ReadCaptions
		}
		lines, err := parse(bytes.NewReader(data), path)
		if err != nil {
			return err
		}
		for _, l := range lines {
			name := NameOf(l.Name)
			b.say(name, l.Caption)
			b.given[name] |= l.Attributes
			if l.Scene != "" {
				b.scene[name] = l.Scene
			}
		}
		return nil
	}
	return fmt.Errorf("dataset: %s: of no known kind, want .txt, .csv, .jsonl or .json", path)
}

func (b *beside) fill(m *Entry) {
	m.Captions = b.captions[m.Name]
	m.Attributes = b.given[m.Name]
	if m.Attributes == 0 {
		m.Attributes = AttributesOf(append([]string{m.Name}, b.words[m.Name]...)...)
	}
	if s := b.scene[m.Name]; s != "" {
		m.Scene = s
	}
	m.HeldOut = b.held[m.Name] || b.held[m.Scene]
}
