package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/dist/disttest"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// pretence is a GPU that is none, whose kernels are the CPU's, and a folder of
// experiments to run on it.
type pretence struct {
	env            []string
	counts, folder string
}

func newPretence(t *testing.T) pretence {
	t.Helper()
	if testing.Short() {
		t.Skip("it compiles for seconds")
	}
	var p pretence
	p.env, p.counts = torchtest.Pretence(t, root)
	p.folder = t.TempDir()
	for name, text := range map[string]string{
		"vae.yaml": `
model: {height: 16, latent: 8, channels: [4, 6], bottleneck: 2}
data: {real_share: 0, synthetic: 12, synthetic_held_out: 4}
train: {batch: 4, micro_batch: 2, figures_every: 10, final_rate: 1}
beta: 1.0e-6
pca_samples: 0
`,
		"clip.yaml": `
model:
  embed: 16
  image: {height: 16, width: 32, channels: [8], blocks: [1], hidden: 16}
  text: {vocabulary: 560, transformer: {dim: 16, layers: 1, heads: 2, hidden: 16}}
data: {real_share: 0, synthetic: 24, synthetic_held_out: 12}
train: {batch: 8, figures_every: 10, final_rate: 1}
`,
		"through-auto.yaml": "sky: {generator: vae}\n",
		"through-off.yaml":  "sky: {generator: vae}\ngraphs: off\n",
		"pixels-auto.yaml":  "mode: paper\nvariable: pixels\n",
		"pixels-off.yaml":   "mode: paper\nvariable: pixels\ngraphs: off\n",
	} {
		if err := os.WriteFile(filepath.Join(p.folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// run runs the program, and returns what it printed and said, and what was counted.
func (p pretence) run(t *testing.T, more string, words ...string) (stdout, stderr []byte, counts map[string]int64, err error) {
	t.Helper()
	var out, said bytes.Buffer
	err = p.command(t, &out, &said, more, words...).Run()
	return out.Bytes(), said.Bytes(), torchtest.Counts(t, p.counts), err
}

func (p pretence) command(t *testing.T, stdout, stderr io.Writer, more string, words ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(executable(t), words...)
	c.Args[0], c.Dir = "toolkit", p.folder
	c.Env = append(slices.Clone(p.env), strings.Fields(more)...)
	c.Stdout, c.Stderr = stdout, stderr
	return c
}

// forget removes what a training of so many steps made.
func (p pretence) forget(t *testing.T, steps int) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(p.folder, fmt.Sprintf("made-%d", steps))); err != nil {
		t.Fatal(err)
	}
}

// A loop is what goes on for steps, and how many of them are between two waits.
type loop struct {
	name  string
	words []string // %d is the number of steps, GRAPHS the key's value
	every int
}

// of is the loop's command line.
func (l loop) of(steps int, graphs, device string) []string {
	text := strings.NewReplacer("%d", strconv.Itoa(steps), "GRAPHS", graphs).Replace(strings.Join(l.words, "\n"))
	return append(strings.Split(text, "\n"), "--device", device)
}

func (p pretence) loops(t *testing.T) []loop {
	t.Helper()
	park, err := filepath.Abs(filepath.Join(root, "examples/hdri/park.exr"))
	if err != nil {
		t.Fatal(err)
	}
	edit := []string{"edit", "--input", park, "--prompt", "sunset", "--output", "%d.exr", "--no-preview", "--json", "--steps", "%d"}
	return []loop{
		{"an edit through a VAE", append(edit[:len(edit):len(edit)], "-c", "through-GRAPHS.yaml"), 10},
		{"an edit of pixels", append(edit[:len(edit):len(edit)], "-c", "pixels-GRAPHS.yaml"), 10},
		{"a VAE's training", []string{"train-vae", "-c", "vae.yaml", "-o", "made-%d", "--steps", "%d", "--json", "--set", "train.graphs=GRAPHS"}, 10},
		{"a CLIP's training", []string{"finetune-clip", "-c", "clip.yaml", "-o", "made-%d", "--steps", "%d", "--json", "--set", "train.graphs=GRAPHS"}, 10},
	}
}

// Inside a step the processor does not wait for the GPU, and what a step takes of its
// memory it gives back: however many steps, it waits once every so many.
func TestAStepOnAGPUDoesNotWait(t *testing.T) {
	p := newPretence(t)
	for _, graphs := range []string{"auto", "off"} {
		for _, l := range p.loops(t) {
			var waits, held [2]int64
			for i, steps := range []int{20, 40} {
				_, said, counts, err := p.run(t, "", l.of(steps, graphs, "cuda")...)
				if err != nil {
					t.Fatalf("%s: %v\n%s", l.name, err, said)
				}
				if recorded := counts["replays"] > 0; recorded != (graphs == "auto") || strings.Contains(string(said), "kernel by kernel") {
					t.Errorf("%s, graphs %s: %d recorded steps were made\n%s", l.name, graphs, counts["replays"], said)
				}
				waits[i], held[i] = counts["waits"], counts["bytes now"]
				p.forget(t, steps)
			}
			if got, want := waits[1]-waits[0], int64(20/l.every); got != want {
				t.Errorf("%s, graphs %s: 20 steps more waited %d times, want %d", l.name, graphs, got, want)
			}
			if held[1] != held[0] {
				t.Errorf("%s, graphs %s: %d bytes are held after 40 steps, %d after 20, want the same", l.name, graphs, held[1], held[0])
			}
		}
	}
}

// What is edited and learnt on a GPU is what is on the CPU, as far as sums in another
// order let it be. With recorded steps it is what it is without, but for the rate, which
// lies on the GPU as f32.
func TestWhatAGPUMakesIsTheCPUs(t *testing.T) {
	p := newPretence(t)
	for _, l := range p.loops(t)[:3] {
		made := func(graphs, device string) (figures map[string]any) {
			t.Helper()
			out, said, _, err := p.run(t, "", l.of(12, graphs, device)...)
			if err != nil {
				t.Fatalf("%s: %v\n%s", l.name, err, said)
			}
			if err := json.Unmarshal(out, &figures); err != nil {
				t.Fatal(err)
			}
			p.forget(t, 12)
			if inner, ok := figures["figures"].(map[string]any); ok {
				return inner
			}
			return figures
		}
		cpu, plain, recorded := made("off", "cpu"), made("off", "cuda"), made("auto", "cuda")
		compared := 0
		for name, want := range cpu {
			want, ok := want.(float64)
			if !ok || strings.Contains(name, "seconds") {
				continue
			}
			compared++
			if got, ok := plain[name].(float64); !ok || !(math.Abs(got-want) <= 1e-3*math.Max(1, math.Abs(want))) {
				t.Errorf("%s: %s is %v, on the CPU %v", l.name, name, plain[name], want)
			}
			if got, ok := recorded[name].(float64); !ok || !(math.Abs(got-plain[name].(float64)) <= 1e-5*math.Max(1, math.Abs(want))) {
				t.Errorf("%s: %s is %v with recorded steps, %v without", l.name, name, recorded[name], plain[name])
			}
		}
		if compared == 0 {
			t.Errorf("%s: no figures in %v", l.name, cpu)
		}
	}
}

// Two processes on two GPUs, whose gradients meet there, learn what one learns on the
// CPU, and wait as seldom.
func TestTwoGPUsLearnAsOneCPU(t *testing.T) {
	p := newPretence(t)
	for _, l := range p.loops(t)[2:] {
		var waits [2]int64
		for i, steps := range []int{10, 30} {
			port := disttest.FreePort(t)
			var ranks [2]*exec.Cmd
			var out, said [2]bytes.Buffer
			for rank := range ranks {
				more := fmt.Sprintf("RANK=%d LOCAL_RANK=%[1]d WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=%d PRETEND_DEVICES=2", rank, port)
				ranks[rank] = p.command(t, &out[rank], &said[rank], more, append(l.of(steps, "auto", "auto"), "--peer-timeout", "60s")...)
				if err := ranks[rank].Start(); err != nil {
					t.Fatal(err)
				}
			}
			for rank, c := range ranks {
				if err := c.Wait(); err != nil {
					t.Fatalf("%s: rank %d: %v\n%s", l.name, rank, err, said[rank].Bytes())
				}
			}
			counts := torchtest.Counts(t, p.counts)
			waits[i] = counts["waits"]
			if counts["collectives"] == 0 {
				t.Errorf("%s: the processes did not meet on the GPUs", l.name)
			}
			p.forget(t, steps)
			alone, _, _, err := p.run(t, "", l.of(steps, "off", "cpu")...)
			if err != nil {
				t.Fatal(err)
			}
			p.forget(t, steps)
			var got, want map[string]float64
			if err := errors.Join(json.Unmarshal(out[0].Bytes(), &got), json.Unmarshal(alone, &want)); err != nil {
				t.Fatal(err)
			}
			for name, w := range want {
				if g, ok := got[name]; !ok || !(math.Abs(g-w) <= 1e-3*math.Max(1, math.Abs(w))) {
					t.Errorf("%s: %s is %v on two GPUs, %v on the CPU", l.name, name, g, w)
				}
			}
		}
		if got, want := waits[1]-waits[0], int64(2*20/l.every); got != want {
			t.Errorf("%s: 20 steps more of two processes waited %d times, want %d", l.name, got, want)
		}
	}
}

// A GPU that is too small says which key to lower, and to what.
func TestAGPUThatIsTooSmallNamesTheKey(t *testing.T) {
	p := newPretence(t)
	for _, c := range []struct {
		memory string
		loop   loop
		want   string
	}{
		{"40000000", p.loops(t)[0], "set views to 1, from 2"},
		{"300000", p.loops(t)[2], "set train.micro_batch to 1"},
	} {
		_, said, _, err := p.run(t, "PRETEND_MEMORY="+c.memory, c.loop.of(3, "auto", "cuda")...)
		if err == nil || !strings.Contains(string(said), "out of memory on cuda:0") || !strings.Contains(string(said), c.want) {
			t.Errorf("%s on %s bytes: got %v\n%s\nwant %q", c.loop.name, c.memory, err, said, c.want)
		}
	}
}
