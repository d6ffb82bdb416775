package polyhaven

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/clipenv/toolkit/internal/fetch"
	"github.com/clipenv/toolkit/internal/run"
)

const (
	metadataName   = "metadata.json"
	provenanceName = "provenance.json"
)

// longestLedger bounds either file, in bytes. Poly Haven's 900 maps take 2 MB.
const longestLedger = 64 << 20

// Provenance is where the maps of a folder come from.
type Provenance struct {
	Source  string            `json:"source"`  // the API's address
	Licence string            `json:"licence"` // of every map
	Credit  string            `json:"credit"`
	Maps    map[string]Origin `json:"maps"` // by file name
}

// Origin is where one file comes from, and how it was when it was verified.
type Origin struct {
	Slug       string            `json:"slug"`
	Name       string            `json:"name"`
	Authors    map[string]string `json:"authors"`
	Page       string            `json:"page"`
	Resolution string            `json:"resolution"`
	Format     string            `json:"format"`
	File
	FilesHash string    `json:"files_hash,omitempty"` // of the asset: unchanged, it needs no question
	Verified  time.Time `json:"verified"`
	Modified  time.Time `json:"modified"` // the file's own time: unchanged, it needs no reading
}

// ledger keeps metadata.json and provenance.json of a folder.
type ledger struct {
	dir string

	mu         sync.Mutex
	metadata   map[string]json.RawMessage // by slug
	provenance Provenance
	saved      time.Time
}

// openLedger reads what earlier runs noted. A metadata.json from elsewhere is
// kept and added to.
func openLedger(dir, source string) (*ledger, error) {
	l := &ledger{dir: dir, metadata: map[string]json.RawMessage{}, saved: time.Now()}
	if dir == "" {
		return l, nil
	}
	for name, into := range map[string]any{metadataName: &l.metadata, provenanceName: &l.provenance} {
		path := filepath.Join(dir, name)
		data, err := run.ReadFile(path, longestLedger)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = json.Unmarshal(data, into)
		}
		if err != nil {
			return nil, fmt.Errorf("polyhaven: %s: %w; move it away, or name another folder", path, err)
		}
	}
	if l.metadata == nil { // null
		l.metadata = map[string]json.RawMessage{}
	}
	if l.provenance.Maps == nil {
		l.provenance.Maps = map[string]Origin{}
	}
	l.provenance.Source, l.provenance.Licence, l.provenance.Credit = source, "CC0-1.0", Credit
	return l, nil
}

// origin returns what is noted of a file.
func (l *ledger) origin(name string) (Origin, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	o, ok := l.provenance.Maps[name]
	return o, ok
}

// note records a verified file. From time to time it saves all, so that a
// killed process loses little. Its errors are this machine's.
func (l *ledger) note(it Item) error {
	a := it.About
	info, err := os.Stat(filepath.Join(l.dir, it.File))
	if err != nil {
		return fetch.Local{Err: err}
	}
	entry, err := marshal(a)
	if err != nil {
		return fetch.Local{Err: fmt.Errorf("%s: %w", a.Slug, err)}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.metadata[a.Slug] = entry
	o := Origin{
		Slug: a.Slug, Name: a.Name, Authors: a.Authors, Page: a.Page(),
		Resolution: it.Resolution, Format: it.Format, File: it.Want, FilesHash: a.FilesHash,
		Verified: time.Now().UTC().Truncate(time.Second), Modified: info.ModTime().UTC(),
	}
	if old, ok := l.provenance.Maps[it.File]; ok && old.MD5 == o.MD5 && old.Modified.Equal(o.Modified) {
		o.Verified = old.Verified // so that a run that fetches nothing writes nothing
	}
	l.provenance.Maps[it.File] = o
	if time.Since(l.saved) < 5*time.Second {
		return nil
	}
	return l.save()
}

// close saves all.
func (l *ledger) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.save()
}

func (l *ledger) save() error {
	l.saved = time.Now()
	if len(l.provenance.Maps) == 0 {
		return nil // nothing came: leave nothing
	}
	for name, v := range map[string]any{metadataName: l.metadata, provenanceName: l.provenance} {
		path := filepath.Join(l.dir, name)
		data, err := marshal(v)
		if err != nil {
			return fetch.Local{Err: fmt.Errorf("%s: %w", path, err)}
		}
		if old, err := run.ReadFile(path, longestLedger); err == nil && bytes.Equal(old, data) {
			continue
		}
		err = run.WriteFile(path, func(w io.Writer) error {
			_, err := w.Write(data)
			return err
		})
		if err != nil {
			return fetch.Local{Err: err}
		}
	}
	return nil
}

// marshal is for people too: indented, and "Coast & Water" as it is.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}
