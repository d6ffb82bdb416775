package polyhaven

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/clipenv/toolkit/internal/fetch"
)

// State is how much of a file a folder holds.
type State string

// The states.
const (
	Present State = "present" // whole and unchanged
	Partial State = "partial" // begun
	Changed State = "changed" // another version, here or at Poly Haven
	Missing State = "missing"
)

// Item is one file of a plan.
type Item struct {
	Slug       string `json:"slug"`
	File       string `json:"file"` // its name in the folder
	Resolution string `json:"resolution"`
	Format     string `json:"format"`
	Want       File   `json:"want"`
	State      State  `json:"state"`
	Have       int64  `json:"have"`  // bytes that need not be fetched
	About      Asset  `json:"about"` // what is known of the map
}

// Plan is what a folder is to hold.
type Plan struct {
	Items   []Item    `json:"items"`
	Skipped []Skipped `json:"skipped"`
	Failed  []Skipped `json:"failed"` // of which the API did not tell the files
}

// ToFetch returns how many files are not whole yet, their bytes, and how many
// of these are there from an earlier run.
func (p Plan) ToFetch() (files int, size, have int64) {
	for _, it := range p.Items {
		if it.State != Present {
			files++
			size += it.Want.Size
			have += it.Have
		}
	}
	return files, size, have
}

// Folder holds maps. Its path may be empty for a plan that nothing is done of.
type Folder struct {
	Path   string
	Verify bool // read every file that is there, even if its time and size did not change

	client *Client
	ledger *ledger
}

// Open reads what a folder holds. The folder need not exist.
func (c *Client) Open(path string) (*Folder, error) {
	f := &Folder{Path: path, client: c}
	if path != "" {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return nil, fmt.Errorf("polyhaven: %s is a file, want a folder for the maps", path)
		}
	}
	l, err := openLedger(path, c.base.Redacted())
	f.ledger = l
	return f, err
}

// Plan asks for the files of the maps, one after the other, until limit (0:
// none) of them have what is chosen. Of a map that is there and that the API
// says is unchanged it does not ask. progress is called after each map.
func (f *Folder) Plan(ctx context.Context, list []Asset, c Choice, limit int, progress func()) (Plan, error) {
	plan := Plan{Items: []Item{}, Skipped: []Skipped{}, Failed: []Skipped{}}
	failures := 0 // in a row
	for _, a := range list {
		if limit > 0 && len(plan.Items) == limit {
			break
		}
		it, err := f.item(ctx, a, c)
		var missing unavailable
		var local fetch.Local
		switch {
		case err == nil:
			plan.Items = append(plan.Items, it)
			failures = 0
		case errors.As(err, &missing):
			plan.Skipped = append(plan.Skipped, Skipped{a.Slug, err.Error()})
			failures = 0
		case ctx.Err() != nil:
			return Plan{}, context.Cause(ctx)
		case errors.As(err, &local):
			return Plan{}, fmt.Errorf("polyhaven: %w", err)
		default:
			plan.Failed = append(plan.Failed, Skipped{a.Slug, err.Error()})
			if failures++; failures == hopeless {
				return Plan{}, fmt.Errorf("of %d maps in a row the files are not to be learnt, the last: %w", failures, err)
			}
		}
		progress()
	}
	return plan, nil
}

// unavailable is the error of a map that does not come as it is wanted.
type unavailable struct{ error }

func (f *Folder) item(ctx context.Context, a Asset, c Choice) (Item, error) {
	it := Item{Slug: a.Slug, Resolution: c.Resolution, Format: c.Format, About: a}
	it.File = fileName(a.Slug, c)
	if o, ok := f.ledger.origin(it.File); ok && o.FilesHash != "" && o.FilesHash == a.FilesHash {
		it.Want = o.File
		if it, err := f.examine(ctx, it); err != nil || it.State == Present {
			return it, err
		}
	}
	files, err := f.client.Files(ctx, a.Slug)
	if err != nil {
		return Item{}, err
	}
	c.Resolution, it.Want, err = files.Choose(c)
	if err != nil {
		return Item{}, unavailable{err}
	}
	it.Resolution, it.File = c.Resolution, fileName(a.Slug, c)
	return f.examine(ctx, it)
}

// fileName is Poly Haven's own name of a file. The slug and the choice were
// checked: it cannot lead out of the folder.
func fileName(slug string, c Choice) string {
	return slug + "_" + c.Resolution + "." + c.Format
}

// examine finds how much of a file the folder holds.
func (f *Folder) examine(ctx context.Context, it Item) (Item, error) {
	it.State = Missing
	if f.Path == "" {
		return it, nil
	}
	path := filepath.Join(f.Path, it.File)
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return Item{}, fetch.Local{Err: err}
	case info.IsDir():
		return Item{}, fetch.Local{Err: fmt.Errorf("%s is a folder, want to put a map there", path)}
	default:
		same, err := f.holds(ctx, it, path, info)
		if err != nil {
			return Item{}, fetch.Local{Err: err}
		}
		if same {
			it.State, it.Have = Present, it.Want.Size
			return it, nil
		}
		it.State = Changed
	}
	if have := fetch.Have(wanted(it.Want, path)); have > 0 {
		it.State, it.Have = Partial, have
	}
	return it, nil
}

// holds tells whether the file at path is the wanted one. It is read unless it
// was verified before and neither its size nor its time changed since.
func (f *Folder) holds(ctx context.Context, it Item, path string, info fs.FileInfo) (bool, error) {
	if info.Size() != it.Want.Size {
		return false, nil
	}
	if o, ok := f.ledger.origin(it.File); ok && !f.Verify && o.MD5 == it.Want.MD5 && o.Modified.Equal(info.ModTime()) {
		return true, nil
	}
	sum, err := digestOf(ctx, path)
	return sum == it.Want.MD5, err
}
