package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/clipenv/toolkit/internal/fetch/fetchtest"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/polyhaven/polyhaventest"
	"github.com/clipenv/toolkit/pkg/synth"
)

// havenMaps are what scripts and the documentation's commands find at Poly
// Haven: drawn maps under made-up names, and some that meet faults.
var havenMaps = []struct{ slug, says, files string }{
	{"harbour_dawn", `{"name":"Harbour Dawn","category":"Coast & Water/Harbours","categories":["outdoor","urban","sunrise-sunset"],"tags":["boat","sea"],"authors":{"Ada":"All"},"attributes":{"time_of_day":"sunrise","weather":"partly_cloudy"},"files_hash":"h"}`, "1k.hdr 2k.hdr 1k.exr"},
	{"machine_hall", `{"name":"Machine Hall","category":"Industrial/Halls","categories":["indoor","artificial light"],"tags":["factory"],"authors":{"Bob":"All"},"attributes":{"environment":"indoor"},"files_hash":"h"}`, "1k.hdr 2k.hdr"},
	{"pebble_beach", `{"name":"Pebble Beach","category":"Coast & Water/Beaches","categories":["outdoor","nature","midday"],"tags":["sea","rock"],"authors":{"Ada":"All"},"attributes":{"time_of_day":"midday","weather":"clear","pure_sky":false},"files_hash":"h"}`, "1k.hdr"},
	{"zz_cut", `{"categories":["faults"]}`, "1k.hdr"},
	{"zz_gone", `{"categories":["faults"]}`, ""},
	{"zz_spoilt", `{"categories":["faults"]}`, "1k.hdr"},
}

// havenFiles draws and encodes them, once for all scripts.
var havenFiles = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "haven")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	files := map[string][]byte{}
	for i, m := range havenMaps {
		for suffix := range strings.FieldsSeq(m.files) {
			width := map[string]int{"1k": 32, "2k": 64}[suffix[:2]]
			name := m.slug + "_" + suffix
			path := filepath.Join(dir, name)
			if err := hdr.Write(path, synth.New(9, uint64(i)).Draw(width, width/2), hdr.WriteOptions{}); err != nil {
				return nil, err
			}
			if files[name], err = os.ReadFile(path); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
})

func newHaven() (*polyhaventest.Server, error) {
	files, err := havenFiles()
	if err != nil {
		return nil, err
	}
	s := &polyhaventest.Server{}
	for _, m := range havenMaps {
		s.Add(m.slug, m.says)
	}
	for name, content := range files {
		s.Put(name, content)
	}
	s.Break("zz_cut_1k.hdr", fetchtest.Cut(100))
	s.Break("zz_spoilt_1k.hdr", slices.Repeat([]fetchtest.Fault{fetchtest.Spoil(300)}, 4)...)
	return s, nil
}

// serveHaven gives a script a Poly Haven of its own.
func serveHaven(env *testscript.Env) error {
	s, err := newHaven()
	if err != nil {
		return err
	}
	server := httptest.NewServer(s)
	env.Defer(server.Close)
	env.Setenv("TOOLKIT_POLYHAVEN", server.URL)
	return nil
}

func TestInterruptedDownloadSaysHowToGoOn(t *testing.T) {
	s, err := newHaven()
	if err != nil {
		t.Fatal(err)
	}
	s.Break("pebble_beach_1k.hdr", fetchtest.Stall(1000))
	server := httptest.NewServer(s)
	defer server.Close()
	dir := filepath.Join(t.TempDir(), "maps")
	command := func() (*exec.Cmd, *strings.Builder) {
		cmd := exec.Command("toolkit", "dataset", "download", "-o", dir, "--name", "pebble_beach", "--rate", "1000")
		cmd.Env = append(os.Environ(), "TOOLKIT_POLYHAVEN="+server.URL)
		var said strings.Builder
		cmd.Stderr = &said
		return cmd, &said
	}
	cmd, said := command()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(dir, "pebble_beach_1k.hdr")
	for {
		if info, err := os.Stat(target + ".part"); err == nil && info.Size() == 1000 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its status is looked at
	if got := cmd.ProcessState.ExitCode(); got != statusInterrupted {
		t.Errorf("got exit status %d, want %d", got, statusInterrupted)
	}
	if want := "toolkit: fetching 1 map: interrupted after 1000 B of "; !strings.Contains(said.String(), want) || !strings.HasSuffix(said.String(), "; run the same command again to go on\n") {
		t.Errorf("said %s\nwant %s, and how to go on at the end", said, want)
	}

	if cmd, said = command(); cmd.Run() != nil {
		t.Fatalf("the second run said %s", said)
	}
	files, err := havenFiles()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(target); err != nil || !bytes.Equal(got, files["pebble_beach_1k.hdr"]) {
		t.Errorf("the file has %d bytes, %v, want the server's %d", len(got), err, len(files["pebble_beach_1k.hdr"]))
	}
	if _, err := os.Stat(target + ".part"); err == nil {
		t.Error("the part is still there")
	}
}
