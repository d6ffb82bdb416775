package clip

import "strconv"

// Scopes of the towers, for whoever freezes weights or gives layers rates of
// their own (nn.Params.Freeze, optim.Group).
const (
	imageScope = "visual"
	scaleScope = "logit_scale"
)

// ImageScopes are the names that the image tower's weights are at or below.
func (m *Model) ImageScopes() []string { return []string{imageScope} }

// TextScopes are those of the text tower.
func (m *Model) TextScopes() (scopes []string) {
	for _, layer := range m.textLayers() {
		scopes = append(scopes, layer...)
	}
	return scopes
}

// Layers returns, of the image and the text tower, the names of each layer's
// weights, the lowest first. Both end below the logit scale, which is no
// layer's.
func (m *Model) Layers() [][][]string { return [][][]string{m.imageLayers(), m.textLayers()} }

func (m *Model) imageLayers() (layers [][]string) {
	below := func(names ...string) {
		for i := range names {
			names[i] = imageScope + "." + names[i]
		}
		layers = append(layers, names)
	}
	c := m.Config.Image
	if c.Kind == Conv {
		below("stem")
		for i := range c.Channels {
			below("stages." + strconv.Itoa(i))
		}
		below("hidden")
		below("out")
		return layers
	}
	below("class_embedding", "positional_embedding", "conv1", "ln_pre")
	for i := range c.Transformer.Layers {
		below("transformer.resblocks." + strconv.Itoa(int(i)))
	}
	below("ln_post", "proj")
	return layers
}

func (m *Model) textLayers() [][]string {
	size := m.Config.Text.Transformer
	layers := [][]string{{"token_embedding", "positional_embedding"}}
	if m.Words != nil {
		layers[0] = []string{"token_projection", "negation", "start_embedding"}
		if size.Layers == 0 {
			return append(layers, []string{"ln_1", "mlp"}, []string{"ln_final", "text_projection"})
		}
		layers[0] = append(layers[0], "positional_embedding")
	}
	for i := range size.Layers {
		layers = append(layers, []string{"transformer.resblocks." + strconv.Itoa(int(i))})
	}
	return append(layers, []string{"ln_final", "text_projection"})
}
