// Package hubtest is a Hugging Face hub for tests: it speaks the shapes of the
// public API, keeps large files in a store on another port, and misbehaves when
// told to.
package hubtest

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clipenv/toolkit/internal/fetch/fetchtest"
)

// Server answers /api/models/NAME/revision/REVISION, …/tree/REVISION, /NAME/resolve/REVISION/FILE
// and, where Store is its own address, /store/SHA256. Its zero value has no
// models.
type Server struct {
	Store string // address that large files are sent on to; Store() answers there

	mu       sync.Mutex
	models   map[string]*model
	moved    map[string]string // names that models had
	faults   map[string][]fetchtest.Fault
	requests []Request
}

type model struct {
	refs    map[string]string // commit of a branch or tag
	commits map[string]map[string][]byte
	token   string // that may read it; "" for all
	gated   bool
}

// Request is one that came, to the hub or to its store.
type Request struct {
	Method, Path, Range, IfRange, Token string
	Store                               bool
}

// Put makes a commit of files the branch of a model, and returns it.
func (s *Server) Put(name, branch string, files map[string][]byte) (commit string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.models == nil {
		s.models = map[string]*model{}
	}
	m := s.models[name]
	if m == nil {
		m = &model{refs: map[string]string{}, commits: map[string]map[string][]byte{}}
		s.models[name] = m
	}
	sum := sha1.New()
	for _, file := range sorted(files) {
		fmt.Fprintf(sum, "%s %x\n", file, sha256.Sum256(files[file]))
	}
	commit = fmt.Sprintf("%x", sum.Sum(nil))
	m.commits[commit], m.refs[branch] = files, commit
	return commit
}

// Guard lets only a token read a model; gated, its page has to be asked too.
func (s *Server) Guard(name, token string, gated bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.models[name].token, s.models[name].gated = token, gated
}

// Move has a model answer by a new name, and send on whoever asks by the old.
func (s *Server) Move(from, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.moved == nil {
		s.moved = map[string]string{}
	}
	s.models[to], s.moved[from] = s.models[from], to
	delete(s.models, from)
}

// Break has the next requests for a path that ends in name meet faults, one
// each. A large file's store is asked by its SHA-256.
func (s *Server) Break(name string, faults ...fetchtest.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults == nil {
		s.faults = map[string][]fetchtest.Fault{}
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

// SHA256 is what the store calls a file.
func SHA256(content []byte) string { return fmt.Sprintf("%x", sha256.Sum256(content)) }

// GitSHA1 is what git calls a file.
func GitSHA1(content []byte) string {
	return fmt.Sprintf("%x", sha1.Sum(append(fmt.Appendf(nil, "blob %d\x00", len(content)), content...)))
}

func isLarge(file string) bool {
	return slices.Contains([]string{".safetensors", ".bin", ".pt"}, path.Ext(file))
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.serve(w, r, false) }

// StoreHandler is the store of large files.
func (s *Server) StoreHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, true) })
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, store bool) {
	name := path.Base(r.URL.Path)
	s.mu.Lock()
	s.requests = append(s.requests, Request{r.Method, r.URL.RequestURI(), r.Header.Get("Range"), r.Header.Get("If-Range"), r.Header.Get("Authorization"), store})
	var fault fetchtest.Fault
	if f := s.faults[name]; len(f) > 0 {
		fault, s.faults[name] = f[0], f[1:]
	}
	s.mu.Unlock()
	answer := s.hub
	if store {
		answer = s.store
	}
	if fault != nil {
		fault(w, r, answer)
		return
	}
	answer(w, r)
}

// store sends a large file by its SHA-256. It refuses the hub's tokens, as the
// real one does.
func (s *Server) store(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "" {
		http.Error(w, "only one auth mechanism allowed", http.StatusBadRequest)
		return
	}
	sum := path.Base(r.URL.Path)
	s.mu.Lock()
	var content []byte
	for _, m := range s.models {
		for _, files := range m.commits {
			for file, c := range files {
				if isLarge(file) && SHA256(c) == sum {
					content = c
				}
			}
		}
	}
	s.mu.Unlock()
	if content == nil {
		http.Error(w, "no such key", http.StatusForbidden)
		return
	}
	send(w, r, content, `"`+sum+`-1"`)
}

func send(w http.ResponseWriter, r *http.Request, content []byte, etag string) {
	w.Header().Set("ETag", etag)
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// refuse answers as the hub does: a code and a sentence in headers.
func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("X-Error-Code", code)
	w.Header().Set("X-Error-Message", message)
	http.Error(w, message, status)
}

// hub answers for models: /api/models/NAME[/revision/REVISION] and
// /NAME/resolve/REVISION/FILE.
func (s *Server) hub(w http.ResponseWriter, r *http.Request) {
	at := r.URL.EscapedPath()
	rest, api := strings.CutPrefix(at, "/api/models/")
	rest = strings.TrimPrefix(rest, "/")
	separator := "/resolve/"
	tree := api && strings.Contains(rest, "/tree/")
	switch {
	case tree:
		separator = "/tree/"
	case api:
		separator = "/revision/"
	}
	name, tail, _ := strings.Cut(rest, separator)
	revision, file, _ := strings.Cut(tail, "/")
	if revision == "" {
		revision = "main"
	}
	revision, _ = url.PathUnescape(revision)

	s.mu.Lock()
	defer s.mu.Unlock()
	if to, ok := s.moved[name]; ok {
		w.Header().Set("Location", strings.Replace(at, name, to, 1)+"?"+r.URL.RawQuery)
		w.WriteHeader(http.StatusTemporaryRedirect)
		return
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	m := s.models[name]
	switch {
	case m == nil && token == "":
		refuse(w, http.StatusUnauthorized, "", "Invalid username or password.") // so that no one learns what is private
		return
	case m == nil:
		refuse(w, http.StatusNotFound, "RepoNotFound", "Repository not found")
		return
	case m.token != "" && token == "" && m.gated:
		refuse(w, http.StatusUnauthorized, "GatedRepo", "Access to model "+name+" is restricted.")
		return
	case m.token != "" && token == "":
		refuse(w, http.StatusUnauthorized, "", "Invalid username or password.")
		return
	case m.token != "" && token != m.token && m.gated:
		refuse(w, http.StatusForbidden, "GatedRepo", "Access to model "+name+" is restricted and you are not in the authorized list.")
		return
	case m.token != "" && token != m.token:
		refuse(w, http.StatusForbidden, "", "not yours")
		return
	}
	commit := m.refs[revision]
	if m.commits[revision] != nil {
		commit = revision
	}
	if commit == "" {
		refuse(w, http.StatusNotFound, "RevisionNotFound", "Invalid rev id: "+revision)
		return
	}
	if tree {
		writeTree(w, m.commits[commit])
		return
	}
	if api {
		writeInfo(w, name, commit, m.commits[commit])
		return
	}
	content, ok := m.commits[commit][file]
	w.Header().Set("X-Repo-Commit", commit)
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "EntryNotFound", "Entry not found")
	case isLarge(file):
		w.Header().Set("X-Linked-Etag", `"`+SHA256(content)+`"`)
		w.Header().Set("X-Linked-Size", fmt.Sprint(len(content)))
		w.Header().Set("Location", s.Store+"/store/"+SHA256(content)+"?Signature=secret")
		w.WriteHeader(http.StatusFound)
	default:
		send(w, r, content, `"`+GitSHA1(content)+`"`)
	}
}

func writeInfo(w http.ResponseWriter, name, commit string, files map[string][]byte) {
	siblings := []map[string]any{}
	for _, file := range sorted(files) {
		content := files[file]
		entry := map[string]any{"rfilename": file, "size": len(content), "blobId": GitSHA1(content)}
		if isLarge(file) {
			entry["blobId"] = GitSHA1([]byte("pointer of " + file))
			entry["lfs"] = map[string]any{"sha256": SHA256(content), "size": len(content), "pointerSize": 130}
		}
		siblings = append(siblings, entry)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"_id": "1", "id": name, "modelId": name, "sha": commit, "private": false, "gated": false, "disabled": false,
		"tags": []string{}, "downloads": 1, "likes": 1, "siblings": siblings,
	}) // the client hears of it
}

// writeTree lists files as Python's library asks for them.
func writeTree(w http.ResponseWriter, files map[string][]byte) {
	entries := []map[string]any{}
	for _, file := range sorted(files) {
		content := files[file]
		entry := map[string]any{"type": "file", "path": file, "size": len(content), "oid": GitSHA1(content)}
		if isLarge(file) {
			entry["lfs"] = map[string]any{"oid": SHA256(content), "size": len(content), "pointerSize": 130}
		}
		entries = append(entries, entry)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(entries) // the client hears of it
}

func sorted(files map[string][]byte) (names []string) {
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
