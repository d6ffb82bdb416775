// Package polyhaventest is a Poly Haven for tests: it speaks the shapes of the
// public API, serves files, and misbehaves when told to.
package polyhaventest

import (
	"bytes"
	"crypto/md5"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// Server answers /assets, /files/{slug} and the files themselves. Its zero
// value has no maps.
type Server struct {
	mu       sync.Mutex
	assets   map[string]json.RawMessage
	files    map[string][]byte  // by name: slug_1k.hdr
	faults   map[string][]Fault // by the last part of the path
	requests []Request
}

// Request is one that came.
type Request struct {
	Path, Range, IfRange, UserAgent string
	At                              time.Time
}

// Fault answers one request in place of next, the right answer.
type Fault = func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc)

// Add puts a map into the list, with what the API says of it.
func (s *Server) Add(slug, asset string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.assets == nil {
		s.assets = map[string]json.RawMessage{}
	}
	s.assets[slug] = json.RawMessage(asset)
}

// Put serves a file; its name tells its map, resolution and format.
func (s *Server) Put(name string, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files = map[string][]byte{}
	}
	s.files[name] = content
}

// Break has the next requests for a path that ends in name meet faults, one
// each.
func (s *Server) Break(name string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults == nil {
		s.faults = map[string][]Fault{}
	}
	s.faults[name] = append(s.faults[name], faults...)
}

// Requests lists what came, and forgets it.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.requests
	s.requests = nil
	return out
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	s.mu.Lock()
	s.requests = append(s.requests, Request{r.URL.RequestURI(), r.Header.Get("Range"), r.Header.Get("If-Range"), r.UserAgent(), time.Now()})
	var fault Fault
	if f := s.faults[name]; len(f) > 0 {
		fault, s.faults[name] = f[0], f[1:]
	}
	s.mu.Unlock()
	if fault != nil {
		fault(w, r, s.answer)
		return
	}
	s.answer(w, r)
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	// What is sent is found under the lock, and sent without it: a client may
	// read slowly.
	s.mu.Lock()
	assets, tree, content := maps.Clone(s.assets), s.tree(name, r), s.files[name]
	s.mu.Unlock()
	switch {
	case r.UserAgent() == "" || strings.HasPrefix(r.UserAgent(), "Go-http-client"):
		http.Error(w, "want a User-Agent", http.StatusForbidden) // the API's terms, 2.4
	case r.URL.Path == "/assets" && r.URL.Query().Get("type") == "hdris":
		writeJSON(w, assets)
	case r.URL.Path == "/files/"+name && tree != nil:
		writeJSON(w, map[string]any{"hdri": tree, "tonemapped": map[string]any{"size": 1, "md5": "", "url": ""}})
	case content != nil: // names of files have a dot, slugs have none
		w.Header().Set("ETag", `"`+digest(content)+`"`)
		w.Header().Set("Content-Type", "application/octet-stream")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	default:
		http.Error(w, "no such id", http.StatusNotFound)
	}
}

// tree is what /files says under "hdri"; nil for a map without files.
func (s *Server) tree(slug string, r *http.Request) map[string]map[string]any {
	var tree map[string]map[string]any
	for name, content := range s.files {
		rest, ok := strings.CutPrefix(name, slug+"_")
		resolution, format, dotted := strings.Cut(rest, ".")
		if !ok || !dotted || strings.Contains(resolution, "_") {
			continue
		}
		if tree == nil {
			tree = map[string]map[string]any{}
		}
		if tree[resolution] == nil {
			tree[resolution] = map[string]any{}
		}
		scheme := "http"
		if r.TLS != nil {
			scheme = "https"
		}
		tree[resolution][format] = map[string]any{
			"size": len(content),
			"md5":  digest(content),
			"url":  fmt.Sprintf("%s://%s/file/ph-assets/HDRIs/%s/%s/%s", scheme, r.Host, format, resolution, name),
		}
	}
	return tree
}

func digest(content []byte) string { return fmt.Sprintf("%x", md5.Sum(content)) }

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v) // the client hears of it
}
