package dataset

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/clipenv/toolkit/internal/run"
)

// Shards of a folder's cache, joined, are the cache that one process makes.
func TestShardsOfACacheAreTheWhole(t *testing.T) {
	dir := folderOf(t, 5)
	alone := Loader{Cache: Cache(t.TempDir())}
	want, _ := load(t, alone, dir)
	parted := Loader{Cache: Cache(t.TempDir())}
	for i := range 3 {
		part := parted
		part.Shard = Shard{i, 3}
		from, to := part.Shard.Part(5)
		maps, did := load(t, part, dir)
		if did.Read != to-from || !slices.Equal(radiance(maps), radiance(want[from:to])) {
			t.Errorf("shard %d: %+v, want maps %d to %d of the whole", i, did, from, to)
		}
	}
	got, did := load(t, parted, dir)
	if did != (Refreshed{Kept: 5}) || !slices.Equal(radiance(got), radiance(want)) {
		t.Errorf("joined: %+v, want the 5 maps of one process kept", did)
	}
	if left := parted.Cache.shards("*"); len(left) > 0 {
		t.Errorf("%d files of shards are left, want none once they are joined", len(left))
	}
	bytesOf := func(l Loader) []byte {
		path, err := (Loader{Size: small, Cache: l.Cache}).Path(dir)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if !bytes.Equal(bytesOf(parted), bytesOf(alone)) {
		t.Error("the joined file has other bytes than one process's")
	}
}

// A shard that is read once more, as by a task that is started again after the parts
// were joined, finds its maps there.
func TestAShardOfWhatIsJoinedReadsNothing(t *testing.T) {
	dir := folderOf(t, 5)
	l := Loader{Cache: Cache(t.TempDir())}
	want, _ := load(t, l, dir)
	part := l
	part.Shard = Shard{1, 2}
	for range 2 {
		if maps, did := load(t, part, dir); did != (Refreshed{Kept: 3}) || !slices.Equal(radiance(maps), radiance(want[2:])) {
			t.Errorf("got %+v, want the last 3 of 5 maps kept", did)
		}
	}
	if maps, did := load(t, l, dir); did != (Refreshed{Kept: 5}) || !slices.Equal(radiance(maps), radiance(want)) {
		t.Errorf("joined once more: got %+v, want 5 maps kept", did)
	}
	if left := l.Cache.shards("*"); len(left) > 0 {
		t.Errorf("%q are left, want none once they are joined", left)
	}
}

// A damaged shard is told, and its maps are read again.
func TestADamagedShardIsReadAgain(t *testing.T) {
	dir := folderOf(t, 4)
	l := Loader{Cache: Cache(t.TempDir())}
	part := l
	part.Shard = Shard{0, 2}
	load(t, part, dir)
	files := l.Cache.shards("*")
	if len(files) != 1 {
		t.Fatalf("a shard left %q, want one file", files)
	}
	if err := os.Truncate(files[0], 100); err != nil {
		t.Fatal(err)
	}
	if _, did := load(t, l, dir); did != (Refreshed{Read: 4}) {
		t.Errorf("got %+v, want 4 read", did)
	}
}

// What killed shards did not finish goes where the parts are joined, and with it
// the shards' folders; what another process is writing stays.
func TestJoiningSweepsWhatKilledShardsLeft(t *testing.T) {
	dir := folderOf(t, 4)
	l := Loader{Cache: Cache(t.TempDir())}
	part := l
	part.Shard = Shard{0, 3}
	load(t, part, dir)
	done := l.Cache.shards("*")[0]
	unfinished := func(shard string) *os.File {
		folder := filepath.Join(filepath.Dir(filepath.Dir(done)), shard)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(filepath.Join(folder, "."+filepath.Base(done)+"77"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	unfinished("0000") // beside a finished one
	unfinished("0001")
	busy := unfinished("0002")
	if err := run.Flock(busy, syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, did := load(t, l, dir); did != (Refreshed{Read: 3, Kept: 1}) {
		t.Errorf("got %+v, want the maps of one part kept", did)
	}
	if left := l.Cache.shards("*"); !slices.Equal(left, []string{busy.Name()}) {
		t.Errorf("%q are left, want what is being written alone", left)
	}
	busy.Close()
	if _, did := load(t, l, dir); did != (Refreshed{Kept: 4}) {
		t.Errorf("got %+v, want all kept", did)
	}
	if left := Parts(string(l.Cache), ""); len(left) > 0 {
		t.Errorf("%q are left, want none", left)
	}
}
