package libtorch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// folder makes a libtorch's folder with the files named.
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

const inLib = "lib/" + library

func TestTheFirstPlaceWithTheRightVersionIsFound(t *testing.T) {
	wheel := folder(t, map[string]string{inLib: "", "version.py": "debug = False\n__version__ = '2.11.0+cu130'\n"})
	archive := folder(t, map[string]string{inLib: "", "build-version": "2.11.0+cpu\n"})
	old := folder(t, map[string]string{inLib: "", "version.py": "__version__ = \"2.4.1\"\n"})
	mute := folder(t, map[string]string{inLib: ""})
	cache := folder(t, map[string]string{
		"libtorch-2.11.0/torch/" + inLib:   "",
		"libtorch-2.11.0/torch/version.py": "__version__ = '2.11.0'\n",
	})
	empty := t.TempDir()
	const hint = "; name the folder of a libtorch 2.11.0, or unset LIBTORCH"

	for _, c := range []struct {
		name   string
		places Places
		dir    string // whose lib/ is found
		err    string
	}{
		{"a wheel", Places{Named: wheel}, wheel, ""},
		{"an archive", Places{Named: archive}, archive, ""},
		{"named before all others", Places{wheel, mute, archive, cache}, wheel, ""},
		{"an installation", Places{Prefix: mute, Built: archive, Cache: cache}, mute, ""},
		{"an old installation", Places{Prefix: old, Built: archive}, archive, ""},
		{"where it was built", Places{Prefix: empty, Built: archive, Cache: cache}, archive, ""},
		{"gone from where it was built", Places{Built: empty, Cache: cache}, cache + "/libtorch-2.11.0/torch", ""},

		{"named, and nothing there", Places{empty, mute, archive, cache}, "", "LIBTORCH=" + empty + ": no lib/libtorch_cpu.so there" + hint},
		{"named, without a version", Places{Named: mute}, "", "LIBTORCH=" + mute + ": says no version (neither version.py nor build-version there), want 2.11.0" + hint},
		{"named, an old one", Places{Named: old}, "", "LIBTORCH=" + old + ": is libtorch 2.4.1, want 2.11.0" + hint},
		{"nowhere", Places{Prefix: empty, Built: mute, Cache: empty}, "",
			"no libtorch 2.11.0 (" + empty + ": no lib/libtorch_cpu.so there; " + mute + ": says no version (neither version.py nor build-version there), want 2.11.0; " +
				empty + "/libtorch-2.11.0/torch: no lib/libtorch_cpu.so there); run `make setup`, or set LIBTORCH to the folder of one"},
	} {
		lib, err := Find(c.places)
		want, message := "", ""
		if c.dir != "" {
			want = c.dir + "/lib"
		}
		if err != nil {
			message = err.Error()
		}
		if lib != want || message != c.err {
			t.Errorf("%s:\ngot  %q, %q\nwant %q, %q", c.name, lib, message, want, c.err)
		}
	}
}

func TestAProgramConfirmsWhatItRunsOn(t *testing.T) {
	dir := folder(t, map[string]string{inLib: ""})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	loaded := filepath.Join(dir, inLib)
	for _, c := range []struct{ name, named, version, err string }{
		{"nothing named", "", Version, ""},
		{"the same", dir, Version, ""},
		{"the same by another name", link, Version, ""},
		{"a wrong one", "", "2.4.1", loaded + " is libtorch 2.4.1, want 2.11.0; set LIBTORCH to the folder of a libtorch 2.11.0"},
		{"another", "/opt/torch", Version, "LIBTORCH=/opt/torch: the program runs on " + loaded + " in its place; start it by bin/toolkit, or set LD_LIBRARY_PATH=/opt/torch/lib"},
	} {
		message := ""
		if err := Confirm(c.named, loaded, c.version); err != nil {
			message = err.Error()
		}
		if message != c.err {
			t.Errorf("%s: got %q, want %q", c.name, message, c.err)
		}
	}
}

func TestEnvironmentPutsTheLibrariesFirst(t *testing.T) {
	tooOld := func(folder string) bool { return folder == "/old" }
	got := Environment([]string{"A=1", "LD_LIBRARY_PATH=/x:/y", "B=2"}, "/new/lib", tooOld)
	want := []string{"A=1", "B=2", "LD_LIBRARY_PATH=/new/lib:/x:/y"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// An empty entry would mean the current folder to the loader, which also
	// takes semicolons.
	for old, want := range map[string]string{
		"":             "/new/lib",
		":":            "/new/lib",
		";:":           "/new/lib",
		"/x:":          "/new/lib:/x",
		":/x":          "/new/lib:/x",
		"/x::/y":       "/new/lib:/x:/y",
		"/x;/y;;/z::.": "/new/lib:/x:/y:/z:.",
		"/x:/old:/y":   "/new/lib:/x:/y",
		"/old":         "/new/lib",
	} {
		got := Environment([]string{"LD_LIBRARY_PATH=" + old}, "/new/lib", tooOld)
		if want = "LD_LIBRARY_PATH=" + want; got[0] != want {
			t.Errorf("%q: got %q, want %q", old, got[0], want)
		}
	}
}

// What an empty entry would name is not looked at: the loader will not either.
func TestTheCurrentFolderIsNoLibraryFolder(t *testing.T) {
	shell, err := filepath.EvalSymlinks("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder(t, map[string]string{"libc.so.6": ""}))
	t.Setenv("LD_LIBRARY_PATH", "/nowhere::")
	got, err := missing(shell, "/nowhere", func(string) bool { return false })
	if err != nil || !slices.Contains(got, "libc.so.6") {
		t.Errorf("got %q, %v, want libc.so.6 among what is missing", got, err)
	}
}

func TestWaitingThreadsYieldUnlessTheUserSaysHow(t *testing.T) {
	for _, c := range []struct{ env, want []string }{
		{[]string{"A=1"}, []string{"A=1", "GOMP_SPINCOUNT=1000"}},
		{[]string{"GOMP_SPINCOUNT=7"}, []string{"GOMP_SPINCOUNT=7"}},
		{[]string{"OMP_WAIT_POLICY=active"}, []string{"OMP_WAIT_POLICY=active"}},
		{[]string{"GOMP_SPINCOUNT="}, []string{"GOMP_SPINCOUNT=1000"}},
		{[]string{"NOT_OMP_WAIT_POLICY=x"}, []string{"NOT_OMP_WAIT_POLICY=x", "GOMP_SPINCOUNT=1000"}},
	} {
		if got := Yielding(c.env); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.env, got, c.want)
		}
	}
}

func TestWaitingIsSaid(t *testing.T) {
	for _, c := range []struct{ policy, spins, want string }{
		{"", "", "the default of libgomp"},
		{"", "1000", "GOMP_SPINCOUNT=1000"},
		{"passive", "", "OMP_WAIT_POLICY=passive"},
		{"", "\x1b[31m", `GOMP_SPINCOUNT="\x1b[31m"`},
		{"passive", "9", "OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=9"},
	} {
		t.Setenv("OMP_WAIT_POLICY", c.policy)
		t.Setenv("GOMP_SPINCOUNT", c.spins)
		if got := Waiting(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// Every dynamic program of this machine loads: what one needs is found.
func TestNothingOfTheShellIsMissing(t *testing.T) {
	got, err := missing("/bin/sh", "", systemLibraries())
	if err != nil || len(got) > 0 {
		t.Errorf("got %q, %v, want nothing missing", got, err)
	}
	got, err = missing("/bin/sh", "", func(string) bool { return false })
	if err != nil || !slices.Contains(got, "libc.so.6") {
		t.Errorf("without the system's folders: got %q, %v, want libc.so.6 among them", got, err)
	}
}

func TestWhatIsNoProgramIsSaid(t *testing.T) {
	dir := folder(t, map[string]string{inLib: "", "text": "#!/bin/sh\n", "cut": "\x7fELF\x02\x01\x01"})
	for _, name := range []string{inLib, "text", "cut"} {
		path := filepath.Join(dir, name)
		if _, err := missing(path, "", systemLibraries()); err == nil || !strings.HasPrefix(err.Error(), path+" is no program or library for this machine: ") {
			t.Errorf("%s: got error %v, want that it is no program or library", name, err)
		}
	}
}

// Files come from outside: whatever they hold, dynamic ends with an answer.
func FuzzDynamic(f *testing.F) {
	shell, err := os.ReadFile("/bin/sh")
	if err != nil {
		f.Skip(err)
	}
	f.Add(shell[:min(len(shell), 4096)])
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "object")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _ = missing(path, "", systemLibraries()) // it neither panics nor hangs
	})
}
