package hub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/clipenv/toolkit/internal/fetch/fetchtest"
	"github.com/clipenv/toolkit/internal/hub/hubtest"
)

const vit = "openai/tiny-vit"

// some bytes that no file looks like.
func noise(n int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// vitFiles are what the hub has of a model: more than is wanted.
func vitFiles(seed uint64) map[string][]byte {
	return map[string][]byte{
		"README.md": []byte("# tiny"), "flax_model.msgpack": noise(100, 9), "pytorch_model.bin": noise(5000, 8),
		"config.json": []byte(`{"model_type":"clip"}`), "tokenizer.json": []byte(`{"v":1}`), "merges.txt": []byte("#version: 0.2\n"),
		"model.safetensors": noise(5000, seed),
	}
}

var vitWanted = []string{"config.json", "merges.txt", "model.safetensors", "tokenizer.json"}

// hubs starts a hub with one model, and returns it with a client that has an
// empty cache.
func hubs(t *testing.T, change ...func(*Settings)) (*hubtest.Server, *Hub) {
	t.Helper()
	s := &hubtest.Server{}
	s.Put(vit, "main", vitFiles(1))
	store := httptest.NewServer(s.StoreHandler())
	t.Cleanup(store.Close)
	s.Store = store.URL
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	settings := Settings{Endpoint: server.URL, Cache: t.TempDir()}
	for _, f := range change {
		f(&settings)
	}
	h, err := New(settings, Options{Version: "v1", Log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	return s, h
}

var unseen = Progress{Grown: func(int64) {}, Done: func(string) {}}

func pull(ctx context.Context, h *Hub, name, revision string, p Progress) (Pulled, error) {
	plan, err := h.Plan(ctx, name, revision, false)
	if err != nil {
		return Pulled{}, err
	}
	return h.Fetch(ctx, plan, p)
}

// wantWhole holds a snapshot against the files that the hub has.
func wantWhole(t *testing.T, h *Hub, commit string, files map[string][]byte) {
	t.Helper()
	for _, name := range vitWanted {
		path := filepath.Join(h.Cache.snapshotFolder(vit, commit), name)
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, files[name]) {
			t.Errorf("%s: got %d bytes, %v, want the hub's %d", name, len(got), err, len(files[name]))
		}
		want := "../../blobs/" + hubtest.GitSHA1(files[name])
		if isWeights(name) {
			want = "../../blobs/" + hubtest.SHA256(files[name])
		}
		if to, err := os.Readlink(path); err != nil || to != want {
			t.Errorf("%s: links to %q, %v, want %q", name, to, err, want)
		}
	}
	if parts, _ := filepath.Glob(filepath.Join(h.Cache.folder(vit), "blobs", "*"+incompleteSuffix)); len(parts) > 0 {
		t.Errorf("%q are left", parts)
	}
}

func TestPullBringsWhatIsReadAndNoMore(t *testing.T) {
	s, h := hubs(t)
	var grown int64
	done, err := pull(t.Context(), h, vit, "", Progress{Done: unseen.Done, Grown: func(n int64) { grown += n }})
	if err != nil {
		t.Fatal(err)
	}
	wantWhole(t, h, done.Commit, vitFiles(1))
	if !slices.Equal(done.Fetched, vitWanted) || grown != done.Bytes {
		t.Errorf("got %q, %d bytes of %d, want %q", done.Fetched, grown, done.Bytes, vitWanted)
	}
	ref, err := os.ReadFile(filepath.Join(h.Cache.folder(vit), "refs", "main"))
	if err != nil || string(ref) != done.Commit {
		t.Errorf("refs/main is %q, %v, want %s and no line end", ref, err, done.Commit)
	}
	s.Requests()
	again, err := pull(t.Context(), h, vit, "", unseen)
	if requests := s.Requests(); err != nil || len(again.Fetched) != 0 || len(requests) != 1 {
		t.Errorf("the second pull: got %q, %v, %d requests, want nothing fetched and one request", again.Fetched, err, len(requests))
	}
}

// A newer commit costs only what is new in it, and the older one stays.
func TestANewCommitSharesBlobs(t *testing.T) {
	s, h := hubs(t)
	old, err := pull(t.Context(), h, vit, "", unseen)
	if err != nil {
		t.Fatal(err)
	}
	s.Put(vit, "main", vitFiles(2))
	done, err := pull(t.Context(), h, vit, "", unseen)
	if err != nil || !slices.Equal(done.Fetched, []string{"model.safetensors"}) {
		t.Fatalf("got %q, %v, want the weights alone", done.Fetched, err)
	}
	wantWhole(t, h, done.Commit, vitFiles(2))
	wantWhole(t, h, old.Commit, vitFiles(1))

	freed, err := h.Cache.Remove(vit, old.Commit)
	if small := old.Bytes - 5000; err != nil || freed.Freed != 5000 || freed.Kept != small {
		t.Errorf("got %+v, %v, want 5000 bytes freed and %d kept", freed, err, small)
	}
	wantWhole(t, h, done.Commit, vitFiles(2))
	if freed, err = h.Cache.Remove(vit, ""); err != nil || freed.Freed != done.Bytes {
		t.Errorf("got %+v, %v, want %d bytes freed", freed, err, done.Bytes)
	}
	if left, _ := os.ReadDir(h.Cache.Path); len(left) != 1 || left[0].Name() != ".locks" {
		t.Errorf("%v are left, want no model", left)
	}
}

func TestRevisions(t *testing.T) {
	s, h := hubs(t)
	tag := s.Put(vit, "refs/pr/3", vitFiles(3))
	for _, revision := range []string{"refs/pr/3", tag} {
		done, err := pull(t.Context(), h, vit, revision, unseen)
		if err != nil || done.Commit != tag {
			t.Fatalf("%s: got %+v, %v, want %s", revision, done, err, tag)
		}
	}
	for _, name := range []string{vit, vit + "@refs/pr/3", vit + "@" + tag, vit + "@" + tag[:8]} {
		found, err := h.Cache.Find(name)
		if err != nil || found.Commit != tag || found.Weights[0] != "model.safetensors" {
			t.Errorf("%s: got %+v, %v, want %s", name, found, err, tag)
		}
	}
	if _, err := h.Cache.Find(vit + "@main"); err == nil || !strings.Contains(err.Error(), "the cache has refs/pr/3, and not main: `toolkit model pull openai/tiny-vit` brings it") {
		t.Errorf("got %v, want what the cache has and the command", err)
	}
}

// The token goes to the hub, also where a model has a new name, and never to the
// store.
func TestTheTokenGoesNoFurtherThanTheHub(t *testing.T) {
	s, h := hubs(t, func(x *Settings) { x.Token = "hf_right" })
	s.Guard(vit, "hf_right", true)
	s.Move(vit, "openai/renamed")
	if _, err := pull(t.Context(), h, vit, "", unseen); err != nil {
		t.Fatal(err)
	}
	toStore := 0
	for _, r := range s.Requests() {
		want := "Bearer hf_right"
		if r.Store {
			want = ""
			toStore++
		}
		if r.Token != want {
			t.Errorf("%s: got token %q, want %q", r.Path, r.Token, want)
		}
	}
	if toStore != 1 {
		t.Errorf("the store was asked %d times, want once", toStore)
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		guard, token string
		gated        bool
		model, rev   string
		want         string
	}{
		"not there":      {model: "openai/none", want: `answers "401 Unauthorized": there is no such model, or it is private: check the name, or set HF_TOKEN to a token`},
		"not there, 404": {model: "openai/none", token: "hf_a", want: `answers "404 Not Found": there is no such model: check the name`},
		"no revision":    {rev: "v9", want: "the model has no such revision: check --revision"},
		"private":        {guard: "hf_b", want: "or it is private"},
		"not mine":       {guard: "hf_b", token: "hf_a", want: "the token in HF_TOKEN may not read it"},
		"gated":          {guard: "hf_b", gated: true, want: "the model is gated: ask for access on its page, then set HF_TOKEN"},
		"not let in":     {guard: "hf_b", gated: true, token: "hf_a", want: "the model is gated: ask for access on its page with the account of the token in HF_TOKEN"},
	} {
		t.Run(name, func(t *testing.T) {
			s, h := hubs(t, func(x *Settings) { x.Token, x.TokenFrom = c.token, "HF_TOKEN" })
			s.Guard(vit, c.guard, c.gated)
			if c.model == "" {
				c.model = vit
			}
			_, err := pull(t.Context(), h, c.model, c.rev, unseen)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if n := len(s.Requests()); n != 1 {
				t.Errorf("%d requests, want one: asking again mends nothing", n)
			}
		})
	}
}

// An interrupted pull leaves its part, under the name that it goes on from; the
// revision stands for what it stood for.
func TestAnInterruptedPullIsGoneOnWith(t *testing.T) {
	s, h := hubs(t)
	ctx, cancel := context.WithCancel(t.Context())
	files := vitFiles(1)
	s.Break(hubtest.SHA256(files["model.safetensors"]), fetchtest.Stall(2000))
	left := int64(len(files["config.json"]) + len(files["merges.txt"]) + 2000)
	watch := Progress{Done: unseen.Done, Grown: func(n int64) {
		if left -= n; left <= 0 {
			cancel()
		}
	}}
	if _, err := pull(ctx, h, vit, "", watch); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want an interruption", err)
	}
	part := h.Cache.blob(vit, hubtest.SHA256(vitFiles(1)["model.safetensors"])) + incompleteSuffix
	if info, err := os.Stat(part); err != nil || info.Size() != 2000 {
		t.Fatalf("the part: got %v, %v, want 2000 bytes", info, err)
	}
	if _, err := h.Cache.Find(vit); err == nil || !strings.Contains(err.Error(), "`toolkit model pull openai/tiny-vit` brings the rest") {
		t.Errorf("got %v, want the command that goes on", err)
	}
	s.Requests()
	plan, err := h.Plan(t.Context(), vit, "", false)
	if files, size, have := plan.ToFetch(); err != nil || files != 2 || size-have != 3000+int64(len(vitFiles(1)["tokenizer.json"])) {
		t.Errorf("got %d files, %d of %d bytes there, %v, want 3000 bytes of the weights to come", files, have, size, err)
	}
	done, err := h.Fetch(t.Context(), plan, unseen)
	if err != nil {
		t.Fatal(err)
	}
	wantWhole(t, h, done.Commit, vitFiles(1))
	if r := s.Requests(); !slices.ContainsFunc(r, func(r hubtest.Request) bool { return r.Store && r.Range == "bytes=2000-" }) {
		t.Errorf("got %+v, want one for the rest", r)
	}
}

// Whatever lies in a part's place, what comes of it is right.
func TestAWrongPartIsGivenUp(t *testing.T) {
	right := vitFiles(1)["model.safetensors"]
	for name, part := range map[string][]byte{"wrong": noise(3000, 7), "longer": noise(9000, 7), "wrong and whole": noise(5000, 7), "whole": right} {
		t.Run(name, func(t *testing.T) {
			_, h := hubs(t)
			path := h.Cache.blob(vit, hubtest.SHA256(right)) + incompleteSuffix
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, part, 0o644)); err != nil {
				t.Fatal(err)
			}
			done, err := pull(t.Context(), h, vit, "", unseen)
			if err != nil {
				t.Fatal(err)
			}
			wantWhole(t, h, done.Commit, vitFiles(1))
		})
	}
}

// Pulls that run side by side bring each file once between them.
func TestPullsSideBySide(t *testing.T) {
	s, h := hubs(t)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := pull(t.Context(), h, vit, "", unseen); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	commit, err := h.Cache.commit(vit, "main")
	if err != nil {
		t.Fatal(err)
	}
	wantWhole(t, h, commit, vitFiles(1))
	asked := map[string]int{}
	for _, r := range s.Requests() {
		asked[r.Path]++
	}
	for path, n := range asked {
		if n != 1 && !strings.HasPrefix(path, "/api/") {
			t.Errorf("%s: asked for %d times, want once", path, n)
		}
	}
}

func TestOffline(t *testing.T) {
	s, h := hubs(t)
	done, err := pull(t.Context(), h, vit, "", unseen)
	if err != nil {
		t.Fatal(err)
	}
	s.Requests()
	offline, err := New(Settings{Endpoint: DefaultEndpoint, Cache: h.Cache.Path, Offline: true}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := pull(t.Context(), offline, vit, "", unseen)
	if err != nil || again.Commit != done.Commit || !slices.Equal(again.Files, vitWanted) || again.Bytes != done.Bytes {
		t.Errorf("got %+v, %v, want %+v", again, err, done)
	}
	for name, want := range map[string]string{
		"openai/none": "hub: openai/none is not in the cache",
		vit + "@v2":   "HF_HUB_OFFLINE is set, so that the hub is not asked",
	} {
		model, revision := SplitName(name)
		if _, err := pull(t.Context(), offline, model, revision, unseen); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests, want none", n)
	}
}

func TestVerifyFindsDamage(t *testing.T) {
	_, h := hubs(t)
	done, err := pull(t.Context(), h, vit, "", unseen)
	if err != nil {
		t.Fatal(err)
	}
	verify := func() Verified {
		t.Helper()
		models, err := h.Cache.Select([]string{vit})
		if err != nil {
			t.Fatal(err)
		}
		v, err := h.Cache.Verify(t.Context(), models[0], func(int64) {})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := verify(); v.Files != 4 || v.Bytes != done.Bytes || len(v.Faults) != 0 {
		t.Errorf("got %+v, want 4 files as they should be", v)
	}
	weights := h.Cache.blob(vit, hubtest.SHA256(vitFiles(1)["model.safetensors"]))
	spoilt := vitFiles(1)["model.safetensors"]
	spoilt[4321] ^= 1
	if err := os.WriteFile(weights, spoilt, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(h.Cache.blob(vit, hubtest.GitSHA1(vitFiles(1)["config.json"]))); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(verify().Faults)
	for _, want := range []string{"config.json its blob is gone", "model.safetensors damaged: its sha256 is " + hubtest.SHA256(spoilt)[:12]} {
		if !strings.Contains(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	plan, err := h.Plan(t.Context(), vit, "", true)
	if err == nil {
		_, err = h.Fetch(t.Context(), plan, unseen)
	}
	if err != nil {
		t.Fatal(err)
	}
	wantWhole(t, h, done.Commit, vitFiles(1))
}
