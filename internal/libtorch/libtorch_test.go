package libtorch

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// folder makes a libtorch's folder, with the files named, and lib/.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const library = "lib/libtorch_cpu.so"

func TestWantedFolder(t *testing.T) {
	wheel := folder(t, map[string]string{library: "", "version.py": "debug = False\n__version__ = '2.11.0+cu130'\n"})
	archive := folder(t, map[string]string{library: "", "build-version": "2.11.0+cpu\n"})
	old := folder(t, map[string]string{library: "", "version.py": "__version__ = \"2.4.1\"\n"})
	mute := folder(t, map[string]string{library: ""})
	empty := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(wheel, link); err != nil {
		t.Fatal(err)
	}
	elsewhere := "/opt/torch/" + library

	for _, c := range []struct {
		name, env, loaded, version, tried string
		dir, err                          string
	}{
		{name: "not set", loaded: elsewhere, version: Version},
		{name: "not set, wrong library", loaded: elsewhere, version: "2.4.1",
			err: elsewhere + " is libtorch 2.4.1, want 2.11.0; set LIBTORCH to the folder of a libtorch 2.11.0"},
		{name: "a wheel", env: wheel, loaded: elsewhere, version: Version, dir: wheel},
		{name: "a wheel instead of a wrong one", env: wheel, loaded: elsewhere, version: "2.4.1", dir: wheel},
		{name: "an archive", env: archive, loaded: elsewhere, version: Version, dir: archive},
		{name: "the one in use", env: wheel, loaded: filepath.Join(wheel, library), version: Version},
		{name: "the one in use by another name", env: link, loaded: filepath.Join(wheel, library), version: Version},
		{name: "tried for another folder", env: wheel, loaded: elsewhere, version: Version, tried: archive, dir: wheel},
		{name: "tried in vain", env: wheel, loaded: elsewhere, version: Version, tried: wheel,
			err: "LIBTORCH=" + wheel + ": the loader took " + elsewhere + " in its place; see what LD_PRELOAD names, and whether the program was linked with an rpath that comes first"},
		{name: "no library", env: empty, loaded: elsewhere, version: Version,
			err: "LIBTORCH=" + empty + ": no lib/libtorch_cpu.so there; name the folder of a libtorch 2.11.0, or unset LIBTORCH"},
		{name: "no version", env: mute, loaded: elsewhere, version: Version,
			err: "LIBTORCH=" + mute + ": says no version (neither version.py nor build-version there), want 2.11.0; name another folder, or unset LIBTORCH"},
		{name: "an old one", env: old, loaded: elsewhere, version: Version,
			err: "LIBTORCH=" + old + ": is libtorch 2.4.1, want 2.11.0; name another folder, or unset LIBTORCH"},
	} {
		dir, err := wanted(c.env, c.loaded, c.version, c.tried)
		message := ""
		if err != nil {
			message = err.Error()
		}
		if dir != c.dir || message != c.err {
			t.Errorf("%s: got %q, %q, want %q, %q", c.name, dir, message, c.dir, c.err)
		}
	}
}

func TestEnvironmentPutsTheLibrariesFirst(t *testing.T) {
	got := environment([]string{"A=1", "LD_LIBRARY_PATH=/x:/y", triedEnv + "=/old", "B=2"}, "/new")
	want := []string{"A=1", "B=2", "LD_LIBRARY_PATH=/new/lib:/x:/y", triedEnv + "=/new"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// An empty entry would mean the current folder to the loader.
	got = environment([]string{"LD_LIBRARY_PATH="}, "/new")
	if want := "LD_LIBRARY_PATH=/new/lib"; got[0] != want {
		t.Errorf("got %q, want %q", got[0], want)
	}
}
