package events

import (
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// steps of the events in a file, which must be whole.
func steps(t *testing.T, path string) (all []int64) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for records := newReader(f); ; {
		event, err := records.next()
		if err != nil {
			if err.Error() != "EOF" {
				t.Fatal(err)
			}
			return all
		}
		step, err := stepOf(event)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, step)
	}
}

func write(t *testing.T, path string, next int, numbers ...int) {
	t.Helper()
	w, err := Open(path, next)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, n := range numbers {
		if err := w.Add(n, time.Unix(1000, 0), map[string]float64{"loss": 1 / float64(n), "odd": math.NaN()}); err != nil {
			t.Fatal(err)
		}
	}
}

func equal(a, b []int64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// A run that goes on from step 40 has the events of the steps before it once.
func TestARunThatGoesOnWritesEachStepOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	write(t, path, 1, 20, 40, 60, 300)
	if got, want := steps(t, path), []int64{0, 20, 40, 60, 300}; !equal(got, want) {
		t.Fatalf("got the steps %v, want %v", got, want)
	}
	write(t, path, 41, 60, 80)
	if got, want := steps(t, path), []int64{0, 20, 40, 60, 80}; !equal(got, want) {
		t.Errorf("after going on from step 40: got the steps %v, want %v", got, want)
	}
	write(t, path, 1, 20)
	if got, want := steps(t, path), []int64{0, 20}; !equal(got, want) {
		t.Errorf("begun anew: got the steps %v, want %v", got, want)
	}
}

// Wherever a kill cuts the file, what was whole stays and the run goes on.
func TestAHalfWrittenEventIsCutOff(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	write(t, path, 1, 20, 40)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		if err := os.WriteFile(path, whole[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		write(t, path, 100, 100)
		got := steps(t, path)
		if got[0] != 0 || got[len(got)-1] != 100 || len(got) > 3 {
			t.Fatalf("cut after %d bytes: got the steps %v", n, got)
		}
	}
}

func TestAnotherFileIsNotWrittenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	text := strings.Repeat("not an event file ", 4)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, 1); err == nil || !strings.Contains(err.Error(), "is no event file") {
		t.Errorf("got error %v, want that it is no event file", err)
	}
	if left, _ := os.ReadFile(path); string(left) != text {
		t.Errorf("got %q left, want it untouched", left)
	}
}

// The check value of CRC-32C is that of RFC 3720; the mask is TensorFlow's.
func TestChecksums(t *testing.T) {
	if got := crc32.Checksum([]byte("123456789"), castagnoli); got != 0xe3069283 {
		t.Errorf("got CRC-32C %x, want e3069283", got)
	}
	// tensorflow/core/lib/io: the mask of 0xe3069283.
	sum := uint32(0xe3069283)
	if got, want := masked([]byte("123456789")), (sum>>15|sum<<17)+0xa282ead8; got != want {
		t.Errorf("got %x, want %x", got, want)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(record(version(time.Unix(1, 0))))
	f.Add(append(record(version(time.Unix(1, 0))), record(summary(7, time.Unix(1, 0), map[string]float64{"a": 1}, []string{"a"}))...))
	f.Add([]byte("events"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), Name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		w, err := Open(path, 5)
		if err != nil {
			return
		}
		if err := w.Add(5, time.Unix(2, 0), map[string]float64{"a": 2}); err != nil {
			t.Fatal(err)
		}
		w.Close()
		for i, s := range steps(t, path) {
			if s > 5 || i > 0 && s < 0 {
				t.Fatalf("got step %d, want none above 5", s)
			}
		}
	})
}
