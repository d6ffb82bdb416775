package dataset_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/label"
)

var size = dataset.Size{W: 32, H: 16}

func drawn(t *testing.T, n int) []dataset.Map {
	t.Helper()
	maps, err := dataset.Loader{Size: size, Log: io.Discard}.Draw(context.Background(), 5, 0, n)
	if err != nil {
		t.Fatal(err)
	}
	return maps
}

// The law that resuming stands on.
func TestABatchDependsOnSeedAndNumberAlone(t *testing.T) {
	maps := drawn(t, 6)
	sampler := func(workers int) *dataset.Sampler {
		return &dataset.Sampler{Size: size, Real: maps[:2], Synthetic: maps[2:], RealShare: .3, Workers: workers,
			RealAugmentation: dataset.Augmentation{Stops: .5, WhiteBalance: .05, HorizonMix: .5}, Seed: 9}
	}
	s := sampler(0)
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{0, 1, 3, 8} {
		for _, from := range []int{0, 3} { // 3 is in the middle of an epoch
			next, stop := sampler(workers).Batches(from, 5)
			for k := from; k < 7; k++ {
				ahead, alone := next(), s.Batch(k, 5)
				if !slices.Equal(ahead.Radiance, alone.Radiance) || !reflect.DeepEqual(ahead.Words, alone.Words) {
					t.Errorf("batch %d of %d workers from %d on differs from that made alone", k, workers, from)
				}
			}
			stop()
			stop() // twice does no harm
		}
	}
	if slices.Equal(s.Batch(3, 5).Radiance, s.Batch(4, 5).Radiance) {
		t.Error("two batches are equal")
	}
}

// What several processes take of a batch is together the batch of one.
func TestPartsMakeTheBatch(t *testing.T) {
	maps := drawn(t, 6)
	s := dataset.Sampler{Size: size, Real: maps[:2], Synthetic: maps[2:], RealShare: .3,
		RealAugmentation: dataset.Augmentation{Stops: .5, WhiteBalance: .05, HorizonMix: .5}, Seed: 9}
	const n = 6
	for k := range 4 {
		whole := s.Batch(k, n)
		for _, processes := range []int{2, 3} {
			var all dataset.Batch
			for rank := range processes {
				part := s.Part(k, n, rank*n/processes, (rank+1)*n/processes)
				if !reflect.DeepEqual(part.All, whole.Words) {
					t.Errorf("rank %d of %d: the words of batch %d differ from the whole's", rank, processes, k)
				}
				all.Radiance, all.Words = append(all.Radiance, part.Radiance...), append(all.Words, part.Words...)
			}
			if !slices.Equal(all.Radiance, whole.Radiance) || !reflect.DeepEqual(all.Words, whole.Words) {
				t.Errorf("the parts of %d processes are not batch %d", processes, k)
			}
		}
	}
}

func TestAnEpochHasEachMapOnce(t *testing.T) {
	maps := drawn(t, 7)
	s := dataset.Sampler{Size: size, Real: maps[:2], Synthetic: maps[2:], RealShare: .25, Seed: 3}
	seen := map[string]int{}
	// Batches of 5: a quarter of 40·5 = 50 real maps, 25 epochs; 150 drawn ones, 30 epochs.
	var order []string
	for k := range 40 {
		for _, w := range s.Batch(k, 5).Words {
			seen[w.Scene]++
			order = append(order, w.Scene)
		}
	}
	for i, m := range maps {
		want := 30
		if i < 2 {
			want = 25
		}
		if seen[m.Scene] != want {
			t.Errorf("%s: got %d times, want %d", m.Scene, seen[m.Scene], want)
		}
	}
	if slices.Equal(order[:100], order[100:]) {
		t.Error("got the same order in every epoch")
	}
}

// Turning and mirroring move light along a row and make none.
func TestAugmentationKeepsRowsUpToTheGain(t *testing.T) {
	maps := drawn(t, 1)
	s := dataset.Sampler{Size: size, Synthetic: maps}
	b := s.Batch(0, 4)
	for i := range 4 {
		for row := range 3 * size.H {
			at := row * size.W
			got := slices.Clone(b.Radiance[i*size.Pixels()+at:][:size.W])
			want := slices.Clone(maps[0].Radiance()[at:][:size.W])
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("copy %d: row %d holds %v, want %v in some order", i, row, got, want)
			}
		}
	}
}

func TestTheShareOfRealMapsHoldsOverARun(t *testing.T) {
	maps := drawn(t, 4)
	maps[0].Attributes = label.Moon
	for i := range maps[1:] {
		maps[i+1].Attributes = label.Rain
	}
	s := dataset.Sampler{Size: size, Real: maps[:1], Synthetic: maps[1:], RealShare: .125}
	real := 0
	for k := range 200 {
		for _, w := range s.Batch(k, 4).Words {
			if w.Attributes == label.Moon {
				real++
			}
		}
	}
	if real != 100 {
		t.Errorf("got %d of 800 maps real, want 100", real)
	}
}

func TestSamplerRefusesWhatItCannotGive(t *testing.T) {
	maps := drawn(t, 1)
	for want, s := range map[string]dataset.Sampler{
		"no maps": {},
		"share of real maps is 0.5, but there are none": {Synthetic: maps, RealShare: .5},
		"no drawn ones": {Real: maps, RealShare: .5},
	} {
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want one with %q", err, want)
		}
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestLoadReadsWhatIsIndexed(t *testing.T) {
	dir := t.TempDir()
	im := hdr.New(64, 32)
	for i := range im.Pix {
		im.Pix[i] = .001
	}
	for _, name := range []string{"a.hdr", "b.hdr"} {
		if err := hdr.Write(filepath.Join(dir, name), im, hdr.WriteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	write(t, dir, "captions.jsonl", `{"name":"b","caption":"a night","attributes":["outdoor","night"]}`+"\n\n"+`{"name":"a","caption":"a room"}`+"\n")
	entries, err := dataset.Index(context.Background(), dir, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	loader := dataset.Loader{Size: size, Log: io.Discard}
	maps, _, err := loader.Load(context.Background(), entries)
	if err != nil {
		t.Fatal(err)
	}
	if len(maps) != 2 || maps[0].Name != "a" || maps[1].Name != "b" {
		t.Fatalf("got %v, want a and b", maps)
	}
	if want := label.Outdoor | label.Night | label.Dark; !maps[1].Attributes.Has(want) {
		t.Errorf("attributes: got %v, want also %v", maps[1].Attributes, want)
	}
	write(t, dir, "c.hdr", "no map")
	if entries, err = dataset.Index(context.Background(), dir, io.Discard); err != nil {
		t.Fatal(err)
	}
	if _, _, err := loader.Load(context.Background(), entries); err == nil || !strings.Contains(err.Error(), "c.hdr") {
		t.Errorf("got error %v, want one that names c.hdr", err)
	}
}

func TestBadCaptionsAreReportedTogether(t *testing.T) {
	_, err := dataset.ReadCaptions(strings.NewReader("{\n{\"caption\":\"x\"}\n{\"name\":\"a\"}\n{\"name\":\"a\"}\n{\"name\":\"b\",\"attributes\":[\"purple\"]}\n{\"name\":\"c\",\"colour\":1}"), "captions.jsonl")
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{"captions.jsonl", "line 1:", "line 2: no name", "line 4: a stands on line 3 already", `attribute "purple"`, `"colour"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want also %q", err, want)
		}
	}
}

func BenchmarkBatch(b *testing.B) {
	for _, at := range []struct {
		name string
		size dataset.Size
		n    int
	}{{"16x128x64", dataset.Size{W: 128, H: 64}, 16}, {"32x512x256", dataset.Size{W: 512, H: 256}, 32}} {
		b.Run(at.name, func(b *testing.B) {
			maps, err := dataset.Loader{Size: at.size, Cache: dataset.Cache(b.TempDir()), Log: io.Discard}.Draw(context.Background(), 5, 0, 8)
			if err != nil {
				b.Fatal(err)
			}
			s := dataset.Sampler{Size: at.size, Synthetic: maps, SyntheticAugmentation: dataset.Augmentation{Stops: .5, WhiteBalance: .05, HorizonMix: .1}}
			next, stop := s.Batches(0, at.n)
			defer stop()
			for b.Loop() {
				next()
			}
			b.ReportMetric(float64(at.n)*float64(b.N)/b.Elapsed().Seconds(), "maps/s")
		})
	}
}
