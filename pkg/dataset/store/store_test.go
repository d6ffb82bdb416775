package store

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestCodingKeepsItsPrecision(t *testing.T) {
	var xs []float32
	for e := -40.; e <= 20; e += .01 {
		xs = append(xs, float32(math.Exp2(e)))
	}
	xs = append(xs, 0)
	got := make([]float32, len(xs))
	Decode(got, Encode(nil, xs))
	for i, x := range xs {
		if off := math.Abs(float64(got[i]) - float64(x)); off > Precision*(float64(x)+1./Mu) {
			t.Errorf("%v: got %v, which is %v off, want at most %v", x, got[i], off, Precision*(float64(x)+1./Mu))
		}
	}
}

// What was decoded codes to the same again: caches of caches lose nothing.
func TestEveryCodeIsItsOwn(t *testing.T) {
	var codes []byte
	for c := range 1 << 16 {
		codes = binary.LittleEndian.AppendUint16(codes, uint16(c))
	}
	x := make([]float32, 1<<16)
	Decode(x, codes)
	if !bytes.Equal(Encode(nil, x), codes) {
		t.Error("got other codes of decoded radiance")
	}
	if !slices.IsSorted(x) {
		t.Error("got radiance that does not rise with the code")
	}
}

func TestWhatIsNoRadianceIsClamped(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	got := make([]float32, 4)
	Decode(got, Encode(nil, []float32{nan, -1, inf, 1e30}))
	if got[0] != 0 || got[1] != 0 || math.Abs(float64(got[2])/Top-1) > 1e-6 || got[3] != got[2] {
		t.Errorf("got %v, want 0, 0 and twice %d", got, Top)
	}
}

func writeThree(t *testing.T, path string) [][]byte {
	t.Helper()
	maps := make([][]byte, 3)
	err := Write(path, 4, 2, 3, 100, func(put func(int, []byte) error) ([]byte, error) {
		for i := range maps {
			radiance := make([]float32, 24)
			for k := range radiance {
				radiance[k] = float32(i*24 + k)
			}
			maps[i] = Encode(nil, radiance)
		}
		for _, i := range []int{2, 0} {
			if err := put(i, maps[i]); err != nil {
				return nil, err
			}
		}
		return []byte(`["a",null,"c"]`), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return maps
}

func TestFileGivesBackWhatWasPut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "maps.safetensors")
	maps := writeThree(t, path)
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if w, h := f.Size(); w != 4 || h != 2 || f.Len() != 3 {
		t.Errorf("got %d maps of %d×%d, want 3 of 4×2", f.Len(), w, h)
	}
	if got := string(f.Index()); got != `["a",null,"c"]` {
		t.Errorf("index: got %q", got)
	}
	if !bytes.Equal(f.AppendCodes(nil, 2), maps[2]) || !bytes.Equal(f.AppendCodes(nil, 1), make([]byte, 48)) {
		t.Error("got other codes than were put")
	}
	got, want := make([]float32, 24), make([]float32, 24)
	f.Radiance(got, 2)
	Decode(want, maps[2])
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	// A file that replaces this one, and the collector, leave it as it is.
	writeThree(t, path)
	runtime.GC()
	if f.Radiance(got, 2); !slices.Equal(got, want) {
		t.Errorf("after it was replaced: got %v, want %v", got, want)
	}
}

func TestWriteRefusesWhatDoesNotFit(t *testing.T) {
	dir := t.TempDir()
	for want, fill := range map[string]func(func(int, []byte) error) ([]byte, error){
		"map 1 has 48 bytes, want 0 to 0": func(put func(int, []byte) error) ([]byte, error) { return nil, put(1, make([]byte, 48)) },
		"map 0 has 47 bytes":              func(put func(int, []byte) error) ([]byte, error) { return nil, put(0, make([]byte, 47)) },
		"index has 9 bytes, want at most": func(func(int, []byte) error) ([]byte, error) { return make([]byte, 9), nil },
	} {
		if err := Write(filepath.Join(dir, "x"), 4, 2, 1, 8, fill); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
	if files, _ := os.ReadDir(dir); len(files) > 0 {
		t.Errorf("got %v left behind", files)
	}
}

func TestOpenRefusesOtherFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "good")
	writeThree(t, path)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(dir, "bad")
	for want, data := range map[string][]byte{
		"want at least 8":             nil,
		"is this a safetensors file?": bytes.Repeat([]byte("x"), 64),
		"is it cut short":             good[:len(good)-1],
		`format is "toolkit maps 1"`:  bytes.Replace(good, []byte("maps 2"), []byte("maps 1"), 1),
		"want U16 [N,3,H,W]":          bytes.Replace(good, []byte(`[3,3,2,4]`), []byte(`[3,2,3,4]`), 1),
		"has 3 tensors, want sums, m": bytes.Replace(good, []byte(`"index"`), []byte(`"inxed"`), 1),
	} {
		if err := os.WriteFile(bad, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
	if _, err := Open(dir); err == nil {
		t.Error("a folder: got no error")
	}
}

// A cache is no better than its disk: a bit that turns anywhere is seen.
func TestEveryDamageIsSeen(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "good")
	writeThree(t, path)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(dir, "bad")
	for i := range good {
		data := bytes.Clone(good)
		data[i] ^= 1 << (i % 8)
		if err := os.WriteFile(bad, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if f, err := Open(bad); err == nil {
			w, h := f.Size() // a header may name other sizes of as many texels
			if got := [3]int{f.Len(), w, h}; got == [3]int{3, 4, 2} && !harmless(good, data, i) {
				t.Errorf("byte %d: got no error for %q, want one", i, data[max(0, i-8):min(len(data), i+8)])
			}
		}
	}
	// A hole, as a crash of the machine leaves.
	data := bytes.Clone(good)
	clear(data[len(data)-150 : len(data)-110])
	if err := os.WriteFile(bad, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(bad); err == nil || !strings.Contains(err.Error(), "is damaged: its checksum is") {
		t.Errorf("a hole: got %v, want that a map is damaged", err)
	}
}

// harmless tells of a byte of the header whether it means the same as it was:
// spaces may be other spaces.
func harmless(good, data []byte, i int) bool {
	return i >= 8 && (good[i] == ' ' || data[i] == ' ') && strings.TrimSpace(string(data[i])) == "" && strings.TrimSpace(string(good[i])) == ""
}

// What a killed process was writing goes with the next write; what another is
// writing stays.
func TestStraysAreSwept(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.safetensors")
	for _, name := range []string{".b.safetensors123", ".a.safetensors9", "notes.txt", ".notes.txt1", "b.safetensors"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	err := Write(path, 4, 2, 1, 2, func(func(int, []byte) error) ([]byte, error) {
		writeThree(t, filepath.Join(dir, "c.safetensors")) // another writes meanwhile
		return []byte("[]"), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if want := []string{".notes.txt1", "a.safetensors", "b.safetensors", "c.safetensors", "notes.txt"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(`{"__metadata__":{"format":"toolkit maps 2","mu":"5000","top":"1048576"},"sums":{"dtype":"I32","shape":[2],"data_offsets":[0,8]},"maps":{"dtype":"U16","shape":[1,3,1,2],"data_offsets":[8,20]},"index":{"dtype":"U8","shape":[2],"data_offsets":[20,22]}}`), 22)
	f.Add([]byte(`{"maps":{"dtype":"U16","shape":[0,3,0,0],"data_offsets":[0,0]},"index":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`), 0)
	f.Fuzz(func(t *testing.T, head []byte, data int) {
		if data < 0 || data > 1<<16 {
			return
		}
		text := append(binary.LittleEndian.AppendUint64(nil, uint64(len(head))), head...)
		text = append(text, make([]byte, data)...)
		s, at, err := parse(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			return
		}
		if end := at + sumBytes*(int64(s.number)+1) + int64(s.number)*int64(s.mapBytes()); s.number < 0 || s.w < 0 || s.h < 0 || end > int64(len(text)) {
			t.Errorf("got %d maps of %d×%d, which end at %d of %d bytes", s.number, s.w, s.h, end, len(text))
		}
	})
}
