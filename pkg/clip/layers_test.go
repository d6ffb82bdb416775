package clip

import (
	"testing"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Every weight but the logit scale lies in one layer of one tower, and every
// name of a layer has weights.
func TestLayersAreAllTheWeights(t *testing.T) {
	words := Mini
	words.Text.Kind, words.Text.Transformer = Words, Transformer{Dim: 32, Layers: 0, Heads: 1, Hidden: 32}
	deep := words
	deep.Text.Transformer.Layers = 2
	for name, c := range map[string]Config{"conv, words": words, "conv, deep words": deep, "conv, pieces": Mini, "vit, pieces": MiniViT} {
		m, err := New(c, reads(t, c), torch.CPU, 1)
		if err != nil {
			t.Fatal(err)
		}
		used := map[string]bool{}
		for weight := range m.Params.Each {
			at := 0
			for _, tower := range m.Layers() {
				for _, layer := range tower {
					for _, scope := range layer {
						if nn.Within(weight, scope) {
							at++
							used[scope] = true
						}
					}
				}
			}
			if want := 1; weight == "logit_scale" && at != 0 || weight != "logit_scale" && at != want {
				t.Errorf("%s: %s lies in %d layers, want %d, and none for logit_scale", name, weight, at, want)
			}
		}
		for _, tower := range m.Layers() {
			for _, layer := range tower {
				for _, scope := range layer {
					if !used[scope] {
						t.Errorf("%s: a layer names %s, which is no weight's", name, scope)
					}
				}
			}
		}
		m.Close()
	}
}
