package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// badFile is a file that no map can be read from, and what is said of it.
type badFile struct {
	name string
	data []byte
	want string
}

// badFiles are cut short at each of their parts, damaged, absurd or bombs; the
// good ones that they are made of lie in testdata of pkg/hdr and pkg/hdr/exr.
func badFiles(t *testing.T) []badFile {
	t.Helper()
	read := func(path ...string) []byte {
		data, err := os.ReadFile(filepath.Join(append([]string{root, "pkg", "hdr"}, path...)...))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	radiance, png, jpg := read("testdata", "packed.hdr"), read("testdata", "rgb8.png"), read("testdata", "full.jpg")
	webp, zip, tiled := read("testdata", "lossless.webp"), read("exr", "testdata", "half_zip.exr"), read("exr", "testdata", "tiled.exr")
	parts, night := read("exr", "testdata", "multipart.exr"), read("..", "..", "examples", "hdri", "night.exr") // packed by DWAB

	const head = "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n"
	text := func(s string) []byte { return []byte(s) }
	end := func(data []byte, cut int) []byte { return data[:len(data)-cut] }
	with := func(data []byte, old, new string) []byte {
		if !bytes.Contains(data, []byte(old)) {
			t.Fatalf("%q is not in the file to be damaged", old)
		}
		return bytes.Replace(data, []byte(old), []byte(new), 1)
	}
	// value changes four bytes of the value of an OpenEXR attribute.
	value := func(data []byte, key string, at int, v uint32) []byte {
		data = bytes.Clone(data)
		i := bytes.Index(data, []byte(key))
		if i < 0 {
			t.Fatalf("no %q in the file to be damaged", key)
		}
		binary.LittleEndian.PutUint32(data[i+len(key)+4+at:], v)
		return data
	}
	const display, data = "displayWindow\x00box2i\x00", "dataWindow\x00box2i\x00"
	bomb := value(value(value(value(zip, data, 8, 16383), data, 12, 8191), display, 8, 16383), display, 12, 8191)

	return []badFile{
		{"empty", nil, "the file is empty"},
		{"text", text("<!DOCTYPE html><p>404"), `unknown format: begins with "<!DOCTYPE html><", want Radiance, OpenEXR, PNG, JPEG or WebP`},
		{"another format", text("II*\x00 a TIFF"), "unknown format"},
		{"half a magic", text("#RADIANCE"), "unknown format"},

		{"radiance: magic alone", text("#?RADIANCE"), "the file ends in its header"},
		{"radiance: cut in the header", radiance[:20], "the file ends in its header"},
		{"radiance: cut before the size", text(head), "the file ends in its header"},
		{"radiance: cut in the pixels", end(radiance, 9), "the file ends"},
		{"radiance: without pixels", text(head + "-Y 4 +X 8\n"), "4 scanlines need at least 32 bytes, the file has 0 more"},
		{"radiance: unknown format", text("#?RADIANCE\nFORMAT=32-bit_rle_cmyk\n\n-Y 1 +X 1\nabcd"), `FORMAT is "32-bit_rle_cmyk", want 32-bit_rle_rgbe`},
		{"radiance: no such order", text(head + "-Z 1 +X 1\nabcd"), `resolution is "-Z 1 +X 1"`},
		{"radiance: no size", text(head + "-Y 0 +X 0\n"), "resolution is"},
		{"radiance: absurd size", text(head + "-Y 2000000000 +X 2000000000\n"), "size is 2000000000×2000000000, want at most 134217728 texels"},
		{"radiance: bomb", text(head + "-Y 8192 +X 16384\n" + strings.Repeat("\x00", 100)), "8192 scanlines need at least 65536 bytes, the file has 100 more"},
		{"radiance: run too long", text(head + "-Y 1 +X 16\n\x02\x02\x00\x10\x91aaaaaaaa"), "run of 17 at 0 passes the row's end"},
		{"radiance: endless header", text("#?RADIANCE\n" + strings.Repeat("# a\n", 1<<21)), "header passes 4194304 bytes"},

		{"exr: magic alone", zip[:4], "the file ends in its header: it is cut short"},
		{"exr: cut in the header", zip[:90], "the file ends in its header: it is cut short"},
		{"exr: cut in the offsets", zip[:bytes.Index(zip, []byte("scanlineimage\x00"))+18], "the file ends"},
		{"exr: cut in the pixels", end(zip, 20), "the file ends"},
		{"exr: cut in the tiles", end(tiled, 20), "the file ends"},
		{"exr: cut in the second part", end(parts, 20), "the file ends"},
		{"exr: unknown version", with(zip, "v/1\x01\x02", "v/1\x01\x09"), "version"},
		{"exr: no colours", with(zip, "B\x00\x01", "Q\x00\x01"), "channels are G Q R, want R G B or Y"},
		{"exr: unknown compression", with(zip, "compression\x00compression\x00\x01\x00\x00\x00\x03", "compression\x00compression\x00\x01\x00\x00\x00\x63"), "exr: "},
		{"exr: attribute past the end", value(zip, "channels\x00chlist\x00", -4, 1<<30), `attribute "channels" has 1073741824 bytes, the file has`},
		{"exr: window inside out", value(zip, display, 0, 9999), "exr: "},
		{"exr: window too large", value(value(zip, display, 8, 60000), display, 12, 60000), "size is 60001×60001, want at most 134217728 texels"},
		{"exr: tiles too large", value(value(tiled, "tiles\x00tiledesc\x00", 0, 65535), "tiles\x00tiledesc\x00", 4, 65535), "tiles are 65535x65535"},
		{"exr: bomb", bomb, "exr: "},
		{"exr: damaged zip", append(bytes.Clone(end(zip, 200)), make([]byte, 200)...), "exr: "},
		{"exr: damaged dwab", append(bytes.Clone(end(night, 9000)), bytes.Repeat([]byte{255}, 9000)...), "exr: "},

		{"png: magic alone", png[:8], "the file ends: it is cut short"},
		{"png: cut in the header", png[:20], "the file ends: it is cut short"},
		{"png: cut in the pixels", end(png, 40), "png: "},
		{"png: bad checksum", append(bytes.Clone(png[:29]), append([]byte{0, 0, 0, 0}, png[33:]...)...), "checksum"},
		{"png: absurd size", pngOfSize(1<<20, 1<<20, png), "size is 1048576×1048576, want at most 134217728 texels"},
		{"png: bomb", pngOfSize(16384, 8192, png), "16384×8192 texels need at least"},
		{"jpeg: cut in the header", jpg[:30], "jpeg: the file ends: it is cut short"},
		{"jpeg: cut in the pixels", jpg[:len(jpg)*9/10], "jpeg: invalid JPEG format: short Huffman data"},
		{"jpeg: nonsense", text("\xff\xd8\xff\x00\x00\x00\x00\x00\x00"), "jpeg: "},
		{"webp: cut in the header", webp[:16], "webp: "},
		{"webp: cut in the pixels", end(webp, 30), "webp: "},
	}
}

// pngOfSize is a PNG whose header says another size.
func pngOfSize(w, h uint32, good []byte) []byte {
	data := bytes.Clone(good)
	binary.BigEndian.PutUint32(data[16:], w)
	binary.BigEndian.PutUint32(data[20:], h)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

// TestBadFilesEndInOneLine holds for each that the program ends with 1 and one
// line that names the file and the fault, and leaves nothing beside it.
func TestBadFilesEndInOneLine(t *testing.T) {
	bad := badFiles(t)
	if len(bad) < 40 {
		t.Errorf("got %d bad files, want 40 at least", len(bad))
	}
	for _, b := range bad {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "bad")
			if err := os.WriteFile(path, b.data, 0o600); err != nil {
				t.Fatal(err)
			}
			failsWith(t, b.want, "toolkit", "convert", path, filepath.Join(dir, "out.exr"))
			holdsOnly(t, dir, "bad")
		})
	}
}

// failsWith runs a command that must end with 1 and, in its last line, say why.
func failsWith(t *testing.T, want string, command ...string) {
	t.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != statusError {
		t.Errorf("got %v, want exit status %d; it said %s", err, statusError, stderr.String())
	}
	lines := strings.Split(strings.TrimRight(stderr.String(), "\n"), "\n")
	last := lines[len(lines)-1]
	if !strings.HasPrefix(last, "toolkit: ") || !strings.Contains(last, want) {
		t.Errorf("got %q, want a last line with %q", stderr.String(), want)
	}
	if stdout.Len() > 0 || strings.Contains(stderr.String(), "goroutine") || strings.Contains(stderr.String(), "bug") {
		t.Errorf("said %q and %q, want an error alone", stdout.String(), stderr.String())
	}
}

func holdsOnly(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if !slices.Equal(names, want) {
		t.Errorf("the folder holds %q, want %q", names, want)
	}
}

var goodMap = filepath.Join(root, "examples", "hdri", "night.exr")

// TestAFullDisk takes the room from a write in the middle: by a limit on the
// size of files, and on a real small disk where one may be made.
func TestAFullDisk(t *testing.T) {
	formats := []string{"out.exr", "out.hdr", "out.png", "out.jpg"}
	for _, name := range formats {
		dir := t.TempDir()
		old := filepath.Join(dir, name)
		if err := os.WriteFile(old, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		failsWith(t, name+": file too large", "bash", "-c", `ulimit -f 8 && exec toolkit convert "$1" "$2"`, "-", goodMap, old)
		holdsOnly(t, dir, name)
		if data, err := os.ReadFile(old); string(data) != "old" {
			t.Errorf("%s holds %.20q, %v, want what it held before", name, data, err)
		}
	}
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=16k"); err != nil {
		t.Logf("no small disk to fill: %v", err)
		return
	}
	defer func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	}()
	for _, name := range formats {
		failsWith(t, name+": no space left on device", "toolkit", "convert", goodMap, filepath.Join(disk, name))
		holdsOnly(t, disk)
	}
}

// TestWithoutPermission takes the capabilities from a root that has them: the
// tests run in containers, too.
func TestWithoutPermission(t *testing.T) {
	dir := t.TempDir()
	secret, closed := filepath.Join(dir, "secret.exr"), filepath.Join(dir, "closed")
	data, err := os.ReadFile(goodMap)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(secret, data, 0), os.Mkdir(closed, 0o500)); err != nil {
		t.Fatal(err)
	}
	toolkit := []string{"toolkit"}
	if os.Geteuid() == 0 {
		if _, err := exec.LookPath("setpriv"); err != nil {
			t.Skip("root may do everything, and there is no setpriv to take that away")
		}
		toolkit = []string{"setpriv", "--bounding-set=-all", "--inh-caps=-all", "toolkit"}
	}
	failsWith(t, "secret.exr: permission denied", append(toolkit, "info", secret)...)
	failsWith(t, "cannot write to "+closed+": permission denied", append(toolkit, "convert", goodMap, filepath.Join(closed, "out.exr"))...)
	holdsOnly(t, closed)
}

func TestWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "folder.exr")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	failsWith(t, "folder.exr: is a directory, want an image file", "toolkit", "info", folder)
	failsWith(t, "nowhere.exr: no such file or directory", "toolkit", "info", filepath.Join(dir, "nowhere.exr"))
	failsWith(t, "/dev/null: is a device or a pipe, want an image file: save it as one first", "toolkit", "info", "/dev/null")
	failsWith(t, "/dev/zero: is a device or a pipe, want an image file: save it as one first", "toolkit", "info", "/dev/zero")
	failsWith(t, "it is a folder, want a file's name", "toolkit", "convert", goodMap, folder)
	failsWith(t, "it is a device or a pipe, want a file that can be replaced", "toolkit", "convert", goodMap, "/dev/full")
	failsWith(t, "cannot write to "+filepath.Join(dir, "no")+": no such file or directory", "toolkit", "convert", goodMap, filepath.Join(dir, "no", "out.exr"))
	holdsOnly(t, dir, "folder.exr")
}
