package clip

import (
	"fmt"

	"github.com/clipenv/toolkit/pkg/clip/bpe"
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/nn/checkpoint"
	"github.com/clipenv/toolkit/pkg/nn/modelfile"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Kind is that of the file of a CLIP that the toolkit made.
var Kind = modelfile.Kind{Name: "clip", Verb: "finetune-clip"}

// Save writes the model to path as safetensors, its floats as dtype, with its
// configuration, its vocabulary or the hash of its table of words, and notes
// such as the recipe.
func (m *Model) Save(path string, dtype torch.DType, notes map[string]string) error {
	fields, err := modelfile.NewFields(m.built())
	if err == nil {
		err = Kind.Write(path, m.Params.Each, dtype, fields, notes)
	}
	if err != nil {
		return fmt.Errorf("clip: %s: %w", path, err)
	}
	return nil
}

// built is what the model is built from, beside its weights.
func (m *Model) built() map[string]any {
	built := map[string]any{"config": m.Config}
	if m.Words != nil {
		built["words"] = m.Words.Hash()
	} else {
		built["vocabulary"] = m.Tokenizer.Vocabulary()
	}
	return built
}

// reads is what the model reads sentences by.
func (m *Model) reads() any {
	if m.Words != nil {
		return m.Words.Hash()
	}
	return m.Tokenizer.Vocabulary()
}

// Load makes the model that a file holds, on device: one of [Model.Save] or
// [Model.SaveDelta], or a checkpoint with a vision transformer as OpenAI,
// open_clip or Hugging Face's transformers name its weights, beside which its
// vocabulary lies and, where it was published with one, its configuration.
func Load(f checkpoint.File, device torch.Device) (*Model, error) { return LoadOver(f, device) }

// LoadOver is [Load] of a file that may stand on one of bases too.
func LoadOver(f checkpoint.File, device torch.Device, bases ...*Frozen) (*Model, error) {
	name := f.Path()
	if modelfile.KindOf(f) == "" {
		return loadPublished(f, device)
	}
	fields, err := Kind.Read(f)
	if err != nil {
		return nil, err
	}
	var c Config
	if err := fields.Decode("config", &c); err != nil {
		return nil, fmt.Errorf("clip: %s: the configuration in the file: %w", name, err)
	}
	var read reading
	if c.Text.Kind == Words {
		if read.words, err = findWords(name, fields["words"]); err != nil {
			return nil, fmt.Errorf("clip: %s: %w", name, err)
		}
	} else if read.pieces, err = bpe.Parse([]byte(fields["vocabulary"])); err != nil {
		return nil, fmt.Errorf("clip: %s: the vocabulary in the file: %w", name, err)
	}
	from, done, err := weights(f, fields[baseField], bases)
	if err != nil {
		return nil, fmt.Errorf("clip: %s: %w", name, err)
	}
	defer done()
	m, err := build(c, read, func(layers func(nn.Scope)) (*nn.Params, error) {
		return nn.BuildFrom(device, from, layers)
	})
	if err != nil {
		return nil, fmt.Errorf("clip: %s: %w", name, err)
	}
	m.base = fields[baseField]
	return m, nil
}

// Hash identifies the model by what it computes: its configuration, vocabulary
// and weights (modelfile.Hash). It reads all weights: whoever needs it often
// keeps it.
func (m *Model) Hash() (string, error) {
	hash, err := modelfile.Hash(m.Params, m.Config, m.reads())
	if err != nil {
		return "", fmt.Errorf("clip: %w", err)
	}
	return hash, nil
}

// Frozen is a model that no longer learns: what an edit looks through.
type Frozen struct {
	*Model
	hash    string
	lowered *Lowered // none until it is asked for
}

// Freeze takes the model over: its weights no longer learn, and are hashed once.
func (m *Model) Freeze() (*Frozen, error) {
	if err := m.Params.Freeze(); err != nil {
		return nil, fmt.Errorf("clip: %w", err)
	}
	hash, err := m.Hash()
	if err != nil {
		return nil, err
	}
	return &Frozen{Model: m, hash: hash}, nil
}

// Close frees the weights, those of Lowered among them.
func (m *Frozen) Close() {
	if m.lowered != nil {
		m.lowered.free()
		m.lowered = nil
	}
	m.Model.Close()
}

// Hash is [Model.Hash], as it was when the model was frozen.
func (m *Frozen) Hash() string { return m.hash }

// Weights returns how many numbers the model has.
func (m *Frozen) Weights() int64 {
	all, _ := m.Params.Count()
	return all
}
