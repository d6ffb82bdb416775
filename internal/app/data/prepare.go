package data

import (
	"context"
	"errors"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/pkg/dataset"
)

// Prepare is the keeping of folders of maps at the size at which they are
// trained on.
type Prepare struct {
	Folders []string
	Size    dataset.Size
	Shard   dataset.Shard // of each folder; a Prepare without joins what shards have read
	Verify  bool          // look into every file, even one that looks unchanged
}

// Prepared says what was done for one folder.
type Prepared struct {
	Folder string `json:"folder"`
	Cache  string `json:"cache"`
	Maps   int    `json:"maps"`
	dataset.Refreshed
}

// MapCache is the folder that maps are kept in.
func MapCache() (dataset.Cache, error) {
	cache := dataset.UserCache()
	if cache == "" {
		return "", errors.New("dataset prepare: neither TOOLKIT_CACHE nor HOME is set: there is no folder to keep maps in")
	}
	return cache, nil
}

// Run reads what is new or changed, and tells each of every folder.
func (p Prepare) Run(ctx context.Context, s app.Session, each func(Prepared) error) error {
	cache, err := MapCache()
	if err != nil {
		return err
	}
	loader := dataset.Loader{Size: p.Size, Cache: cache, Shard: p.Shard, All: p.Verify, Strict: true, Log: s.Talk}
	for _, dir := range p.Folders {
		entries, err := dataset.Index(ctx, dir, s.Talk)
		if err != nil {
			return err
		}
		maps, did, err := loader.Load(ctx, entries)
		if err != nil {
			return err
		}
		path, err := loader.Path(dir)
		if err != nil {
			return err
		}
		if err := each(Prepared{dir, path, len(maps), did}); err != nil {
			return err
		}
	}
	return nil
}
