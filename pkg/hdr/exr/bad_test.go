package exr_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

func testFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// patched returns the file with the value of a header attribute changed: its
// bytes at the offset become those of values, little-endian.
func patched(t *testing.T, name, attribute, kind string, offset int, values ...uint32) []byte {
	t.Helper()
	data := bytes.Clone(testFile(t, name))
	key := []byte(attribute + "\x00" + kind + "\x00")
	at := bytes.Index(data, key)
	if at < 0 {
		t.Fatalf("%s has no %s", name, attribute)
	}
	at += len(key) + 4 + offset
	for i, v := range values {
		binary.LittleEndian.PutUint32(data[at+4*i:], v)
	}
	return data
}

func TestBadFilesAreRefusedWithTheReason(t *testing.T) {
	const most = 1 << 16
	window := func(name, attribute string, x0, y0, x1, y1 int32) []byte {
		return patched(t, name, attribute, "box2i", 0, uint32(x0), uint32(y0), uint32(x1), uint32(y1))
	}
	both := func(x1, y1 int32) []byte {
		data := window("half_zip.exr", "dataWindow", 0, 0, x1, y1)
		key := []byte("displayWindow\x00box2i\x00")
		at := bytes.Index(data, key) + len(key) + 4
		binary.LittleEndian.PutUint32(data[at+8:], uint32(x1))
		binary.LittleEndian.PutUint32(data[at+12:], uint32(y1))
		return data
	}
	good := testFile(t, "half_zip.exr")
	swapped := func(old, new string) []byte { return bytes.ReplaceAll(good, []byte(old), []byte(new)) }
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"magic only", good[:4], "exr: the file ends in its header: it is cut short"},
		{"version 9", append([]byte("v/1\x01\x09\x00\x00\x00"), good[8:]...), "exr: "},
		{"header cut", good[:100], "the file ends in its header: it is cut short"},
		{"without pixels", good[:len(good)-300], "the file ends"},
		{"text after the magic", []byte("v/1\x01\x02\x00\x00\x00 this is no header at all"), "the file ends in its header"},
		{"attribute past the end", patched(t, "attributes.exr", "owner", "string", -4, 1<<30), `attribute "owner" has 1073741824 bytes, the file has`},
		{"attribute of less than nothing", patched(t, "attributes.exr", "owner", "string", -4, 1<<31), `attribute "owner" has -2147483648 bytes`},
		{"box of the wrong size", patched(t, "half_zip.exr", "dataWindow", "box2i", -4, 80), `attribute "dataWindow" of type box2i has 80 bytes, want 16`},
		{"channels of the wrong size", patched(t, "half_zip.exr", "channels", "chlist", -4, 54), `attribute "channels" has 54 bytes, its channels take 55`},
		{"no channels of colour", bytes.Replace(good, []byte("B\x00\x01"), []byte("Q\x00\x01"), 1), "channels are G Q R, want R G B or Y"},
		{"display window too large", window("half_zip.exr", "displayWindow", 0, 0, 60000, 60000), "size is 60001×60001, want at most 134217728 texels"},
		{"display window past the library's limit", window("half_zip.exr", "displayWindow", 0, 0, math.MaxInt32/2, 10), "exr: "},
		{"display window inside out", window("half_zip.exr", "displayWindow", 5, 5, 2, 2), "exr: "},
		{"data window too wide", window("half_zip.exr", "dataWindow", 0, 0, most, 5), "exr: "},
		{"data window past 32 bits", window("half_zip.exr", "dataWindow", math.MinInt32, 0, math.MaxInt32, 5), "exr: "},
		{"data window inside out", window("half_zip.exr", "dataWindow", 5, 0, 2, 5), "exr: "},
		{"bomb", both(16383, 8191), "exr: "},
		{"tiles too large", patched(t, "tiled.exr", "tiles", "tiledesc", 0, most-1, most-1), "want at most 67108864 texels"},
		{"tiles of nothing", patched(t, "tiled.exr", "tiles", "tiledesc", 0, 0, 0), "exr: "},
		{"tiles too many", patched(t, "tiled.exr", "tiles", "tiledesc", 0, 1, 1), "exr: "},
		{"unknown compression", swapped("compression\x00compression\x00\x01\x00\x00\x00\x03", "compression\x00compression\x00\x01\x00\x00\x00\x63"), "exr: "},
		{"damaged pixels", append(bytes.Clone(good[:len(good)-200]), make([]byte, 200)...), "exr: "},
	}
	for _, test := range tests {
		path := filepath.Join(t.TempDir(), "bad.exr")
		if err := os.WriteFile(path, test.data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, fromFile := hdr.Read(path)
		_, fromMemory := hdr.DecodeBytes(test.data, path)
		for _, err := range []error{fromFile, fromMemory} {
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "hdr: "+path+": exr: ") {
				t.Errorf("%s: got error %v, want %q", test.name, err, test.want)
				continue
			}
			if text := strings.TrimPrefix(err.Error(), "hdr: "+path+": exr: "); strings.HasSuffix(text, ".") || strings.Contains(text, "\n") || text == "" {
				t.Errorf("%s: %q is not one clean line", test.name, text)
			}
		}
		t.Logf("%s: %v", test.name, fromFile)
	}
}

func TestEveryCutOfAFileIsAnError(t *testing.T) {
	for _, name := range []string{"half_zip.exr", "tiled.exr", "multipart.exr", "chroma.exr"} {
		data := testFile(t, name)
		for n := range len(data) {
			if _, err := hdr.DecodeBytes(data[:n], name); err == nil {
				t.Errorf("%s: %d of %d bytes are read without an error", name, n, len(data))
			}
		}
	}
}

func writeBytes(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// extend makes a file longer by a hole.
func extend(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}
