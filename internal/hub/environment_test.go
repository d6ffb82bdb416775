package hub

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The variables mean what they mean to huggingface_hub.
func TestEnvironment(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.MkdirAll(filepath.Join(dir, "hf"), 0o755), os.WriteFile(filepath.Join(dir, "hf", "token"), []byte("hf_file\n"), 0o600), os.WriteFile(filepath.Join(dir, "other"), []byte("hf_other"), 0o600)); err != nil {
		t.Fatal(err)
	}
	hf := dir + "/hf"
	for name, c := range map[string]struct {
		set  map[string]string
		want Settings
	}{
		"nothing":      {nil, Settings{Cache: dir + "/.cache/huggingface/hub"}},
		"xdg":          {map[string]string{"XDG_CACHE_HOME": dir + "/x"}, Settings{Cache: dir + "/x/huggingface/hub"}},
		"home":         {map[string]string{"HF_HOME": "~/hf"}, Settings{Cache: hf + "/hub", Token: "hf_file", TokenFrom: hf + "/token"}},
		"cache":        {map[string]string{"HF_HOME": "$HOME/nowhere", "HF_HUB_CACHE": "~/c"}, Settings{Cache: dir + "/c"}},
		"old cache":    {map[string]string{"HUGGINGFACE_HUB_CACHE": dir + "/old"}, Settings{Cache: dir + "/old"}},
		"token":        {map[string]string{"HF_HOME": hf, "HF_TOKEN": " hf_env\n"}, Settings{Cache: hf + "/hub", Token: "hf_env", TokenFrom: "HF_TOKEN"}},
		"old token":    {map[string]string{"HUGGING_FACE_HUB_TOKEN": "hf_old"}, Settings{Cache: dir + "/.cache/huggingface/hub", Token: "hf_old", TokenFrom: "HUGGING_FACE_HUB_TOKEN"}},
		"token's path": {map[string]string{"HF_HOME": hf, "HF_TOKEN_PATH": dir + "/other"}, Settings{Cache: hf + "/hub", Token: "hf_other", TokenFrom: dir + "/other"}},
		"no token":     {map[string]string{"HF_HOME": hf, "HF_TOKEN": "hf_env", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}, Settings{Cache: hf + "/hub"}},
		"offline":      {map[string]string{"HF_HUB_OFFLINE": "yes"}, Settings{Cache: dir + "/.cache/huggingface/hub", Offline: true}},
		"not offline":  {map[string]string{"HF_HUB_OFFLINE": "0"}, Settings{Cache: dir + "/.cache/huggingface/hub"}},
		"endpoint":     {map[string]string{"HF_ENDPOINT": "https://mirror.org"}, Settings{Cache: dir + "/.cache/huggingface/hub", Endpoint: "https://mirror.org"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, v := range []string{"XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_ENDPOINT"} {
				t.Setenv(v, c.set[v])
			}
			t.Setenv("HOME", dir)
			if c.want.Endpoint == "" {
				c.want.Endpoint = DefaultEndpoint
			}
			if got, err := Environment(); err != nil || got != c.want {
				t.Errorf("got %+v, %v, want %+v", got, err, c.want)
			}
		})
	}
	t.Setenv("HOME", dir)
	t.Setenv("HF_TOKEN", "two words")
	if _, err := Environment(); err == nil || !strings.Contains(err.Error(), "the token of HF_TOKEN holds blanks") {
		t.Errorf("got %v, want a refusal of the token", err)
	}
}

func TestNames(t *testing.T) {
	for _, good := range []string{"openai/clip-vit-base-patch32", "gpt2", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K", "a/b_c.d"} {
		if err := CheckName(good); err != nil {
			t.Errorf("%s: got %v", good, err)
		}
		if back, ok := nameOf(folderName(good)); !ok || back != good {
			t.Errorf("%s comes back from its folder as %s", good, back)
		}
	}
	for _, bad := range []string{"", "a/b/c", "../b", "a/..", "a--b/c", "/a", "a/", "a b", "a/b.git", "a/.b", "-a/b", "ä/b", "a/b\n"} {
		if err := CheckName(bad); err == nil {
			t.Errorf("%q: got no error", bad)
		}
	}
	for _, good := range []string{"main", "v1.0", "refs/pr/12", "feature/x+y"} {
		if err := CheckRevision(good); err != nil {
			t.Errorf("%s: got %v", good, err)
		}
	}
	for _, bad := range []string{"", "../main", "a/../b", "a//b", "/a", ".a", "a b", "a\nb", "a/.lock"} {
		if err := CheckRevision(bad); err == nil {
			t.Errorf("%q: got no error", bad)
		}
	}
}

func TestChoose(t *testing.T) {
	for _, c := range []struct{ has, weights, index, fault string }{
		{"pytorch_model.bin tf_model.h5 config.json", "pytorch_model.bin", "", ""},
		{"pytorch_model.bin model.safetensors open_clip_model.safetensors", "model.safetensors", "", ""},
		{"open_clip_pytorch_model.bin open_clip_config.json", "open_clip_pytorch_model.bin", "", ""},
		{"model-00002-of-00002.safetensors model.safetensors.index.json model-00001-of-00002.safetensors pytorch_model.bin", "model-00001-of-00002.safetensors model-00002-of-00002.safetensors", "model.safetensors.index.json", ""},
		{"pytorch_model.bin.index.json pytorch_model-00001-of-00002.bin", "", "", "pytorch_model.bin.index.json has 1 of 2 parts"},
		{"tf_model.h5 README.md", "", "", "no weights that the toolkit reads among tf_model.h5, README.md; want one of model.safetensors"},
		{"", "", "", "among no files"},
		{"sub/model.safetensors ../model.safetensors", "", "", "no weights"},
	} {
		got, err := Choose(strings.Fields(c.has))
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: got %v, want %s", c.has, err, c.fault)
			}
		} else if err != nil || strings.Join(got.Weights, " ") != c.weights || got.Index != c.index {
			t.Errorf("%s: got %+v, %v, want %s", c.has, got, err, c.weights)
		}
	}
}
