package clip

import (
	"fmt"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Lowered is a frozen model whose pictures are looked at in bf16: the products
// of its vision transformer, whose sums, norms and result stay f32. It reads
// sentences as the model does.
type Lowered struct {
	*Frozen
	tower   vitTower
	weights []torch.Tensor // of its own
}

// Lowered returns the model with its image tower in bf16. The weights are
// rounded once, and freed with the model's own. Only a vision transformer has
// products that are worth it.
func (m *Frozen) Lowered() (*Lowered, error) {
	if m.lowered != nil {
		return m.lowered, nil
	}
	tower, ok := m.image.(vitTower)
	if !ok {
		return nil, fmt.Errorf("clip: precision bf16 is for vision transformers, and this model's image tower is of kind %s: want precision f32", m.Config.Image.Kind)
	}
	low := &Lowered{Frozen: m}
	err := torch.Do(m.Params.Device(), func(s *torch.Session) {
		s.NoGrad(func() {
			low.tower = tower.with(func(w torch.Tensor) torch.Tensor {
				low.weights = append(low.weights, s.Use(w).To(torch.BFloat16).Own())
				return low.weights[len(low.weights)-1]
			})
		})
	})
	if err != nil {
		low.free()
		return nil, err
	}
	m.lowered = low
	return low, nil
}

func (m *Lowered) free() {
	for _, w := range m.weights {
		w.Free()
	}
}

// EncodeImage is that of the model, in bf16.
func (m *Lowered) EncodeImage(picture torch.Tensor) torch.Tensor {
	return m.see(picture, func(x torch.Tensor) (y torch.Tensor) {
		x.Session().Autocast(torch.BFloat16, func() { y = m.tower.Forward(x) })
		return y.To(torch.Float32)
	})
}

// with returns the tower with other weights in its products.
func (t vitTower) with(other func(torch.Tensor) torch.Tensor) vitTower {
	t.patches.Weight, t.layers, t.project = other(t.patches.Weight), t.layers.With(other), other(t.project)
	return t
}
