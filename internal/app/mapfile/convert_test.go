package mapfile

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// A conversion that is told to stop before it writes leaves nothing; one that
// has begun to write is brought to its end.
func TestAConversionStopsBeforeItWrites(t *testing.T) {
	folder := t.TempDir()
	job := Convert{Input: filepath.Join(folder, "in.hdr"), Output: filepath.Join(folder, "out.hdr"), Conversion: Conversion{ExposureStops: 1}}
	if err := hdr.Write(job.Input, hdr.New(8, 4), hdr.WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	all := []string{"read", "changed", "written"}
	for stop, want := range [][]string{all[:1], all, all} {
		ctx, cancel := context.WithCancel(context.Background())
		var done []string
		_, err := job.Run(ctx, app.Session{Talk: io.Discard}, func(stage string) {
			if done = append(done, stage); stage == all[stop] {
				cancel()
			}
		})
		if !slices.Equal(done, want) {
			t.Errorf("stopped once it had %s: told %q, want %q", all[stop], done, want)
		}
		_, missing := os.Stat(job.Output)
		if whole := len(want) == 3; whole != (err == nil) || whole != (missing == nil) || !whole && !errors.Is(err, context.Canceled) {
			t.Errorf("stopped once it had %s: got error %v, and of the output %v", all[stop], err, missing)
		}
	}
}
