package hdr

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// pngHeader is a PNG that ends after a header of the given size.
func pngHeader(w, h uint32, rest string) string {
	chunk := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	chunk = binary.BigEndian.AppendUint32(chunk, h)
	chunk = append(chunk, 8, 2, 0, 0, 0)
	out := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13)
	out = append(out, chunk...)
	return string(binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))) + rest
}

func TestBadFilesAreRefusedWithTheReason(t *testing.T) {
	const head = "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n"
	packed := head + "-Y 1 +X 16\n\x02\x02\x00\x10"
	flat := func(pixels ...string) string { return head + "-Y 1 +X 4\n" + strings.Join(pixels, "") }
	tests := []struct{ name, data, want string }{
		{"empty", "", "the file is empty"},
		{"text", "<!DOCTYPE html>", "unknown format: begins with \"<!DOCTYPE html>\", want Radiance, OpenEXR, PNG, JPEG or WebP"},
		{"exr", "v/1\x01\x02\x00\x00\x00", "built without OpenEXR"},
		{"half a magic", "#", "unknown format"},
		{"a script", "#!/bin/sh\n", "unknown format"},
		{"a magic alone", "#?", "radiance: the file ends in its header"},
		{"words behind the header", head + "six of one\n", "resolution is \"six of one\""},
		{"no end of empty lines", head + strings.Repeat("\n", 100), "radiance: the file ends in its header"},
		{"tiff", "II*\x00aaaaaaaaaaaa", "unknown format"},

		{"magic only", "#?RADIANCE", "radiance: the file ends in its header"},
		{"no blank line", "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n", "the file ends in its header"},
		{"no resolution", "#?RADIANCE\n\n", "the file ends in its header"},
		{"long line", "#?RADIANCE\n#" + strings.Repeat("a", maxHeaderBytes+1), "line longer than"},
		{"long header", "#?RADIANCE\n" + strings.Repeat("# a\n", maxHeaderBytes/4+1), "header passes"},
		{"format", "#?RADIANCE\nFORMAT=64-bit\n\n", `FORMAT is "64-bit", want 32-bit_rle_rgbe or 32-bit_rle_xyze`},

		{"one axis", head + "-Y 1\n", `resolution is "-Y 1", want one like "-Y 512 +X 1024"`},
		{"same axis", head + "-Y 1 +Y 1\n", "resolution is"},
		{"no sign", head + "Y 1 X 1\n", "resolution is"},
		{"odd sign", head + "*Y 1 +X 1\n", "resolution is"},
		{"zero", head + "-Y 0 +X 1\n", "resolution is"},
		{"negative", head + "-Y -4 +X 1\n", "resolution is"},
		{"not a number", head + "-Y a +X 1\n", "resolution is"},
		{"past 32 bits", head + "-Y 9999999999 +X 1\n", "resolution is"},
		{"absurd", head + "-Y 2000000000 +X 2000000000\n", "size is 2000000000×2000000000, want at most 134217728 texels"},
		{"product wraps", head + "-Y 65536 +X 65536\n", "size is 65536×65536, want at most"},
		{"bomb", head + "-Y 8192 +X 16384\n" + strings.Repeat("\x00", 100), "8192 scanlines need at least 65536 bytes, the file has 100 more"},

		{"no pixels", packed[:len(packed)-4], "1 scanlines need at least 8 bytes, the file has 0 more"},
		{"other width", head + "-Y 1 +X 16\n\x02\x02\x00\x11aaaa", "scanline 0: packed for 17 pixels, want 16"},
		{"run too long", packed + "\x91aaa", "scanline 0: run of 17 at 0 passes the row's end (16)"},
		{"copy too long", packed + "\x11aaaaaaaaaaaaaaaaaaa", "17 bytes at 0 pass the row's end (16)"},
		{"count of 0", packed + "\x00aaaa", "scanline 0: count of 0 at 0 of 16"},
		{"cut in a count", packed + "\x90a\x90a\x90a\x8f", "scanline 0: the file ends"},
		{"cut in a copy", packed + "\x90a\x90a\x90a\x10abc", "scanline 0: the file ends"},
		{"cut in flat pixels", flat("abcd", "abcd", "abcd"), "scanline 0: the file ends"},
		{"repeat of nothing", flat("\x01\x01\x01\x02", "abcd"), "scanline 0: begins with a repeated pixel"},
		{"repeat too long", flat("abcd", "\x01\x01\x01\x04"), "scanline 0: run of 4 at 1 passes the row's end (4)"},
		{"repeat of many digits", flat("abcd", strings.Repeat("\x01\x01\x01\x00", 6)), "has more than four digits"},
		{"second line", head + "-Y 2 +X 4\n" + strings.Repeat("abcd", 5), "scanline 1: the file ends"},

		{"png header cut", "\x89PNG\r\n\x1a\n\x00\x00", "png: the file ends: it is cut short"},
		{"png without pixels", pngHeader(4, 4, ""), "png: the file ends: it is cut short"},
		{"png too large", pngHeader(1<<20, 1<<20, ""), "png: size is 1048576×1048576, want at most"},
		{"png bomb", pngHeader(16384, 8192, "aaaa"), "texels need at least"},
		{"jpeg cut", "\xff\xd8\xff\xe0\x00\x10JFIF", "jpeg: the file ends: it is cut short"},
		{"jpeg nonsense", "\xff\xd8\xff\x00\x00\x00\x00\x00\x00\x00\x00", "jpeg: "},
		{"webp cut", "RIFF\x20\x00\x00\x00WEBPVP8 ", "webp: "},
		{"webp sound", "RIFF\x20\x00\x00\x00WAVEfmt ", "unknown format"},
	}
	dir := t.TempDir()
	for _, test := range tests {
		path := filepath.Join(dir, "bad.hdr")
		if err := os.WriteFile(path, []byte(test.data), 0o600); err != nil {
			t.Fatal(err)
		}
		_, fromFile := Read(path)
		_, fromMemory := DecodeBytes([]byte(test.data), path)
		for _, err := range []error{fromFile, fromMemory} {
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "hdr: "+path+": ") {
				t.Errorf("%s: got error %v, want %q", test.name, err, test.want)
			}
		}
	}
}

func TestEveryCutOfAFileIsAnError(t *testing.T) {
	golden := []string{"packed.hdr", "flat.hdr", "rgb8.png", "rgb16.png", "full.jpg", "lossless.webp", "lossy.webp"}
	for _, name := range golden {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		// A PNG or JPEG lacks nothing but its end marks in the last bytes, and
		// a WebP is padded to an even length.
		for n := range len(data) {
			_, err := DecodeBytes(data[:n], name)
			if ends := strings.HasSuffix(name, ".hdr"); err == nil && (ends || n < len(data)-16) {
				t.Errorf("%s: %d of %d bytes are read without an error", name, n, len(data))
			}
		}
	}
}

func TestBombsDoNotAllocate(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, bomb := range []string{
		"#?RADIANCE\n\n-Y 8192 +X 16384\n" + strings.Repeat("\x00", 60000),
		"#?RADIANCE\n\n-Y 2000000 +X 2000000\n",
		pngHeader(16384, 8192, strings.Repeat("a", 10000)),
	} {
		if _, err := DecodeBytes([]byte(bomb), "bomb"); err == nil {
			t.Errorf("%.40q is read without an error", bomb)
		}
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 16<<20 {
		t.Errorf("allocated %d bytes, want at most 16 MiB", got)
	}
}

func TestWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	fifo, sparse := filepath.Join(dir, "fifo.hdr"), filepath.Join(dir, "sparse.hdr")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(sparse, []byte(pngHeader(4, 4, "")), 0o600), os.Truncate(sparse, 20<<30)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		dir:                          "is a directory, want an image file",
		filepath.Join(dir, "no.hdr"): "open " + filepath.Join(dir, "no.hdr") + ": no such file",
		os.DevNull:                   "is a device or a pipe, want an image file",
		"/dev/zero":                  "is a device or a pipe",
		fifo:                         fifo + ": is a device or a pipe",
		sparse:                       "png: ",
		"a\x1b[2J.hdr":               `open a\x1b[2J.hdr: no such file`,
	} {
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want %q", path, err, want)
		}
	}
}

func TestASmallerLimitHolds(t *testing.T) {
	data := file(t, "a.hdr", New(20, 10), WriteOptions{})
	src := Source{Data: data, Size: int64(len(data)), MaxPixels: 199}
	if _, err := src.decode(); err == nil || !strings.Contains(err.Error(), "size is 20×10, want at most 199") {
		t.Errorf("got error %v, want one about the size", err)
	}
}

func TestShapes(t *testing.T) {
	for _, test := range []struct {
		w, h int
		hint string
	}{
		{1024, 512, ""}, {2, 1, ""},
		{512, 1024, "a quarter"}, {600, 100, "cube map"}, {400, 300, "cube map"},
		{512, 512, "angular"}, {1023, 512, "a texel or two off"}, {1920, 1080, "scale or pad"},
	} {
		err := (&Image{W: test.w, H: test.h}).CheckEquirect()
		if got := fmt.Sprint(err); (err == nil) != (test.hint == "") || !strings.Contains(got, test.hint) {
			t.Errorf("%d×%d: got %v, want %q", test.w, test.h, err, test.hint)
		}
	}
	cube := &Image{W: 2, H: 1, Meta: Meta{Envmap: "cube"}}
	if cube.CheckEquirect() == nil {
		t.Errorf("a cube map of 2×1 passes for a panorama")
	}
}

// What follows a picture costs nothing, however much it is.
func TestASparseTailIsNotLookedThrough(t *testing.T) {
	for _, name := range []string{"rgb8.png", "lossless.webp", "full.jpg", "packed.hdr"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), name)
		if err := errors.Join(os.WriteFile(path, data, 0o600), os.Truncate(path, 20<<30)); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if _, err := Read(path); err != nil {
			t.Errorf("%s of 20 GiB: %v", name, err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s of 20 GiB: takes %v, want less than 5 s", name, took)
		}
	}
}
