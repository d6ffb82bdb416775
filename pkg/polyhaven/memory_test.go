package polyhaven

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/clipenv/toolkit/internal/fetch/fetchtest"
	"github.com/clipenv/toolkit/pkg/polyhaven/polyhaventest"
)

// serve starts a handler for every host, and returns a client of it. It ends
// with the test's bubble.
func serve(t *testing.T, h http.Handler, s Settings) *Client {
	t.Helper()
	s.Transport = fetchtest.Serve(t, h, s.Base == "")
	if s.Rate == 0 {
		s.Rate = 1000
	}
	if s.Version == "" {
		s.Version = "v1.2"
	}
	if s.Log == nil {
		s.Log = t.Logf
	}
	c, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// haven is a server with maps a, b, c … of the given size, at 1k and 2k.
func haven(maps int, size int) *polyhaventest.Server {
	s := &polyhaventest.Server{}
	for i := range maps {
		slug := string(rune('a' + i))
		s.Add(slug, fmt.Sprintf(`{"type":0,"name":"Map %s","categories":["outdoor"],"tags":["grass"],"authors":{"Ada":"All"},"files_hash":"h1"}`, slug))
		for _, resolution := range []string{"1k", "2k"} {
			s.Put(slug+"_"+resolution+".hdr", content(slug+resolution, size))
		}
	}
	return s
}

// content is a file that looks like a map at its beginning and is told from
// others by what follows.
func content(seed string, size int) []byte {
	b := []byte("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n")
	state := uint32(2166136261)
	for _, r := range seed {
		state = (state ^ uint32(r)) * 16777619
	}
	for len(b) < size {
		state = state*1664525 + 1013904223
		b = append(b, byte(state>>24))
	}
	return b[:size]
}
