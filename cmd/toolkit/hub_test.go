package main

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/clipenv/toolkit/internal/fetch/fetchtest"
	"github.com/clipenv/toolkit/internal/hub/hubtest"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/clip/bpe"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

// published is a CLIP as it is published, with a vision transformer and OpenAI's
// names, but tiny and of random weights.
var published = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "published")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	small := clip.Transformer{Dim: 64, Layers: 1, Heads: 1, Hidden: 128}
	config := clip.Config{
		Embed: 16, MaxScale: 100,
		Image: clip.ImageConfig{Kind: clip.ViT, Height: 16, Width: 16, Mean: [3]float64{.5, .5, .5}, Std: [3]float64{.3, .3, .3}, Patch: 8, Transformer: small},
		Text:  clip.TextConfig{Context: 16, Pool: clip.PoolEnd, Transformer: small},
	}
	vocabulary, err := bpe.Train([]string{"a sunset over the sea", "an overcast day", "a sunny day", "night"}, 530)
	if err != nil {
		return nil, err
	}
	model, err := clip.New(config, vocabulary, torch.CPU, 1)
	if err != nil {
		return nil, err
	}
	defer model.Close()
	err = torch.Do(torch.CPU, func(s *torch.Session) {
		var tensors []safetensors.Named
		for name, w := range model.Params.Each {
			tensors = append(tensors, safetensors.Named{Name: name, Tensor: s.Use(w).Detach()})
		}
		s.Check(safetensors.Write(filepath.Join(dir, "model.safetensors"), tensors, map[string]string{"format": "pt"}))
	})
	if err == nil {
		err = vocabulary.Save(filepath.Join(dir, "tokenizer.json"))
	}
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{"config.json": []byte(`{"model_type":"clip","vision_config":{"num_attention_heads":1},"text_config":{"num_attention_heads":1}}` + "\n"), "README.md": []byte("# tiny\n")}
	for _, name := range []string{"model.safetensors", "tokenizer.json"} {
		if files[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	return files, nil
})

// hubModel is the name of the published CLIP on the scripts' hub.
const hubModel = "openai/clip-vit-base-patch32"

// startHub starts a hub with a CLIP, one that is gated, and one that is none.
func startHub() (s *hubtest.Server, address string, stop func(), err error) {
	files, err := published()
	if err != nil {
		return nil, "", nil, err
	}
	s = &hubtest.Server{}
	s.Put(hubModel, "main", files)
	s.Put("meta/gated", "main", files)
	s.Guard("meta/gated", "hf_right", true)
	s.Put("other/none", "main", map[string][]byte{"model.safetensors": []byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"), "config.json": []byte("{}")})
	s.Put("other/flax", "main", map[string][]byte{"flax_model.msgpack": []byte("x")})
	hub, store := httptest.NewServer(s), httptest.NewServer(s.StoreHandler())
	s.Store = store.URL
	return s, hub.URL, func() { hub.Close(); store.Close() }, nil
}

// serveHub gives a script a hub of its own.
func serveHub(env *testscript.Env) error {
	_, address, stop, err := startHub()
	if err != nil {
		return err
	}
	env.Defer(stop)
	env.Setenv("HF_ENDPOINT", address)
	return nil
}

func TestInterruptedPullSaysHowToGoOn(t *testing.T) {
	s, address, stop, err := startHub()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	files, _ := published()
	sum := hubtest.SHA256(files["model.safetensors"])
	s.Break(sum, fetchtest.Stall(1000))
	home := t.TempDir()
	command := func() (*exec.Cmd, *strings.Builder) {
		cmd := exec.Command("toolkit", "model", "pull", hubModel, "--no-bank")
		cmd.Env = append(os.Environ(), "HF_HOME="+home, "HF_ENDPOINT="+address)
		var said strings.Builder
		cmd.Stderr = &said
		return cmd, &said
	}
	cmd, said := command()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	blob := filepath.Join(home, "hub", "models--openai--clip-vit-base-patch32", "blobs", sum)
	for {
		if info, err := os.Stat(blob + ".incomplete"); err == nil && info.Size() == 1000 {
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
	if want := "toolkit: fetching 3 files: interrupted after "; !strings.Contains(said.String(), want) || !strings.HasSuffix(said.String(), "; run the same command again to go on\n") {
		t.Errorf("said %s\nwant %s, and how to go on at the end", said, want)
	}
	s.Requests()
	if cmd, said = command(); cmd.Run() != nil {
		t.Fatalf("the second run said %s", said)
	}
	if got, err := os.ReadFile(blob); err != nil || string(got) != string(files["model.safetensors"]) {
		t.Errorf("the weights have %d bytes, %v, want the hub's", len(got), err)
	}
	for _, r := range s.Requests() {
		if r.Store && r.Range != "bytes=1000-" {
			t.Errorf("got the range %q, want what was missing", r.Range)
		}
	}
}
