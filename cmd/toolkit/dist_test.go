package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// library is a line of scripts/dist/libraries.tsv: a file of the archive's lib/.
type library struct{ file, component, from, licence string }

func archiveLibraries(t *testing.T) (all []library) {
	t.Helper()
	f, err := os.Open(filepath.Join(root, "scripts/dist/libraries.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		field := strings.Split(lines.Text(), "\t")
		if len(field) != 4 || slices.Contains(field, "") {
			t.Fatalf("libraries.tsv: got %q, want file, component, from and licence between tabs", lines.Text())
		}
		all = append(all, library{field[0], field[1], field[2], field[3]})
	}
	return all
}

// Libraries that the archive leaves to the system: see scripts/dist/needs.sh.
var ofTheSystem = []string{"libc.so.6", "libm.so.6", "libdl.so.2", "librt.so.1", "libpthread.so.0", "ld-linux-x86-64.so.2", "libstdc++.so.6", "libgcc_s.so.1"}

// TestTheArchiveHasWhatTheProgramNeeds asks the linker what this very program
// needs: a library that somebody links comes with the archive, or this fails.
func TestTheArchiveHasWhatTheProgramNeeds(t *testing.T) {
	brought := slices.Clone(ofTheSystem)
	for _, l := range archiveLibraries(t) {
		brought = append(brought, l.file)
	}
	needed := needs(t, executable(t))
	if !slices.Contains(needed, "libtorch_cpu.so") {
		t.Fatalf("the program needs %v, want libtorch_cpu.so among them", needed)
	}
	if !slices.Contains(needed, "libOpenEXR-3_1.so.30") {
		t.Skip("this machine's OpenEXR is not that of Debian 12, which the archive is made on")
	}
	for _, name := range needed {
		if !slices.Contains(brought, name) {
			t.Errorf("the program needs %s: it is not in scripts/dist/libraries.tsv", name)
		}
	}
}

func executable(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// archive makes a folder as `make dist` packs it, with this program, empty
// libraries, a libtorch that has AsmJit inside, a notice of each of them and of
// each module, and an SBOM.
func archive(t *testing.T) (folder string, modules []string) {
	t.Helper()
	folder = t.TempDir()
	write := func(path, text string) {
		path = filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	notice := strings.Repeat("Permission is hereby granted. ", 10)
	listed := []string{"std", "bin/toolkit", "bin/toolkit-program"}
	for _, l := range archiveLibraries(t) {
		write("lib/"+l.file, "")
		write("licences/"+l.component+"/LICENSE", notice)
		listed = append(listed, "lib/"+l.file)
	}
	write("lib/libtorch_cpu.so", "\x00_ZN6asmjit5v1_17\x00")
	write("licences/torch/asmjit.txt", notice)
	info, ok := debug.ReadBuildInfo()
	if !ok || len(info.Deps) < 10 {
		t.Skip("this test was built without a list of its modules")
	}
	for _, module := range info.Deps {
		modules = append(modules, module.Path)
		write("licences/go/"+module.Path+"/LICENSE", notice)
	}
	write("licences/go/std/LICENSE", notice)
	var sbom strings.Builder
	for _, name := range append(listed, modules...) {
		fmt.Fprintf(&sbom, "   \"name\": %q,\n", name)
	}
	write("sbom.cdx.json", sbom.String())
	for _, name := range []string{"bin/toolkit", "bin/toolkit-program"} {
		write(name, "")
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(executable(t), filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	return folder, modules
}

// TestTheArchiveHasANoticeOfEachPart takes one notice away at a time.
func TestTheArchiveHasANoticeOfEachPart(t *testing.T) {
	folder, modules := archive(t)
	said := func() string {
		out, err := exec.Command(filepath.Join(root, "scripts/dist/notices.sh"), folder).CombinedOutput()
		if (err == nil) != (len(out) == 0) {
			t.Errorf("got %v beside %q, want an error where something is said, and only there", err, out)
		}
		return string(out)
	}
	if got := said(); got != "" {
		t.Fatalf("nothing is missing: got %q", got)
	}
	for _, c := range []struct{ path, want string }{
		{"licences/go/" + modules[0], fmt.Sprintf("notices: no licence of %s in licences/go\n", modules[0])},
		{"licences/go/std", "notices: no licence of std in licences/go\n"},
		{"licences/imath", "notices: no text of a licence for libImath-3_1.so.29 in licences/imath\n"},
		{"licences/torch/asmjit.txt", "notices: no text of a licence for AsmJit, which is in libtorch_cpu.so, in licences/torch/asmjit.txt\n"},
	} {
		away := filepath.Join(t.TempDir(), "away")
		if err := os.Rename(filepath.Join(folder, c.path), away); err != nil {
			t.Fatal(err)
		}
		if got := said(); got != c.want {
			t.Errorf("without %s: got %q, want %q", c.path, got, c.want)
		}
		if err := os.Rename(away, filepath.Join(folder, c.path)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "lib/libmore.so.1"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got, want := said(), "notices: libmore.so.1 is not in libraries.tsv\nnotices: lib/libmore.so.1 is not in sbom.cdx.json\n"; got != want {
		t.Errorf("with a library more: got %q, want %q", got, want)
	}
}

// TestTheArchiveIsHeldToAnOldSystem has this program stand alone in it, on a
// system that is older than any.
func TestTheArchiveIsHeldToAnOldSystem(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"bin/toolkit", "lib/libown.so"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(executable(t), filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(filepath.Join(root, "scripts/dist/needs.sh"), folder, "2.10", "3.4.1").CombinedOutput()
	if err == nil {
		t.Error("got no error, want one")
	}
	for _, want := range []string{
		"needs: bin/toolkit needs libtorch_cpu.so, which is neither in lib/ nor on every system\n",
		"needs: bin/toolkit needs glibc 2.", "needs: lib/libown.so needs glibc 2.", ", want at most 2.10\n",
		"needs: bin/toolkit needs GLIBCXX_3.4.", ", want at most 3.4.1\n",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("got %q, want %q in it", out, want)
		}
	}
	if strings.Contains(string(out), "libc.so.6") {
		t.Errorf("got %q, want nothing of what every system has", out)
	}
}

func needs(t *testing.T, program string) (libraries []string) {
	t.Helper()
	out, err := exec.Command("readelf", "-d", program).Output()
	if err != nil {
		t.Fatalf("readelf -d %s: %v", program, err)
	}
	for line := range strings.Lines(string(out)) {
		if _, name, ok := strings.Cut(line, "Shared library: ["); ok {
			libraries = append(libraries, strings.TrimSuffix(strings.TrimSpace(name), "]"))
		}
	}
	return libraries
}
