package fetch

import (
	"bytes"
	"crypto/md5"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAgent(t *testing.T) {
	c := New(Settings{Rate: 1, Version: "v1 (dirty)"})
	if want := "clipenv-toolkit/v1--dirty- (+https://github.com/clipenv/toolkit)"; c.agent != want {
		t.Errorf("got %q, want %q: a User-Agent without spaces in its version", c.agent, want)
	}
}

// A token goes with a request as far as its server sends it on to itself, and
// not to another name, nor to another port of its own.
func TestATokenStaysWithItsServer(t *testing.T) {
	got := map[string]string{}
	seen := func(name string, h http.HandlerFunc) *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got[name+r.URL.Path] = r.Header.Get("Authorization")
			h(w, r)
		}))
		t.Cleanup(s.Close)
		return s
	}
	store := seen("store", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "{}") })
	hub := seen("hub", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusTemporaryRedirect)
		} else {
			http.Redirect(w, r, store.URL+"/blob", http.StatusFound)
		}
	})
	u, _ := url.Parse(hub.URL + "/old")
	c := New(Settings{Rate: 1000})
	err := c.Attempt(t.Context(), u, http.Header{"Authorization": {"Bearer hf_x"}}, func(resp *http.Response) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"hub/old": "Bearer hf_x", "hub/new": "Bearer hf_x", "store/blob": ""} {
		if token, asked := got[name]; !asked || token != want {
			t.Errorf("%s: got token %q (asked: %v), want %q", name, token, asked, want)
		}
	}
}

func TestFullDiskIsSaid(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	own := openOwn
	defer func() { openOwn = own }()
	openOwn = func(string) (*os.File, error) { return os.OpenFile("/dev/full", os.O_RDWR, 0) }
	content := bytes.Repeat([]byte{1}, 5000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(content) }))
	defer server.Close()
	u, _ := url.Parse(server.URL)
	part := filepath.Join(t.TempDir(), "a.part")
	want := File{Target: "a", Part: part, What: "a map", Size: 5000, Digest: "?", SumName: "md5", Sum: func() hash.Hash { return md5.New() }}
	err := New(Settings{Name: "hub", Rate: 1000}).Download(t.Context(), u, nil, want, func(int64) {})
	var local Local
	if !errors.As(err, &local) || !strings.HasSuffix(err.Error(), "write "+part+": no space left on device; this file alone needs 4.9 KiB more; free some room and run the same command again") {
		t.Errorf("got %v, want that the disk is full and what to do", err)
	}
}
