package edit_test

import (
	"errors"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/edit/edittest"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// corners is a bank whose maps lie on the axes of the latent space, each seen
// in a direction of its own.
func corners() *edit.Bank {
	return &edit.Bank{
		E: 3, Generator: "v", CLIP: "c",
		Latents:    []edit.BankPart{{Name: "mean", Shape: []int64{4}, Values: []float32{4, 0, 0, 0 /**/, 0, 4, 0, 0 /**/, 0, 0, 4, 0}}},
		Embeddings: []float32{1, 0, 0 /**/, 0, 1, 0 /**/, 0, 0, 1},
	}
}

func TestWordsMoveTowardsTheMapsTheyAreTrueOf(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		moves := func(text torch.Tensor, neighbours int) torch.Tensor {
			near, err := corners().Nearest(text, neighbours)
			s.Check(err)
			return corners().Move(near).Part("mean")
		}
		move := moves(s.FromFloats([]float32{0, .8, .6, 1, 0, 0}, 2, 3), 1)
		const third = 4. / 3
		want := []float32{-third, 4 - third, -third, 0, 4 - third, -third, -third, 0}
		for i, got := range move.Floats() {
			if math.Abs(float64(got-want[i])) > 1e-5 {
				t.Errorf("move: got %v, want %v", move.Floats(), want)
				break
			}
		}
		// The mean over all maps is no direction.
		move = moves(s.FromFloats([]float32{0, 1, 0}, 1, 3), 3)
		if far := move.Abs().Max().Item(); far > 1e-6 {
			t.Errorf("with every map a neighbour: got a move of %v, want none", far)
		}
	})
}

func TestMovesThatABankCannotGive(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		for _, c := range []struct {
			size, neighbours int
			want             string
		}{
			{2, 1, "embeddings of size 3, the CLIP model's are 2"},
			{3, 4, "neighbours is 4, want 1 to the 3 maps"},
			{3, 0, "neighbours is 0, want 1 to the 3 maps"},
		} {
			_, err := corners().Nearest(s.Ones(1, int64(c.size)), c.neighbours)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		}
	})
}

// saved is a bank after it was written and read.
func saved(t *testing.T, b *edit.Bank) (*edit.Bank, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bank.safetensors")
	if err := b.Save(path, map[string]string{"recipe": "r"}); err != nil {
		t.Fatal(err)
	}
	f := torchtest.Open(t, path)
	return edit.LoadBank(f)
}

func TestASavedBankIsTheSame(t *testing.T) {
	torchtest.NoLeaks(t)
	b := corners()
	again, err := saved(t, b)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again, b) {
		t.Errorf("got %+v, want what was saved: %+v", again, b)
	}
}

func TestWhatIsNoBank(t *testing.T) {
	for _, c := range []struct {
		kind              string
		latents, embedded []int64
		want              string
	}{
		{"vae", []int64{3, 4}, []int64{3, 2}, `is a "vae", want a "bank"`},
		{"bank", []int64{3, 4}, []int64{2, 2}, "want latent.… [M,…] and embeddings [M,E] of one M"},
		{"bank", []int64{12}, []int64{3, 2}, "want latent.… [M,…] and embeddings [M,E] of one M"},
		{"bank", []int64{0, 4}, []int64{0, 2}, "want latent.… [M,…] and embeddings [M,E] of one M"},
	} {
		path := filepath.Join(t.TempDir(), "bank.safetensors")
		torchtest.Do(t, func(s *torch.Session) {
			s.Check(safetensors.Write(path, []safetensors.Named{
				{Name: "latent.mean", Tensor: s.Zeros(c.latents...)}, {Name: "embeddings", Tensor: s.Zeros(c.embedded...)},
			}, map[string]string{"kind": c.kind}))
		})
		f, err := safetensors.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := edit.LoadBank(f); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got error %v, want one with %q", c, err, c.want)
		}
		f.Close()
	}
}

// bluish sees the mean colour of a picture, blue most of all.
type bluish struct{ colours }

func (bluish) Hash() string { return "bluish" }
func (b bluish) EncodeImage(picture torch.Tensor) (y torch.Tensor) {
	defer picture.Tidy(&y)()

	weights := picture.Session().FromFloats([]float32{1, 2, 4}, 1, 3)
	return b.colours.EncodeImage(picture).Mul(weights).Normalize(-1, 1e-12)
}

// A bank as another CLIP sees it is the one that is made with that CLIP.
func TestABankSeenByAnother(t *testing.T) {
	device := torchtest.Device(t)
	made := func(clip edit.Encoder) *edit.Bank {
		b, err := edit.NewBank(device, edittest.EvenSky{}, clip, primaries, nil)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	done := 0
	got, err := made(colours{}).Seen(device, edittest.EvenSky{}, bluish{}, func(n int) error { done = n; return nil })
	if want := made(bluish{}); err != nil || done != len(primaries) || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v of %d maps, %v, want %+v", got, done, err, want)
	}
	if reflect.DeepEqual(got.Embeddings, made(colours{}).Embeddings) {
		t.Error("both see the same, so that this test shows nothing")
	}
	if _, err := corners().Seen(device, edittest.EvenSky{}, bluish{}, nil); err == nil || !strings.Contains(err.Error(), "it was made with the generator v,") {
		t.Errorf("another generator's: got %v, want a refusal", err)
	}
	stop := errors.New("enough")
	if _, err := made(colours{}).Seen(device, edittest.EvenSky{}, bluish{}, func(int) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v, want the error of progress", err)
	}
}

// A bank that several CLIPs saw is, to each, the one that it would have alone.
func TestABankOfSeveralCLIPs(t *testing.T) {
	b := corners()
	b.Others = []edit.Seen{{CLIP: "d", E: 2, Embeddings: []float32{0, 1 /**/, 1, 0 /**/, .6, .8}}}
	again, err := saved(t, b)
	if err != nil {
		t.Fatal(err)
	}
	want := &edit.Bank{E: 2, Generator: "v", CLIP: "d", Latents: b.Latents, Embeddings: []float32{0, 1, 1, 0, .6, .8}}
	for i, v := range want.Embeddings {
		if math.Abs(float64(v-again.Others[0].Embeddings[i])) > 1e-3 {
			t.Fatalf("got the vectors %v of the other, want %v", again.Others[0].Embeddings, want.Embeddings)
		}
	}
	if mine := b.For("d"); !reflect.DeepEqual(mine, want) {
		t.Errorf("for d: got %+v, want %+v", mine, want)
	}
	for _, hash := range []string{"c", "unheard of"} {
		if mine := b.For(hash); mine != b {
			t.Errorf("for %s: got %+v, want the bank itself", hash, mine)
		}
	}
}
