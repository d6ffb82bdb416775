package clip

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// towers are the models that the laws below are held to: one for each way to
// see and to read. A new tower needs its line here, and keeps the laws.
var towers = map[string]Config{
	"conv": tiny, "vit": tinyViT, // with a text tower of pieces
	"words": tinyWords, "bag of words": tinyBag,
}

// TestTowers holds every tower to the laws.
func TestTowers(t *testing.T) {
	for name, c := range towers {
		for law, hold := range map[string]func(*testing.T, *torch.Session, *Model){
			"shapes": shapes, "slope by the picture": slopeByPicture, "slope by the weights": slopeByWeights,
			"determinism": determinism, "batches": batches, "yaw": yaw, "no leaks": noLeaks,
		} {
			t.Run(name+"/"+law, func(t *testing.T) {
				m := newModel(t, c)
				torchtest.Do(t, func(s *torch.Session) {
					s.Seed(2)
					hold(t, s, m)
				})
			})
		}
		t.Run(name+"/save and load", func(t *testing.T) { savesAndLoads(t, c) })
		t.Run(name+"/seeds", func(t *testing.T) { seeds(t, c) })
	}
}

var spoken = []string{"a red sunset, no clouds", "trees in a forest", "", strings.Repeat("forest ", 50)}

func pictures(s *torch.Session, m *Model, n int64) torch.Tensor {
	return s.Rand(n, 3, m.Config.Image.Height, m.Config.Image.Width)
}

// shapes: unit vectors of the configured size come of whatever is given.
func shapes(t *testing.T, s *torch.Session, m *Model) {
	im := m.Config.Image
	for what, y := range map[string]torch.Tensor{
		"pictures": m.EncodeImage(pictures(s, m, 4)),
		"black":    m.EncodeImage(s.Zeros(4, 3, im.Height, im.Width)),
		"resized":  m.EncodeImage(s.Rand(4, 3, 3*im.Height, im.Width+8)),
		"text":     m.EncodeText(s, spoken),
	} {
		if got, want := y.Shape(), []int64{4, m.Config.Embed}; !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
		for _, norm := range y.Norm(1).Floats() {
			if !(math.Abs(float64(norm)-1) <= torchtest.Tolerance(t, 1e-5)) {
				t.Errorf("%s: got length %v, want 1", what, norm)
			}
		}
	}
	if off := distance(m.EncodeText(s, spoken[:1]), m.EncodeText(s, spoken[1:2])); off < 1e-3 {
		t.Errorf("two spoken have vectors apart by %g", off)
	}
	if off := distance(m.EncodeImage(pictures(s, m, 1)), m.EncodeImage(pictures(s, m, 1))); off < 1e-3 {
		t.Errorf("two pictures have vectors apart by %g", off)
	}
}

// slopeByPicture agrees with finite differences, through the change of size.
func slopeByPicture(t *testing.T, s *torch.Session, m *Model) {
	text := m.EncodeText(s, spoken[:1]).Detach()
	similarity := func(x torch.Tensor) torch.Tensor { return m.EncodeImage(x).Mul(text).Sum() }
	picture := s.Rand(1, 3, 20, 40).SetRequiresGrad(true)
	gradient := torch.Grad(similarity(picture), picture)[0]
	direction := gradient.Div(gradient.Norm())
	const step = 1e-2
	s.NoGrad(func() {
		up := similarity(picture.AddScaled(direction, step)).Item()
		down := similarity(picture.AddScaled(direction, -step)).Item()
		got, want := gradient.Norm().Item(), (up-down)/(2*step)
		if math.Abs(got-want) > 1e-2*math.Abs(want) || got == 0 {
			t.Errorf("got a slope of %v along the gradient, want %v", got, want)
		}
	})
}

// slopeByWeights: the loss that trains reaches every weight, with the slope of
// finite differences along the weight's gradient.
func slopeByWeights(t *testing.T, s *torch.Session, m *Model) {
	x, towards := pictures(s, m, 2), s.Randn(2, m.Config.Embed)
	loss := func() torch.Tensor {
		image, text := m.EncodeImage(x), m.EncodeText(s, spoken[:2])
		return image.MatMul(text.Transpose(0, 1)).Mul(m.LogitScale(s)).Square().Mean().Add(image.Add(text).Mul(towards).Sum())
	}
	for name, w := range m.Params.Trainable {
		gradient := torch.Grad(loss(), w)[0]
		length := gradient.Norm().Item()
		if length == 0 {
			t.Errorf("%s: got no gradient, want some", name)
			continue
		}
		step := 1e-2 * max(1, s.Use(w).Norm().Item()) / math.Sqrt(float64(w.Numel()))
		var up, down float64
		s.NoGrad(func() {
			before := s.Use(w).Clone()
			w.CopyFrom(before.AddScaled(gradient, step/length))
			up = loss().Item()
			w.CopyFrom(before.AddScaled(gradient, -step/length))
			down = loss().Item()
			w.CopyFrom(before)
		})
		if want := (up - down) / (2 * step); !(math.Abs(length-want) <= 3e-2*math.Abs(want)+1e-3) {
			t.Errorf("%s: got a slope of %v, want %v", name, length, want)
		}
	}
}

// determinism: the same in, the same out, to the bit.
func determinism(t *testing.T, s *torch.Session, m *Model) {
	x := pictures(s, m, 2)
	if !slices.Equal(m.EncodeImage(x).Floats(), m.EncodeImage(x).Floats()) {
		t.Error("one picture has two vectors")
	}
	if !slices.Equal(m.EncodeText(s, spoken).Floats(), m.EncodeText(s, spoken).Floats()) {
		t.Error("one sentence has two vectors")
	}
	if a, b := hash(t, m), hash(t, m); a != b || a == "" {
		t.Errorf("the hash is %q, then %q", a, b)
	}
}

// batches keep what is in them apart.
func batches(t *testing.T, s *torch.Session, m *Model) {
	x := pictures(s, m, 3)
	all, text := m.EncodeImage(x), m.EncodeText(s, spoken)
	for i := range int64(3) {
		if off := distance(all.Narrow(0, i, 1), m.EncodeImage(x.Narrow(0, i, 1))); !(off <= torchtest.Tolerance(t, 1e-5)) {
			t.Errorf("picture %d: got a vector off by %g from what it is alone", i, off)
		}
		if off := distance(text.Narrow(0, i, 1), m.EncodeText(s, spoken[i:i+1])); !(off <= torchtest.Tolerance(t, 1e-5)) {
			t.Errorf("sentence %d: got a vector off by %g from what it is alone", i, off)
		}
	}
}

// yaw: a conv tower promises that a map turned about the vertical, by whole steps
// of its last stage, has the same vector, but one upside down another. A vision
// transformer knows its north.
func yaw(t *testing.T, s *torch.Session, m *Model) {
	im := m.Config.Image
	picture := pictures(s, m, 2)
	want := m.EncodeImage(picture)
	if off := distance(m.EncodeImage(picture.Flip(2)), want); off < 1e-3 {
		t.Errorf("upside down: got a vector off by %g, want another", off)
	}
	if im.Kind != Conv {
		if off := distance(m.EncodeImage(picture.Roll(im.Patch, 3)), want); off < 1e-3 {
			t.Errorf("turned: got a vector off by %g: promise it here", off)
		}
		return
	}
	for turn := im.stride(); turn < im.Width; turn += im.stride() {
		if off := distance(m.EncodeImage(picture.Roll(turn, 3)), want); !(off <= torchtest.Tolerance(t, 1e-5)) {
			t.Errorf("turned by %d pixels: got a vector off by %g, want the same", turn, off)
		}
	}
}

func noLeaks(t *testing.T, s *torch.Session, m *Model) {
	x := pictures(s, m, 1)
	before := torch.LiveTensors()
	for range 3 {
		s.Scope(func() { m.EncodeImage(x) })
		s.Scope(func() { m.EncodeText(s, spoken) })
		s.Scope(func() { m.LogitScale(s) })
	}
	if after := torch.LiveTensors(); after != before {
		t.Errorf("%d tensors more after use", after-before)
	}
	// A call leaves its result and nothing else, also where no scope ends.
	m.EncodeImage(x)
	m.EncodeText(s, spoken)
	if after := torch.LiveTensors(); after != before+2 {
		t.Errorf("two vectors hold %d tensors, want 2", after-before)
	}
}

// seeds: the weights are those of the seed.
func seeds(t *testing.T, c Config) {
	m, again := newModel(t, c), newModel(t, c)
	if hash(t, m) != hash(t, again) {
		t.Error("one seed makes two models")
	}
	other, err := New(c, reads(t, c), torchtest.Device(t), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if hash(t, m) == hash(t, other) {
		t.Error("two seeds make one model")
	}
}

// savesAndLoads: what is read back, from a file or from memory, computes the
// same to the bit, and says who it is.
func savesAndLoads(t *testing.T, c Config) {
	m := newModel(t, c)
	path := filepath.Join(t.TempDir(), "clip.safetensors")
	if err := m.Save(path, torch.Float32, map[string]string{"recipe": `{"steps":3}`, "kind": "mine"}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	mapped, err := safetensors.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer mapped.Close()
	embedded, err := safetensors.FromBytes("clip", data)
	if err != nil {
		t.Fatal(err)
	}
	if got := embedded.Metadata()["recipe"]; got != `{"steps":3}` {
		t.Errorf("got recipe %q, want the one saved", got)
	}
	for _, f := range []*safetensors.File{mapped, embedded} {
		again, err := Load(f, torchtest.Device(t))
		if err != nil {
			t.Fatal(err)
		}
		torchtest.Do(t, func(s *torch.Session) {
			s.Seed(6)
			x, words := pictures(s, m, 2), []string{"a forest", "night sky, 日本"}
			if off := distance(m.EncodeImage(x), again.EncodeImage(x)); off != 0 {
				t.Errorf("got pictures off by %g, want 0", off)
			}
			if off := distance(m.EncodeText(s, words), again.EncodeText(s, words)); off != 0 {
				t.Errorf("got text off by %g, want 0", off)
			}
		})
		if got, want := hash(t, again), hash(t, m); got != want {
			t.Errorf("got hash %s, want %s", got, want)
		}
		again.Close()
	}
}

func hash(t testing.TB, m *Model) string {
	t.Helper()
	h, err := m.Hash()
	if err != nil {
		t.Fatal(err)
	}
	return h
}
