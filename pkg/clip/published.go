package clip

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"

	"github.com/clipenv/toolkit/pkg/clip/bpe"
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/nn/checkpoint"
	"github.com/clipenv/toolkit/pkg/torch"
)

// headDim is the width of an attention head where nothing says another: in all
// of OpenAI's transformers.
const headDim = 64

// loadPublished makes the model of a checkpoint with a vision transformer, as
// OpenAI published it or as open_clip or Hugging Face's transformers names it. The
// sizes are read off the weights; the configuration beside it, where there is
// one, says what weights cannot. Pictures are square.
func loadPublished(f checkpoint.File, device torch.Device) (*Model, error) {
	weights := published(f)
	c, err := inferConfig(weights)
	if err == nil {
		err = declare(&c, f.Path())
	}
	if err != nil {
		return nil, fmt.Errorf("clip: %s: %w", f.Path(), err)
	}
	v, err := vocabularyBeside(f.Path())
	if err != nil {
		return nil, err
	}
	m, err := build(c, reading{pieces: v}, func(layers func(nn.Scope)) (*nn.Params, error) {
		return nn.BuildFrom(device, weights, layers)
	})
	if err != nil {
		return nil, fmt.Errorf("clip: %s: %w", f.Path(), err)
	}
	return m, nil
}

// vocabularyBeside reads the vocabulary that a published checkpoint comes with.
func vocabularyBeside(path string) (*bpe.Vocabulary, error) {
	folder := filepath.Dir(path)
	for _, name := range []string{"tokenizer.json", "vocab.json"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
			return bpe.Read(filepath.Join(folder, name))
		}
	}
	return nil, fmt.Errorf("clip: %s: no vocabulary beside it: want the tokenizer.json that it was published with, or its vocab.json and merges.txt", path)
}

// inferConfig reads the architecture off the shapes of the weights.
func inferConfig(src nn.Source) (Config, error) {
	size := func(name string, dim int) int64 {
		shape := src.Shape(name)
		if dim >= len(shape) {
			return 0
		}
		return shape[dim]
	}
	layers := func(prefix string) (n int64) {
		for src.Shape(fmt.Sprintf("%stransformer.resblocks.%d.ln_1.weight", prefix, n)) != nil {
			n++
		}
		return n
	}
	stack := func(prefix string, dim int64) Transformer {
		return Transformer{
			Dim: dim, Layers: layers(prefix), Heads: max(1, dim/headDim),
			Hidden: size(prefix+"transformer.resblocks.0.mlp.c_fc.weight", 0),
		}
	}
	patch := size("visual.conv1.weight", 3)
	if patch == 0 {
		return Config{}, fmt.Errorf("there is no visual.conv1.weight, nor Hugging Face's vision_model.embeddings.patch_embedding.weight: want the checkpoint of a CLIP with a vision transformer, or a file of `toolkit finetune-clip`")
	}
	side := int64(math.Round(math.Sqrt(float64(size("visual.positional_embedding", 0) - 1))))
	return Config{
		Embed: size("text_projection", 1), MaxScale: ViTB32.MaxScale,
		Image: ImageConfig{
			Kind: ViT, Height: side * patch, Width: side * patch, Mean: openAIMean, Std: openAIStd,
			Patch: patch, Transformer: stack("visual.", size("visual.conv1.weight", 0)),
		},
		Text: TextConfig{
			Vocabulary: size("token_embedding.weight", 0), Context: size("positional_embedding", 0), Pool: PoolEnd,
			Transformer: stack("", size("ln_final.weight", 0)),
		},
	}, nil
}

// renamed is a Source with other names for the tensors of a file.
type renamed struct {
	file  checkpoint.File
	names []string
	from  map[string]part
}

// part is where a tensor comes from: three stacked, or one, perhaps turned.
type part struct {
	names []string
	turn  bool
}

// published gives the weights OpenAI's names, whichever they have.
func published(f checkpoint.File) nn.Source {
	r := renamed{file: f, from: map[string]part{}}
	for _, stored := range f.Names() {
		name := openAIName(stored)
		switch {
		case name == "":
			continue
		case strings.HasSuffix(stored, "q_proj.weight"), strings.HasSuffix(stored, "q_proj.bias"):
			at := strings.LastIndex(stored, "q_proj")
			before, after := stored[:at], stored[at+len("q"):]
			r.from[name] = part{names: []string{before + "q" + after, before + "k" + after, before + "v" + after}}
		default:
			r.from[name] = part{[]string{stored}, turned[stored]}
		}
		r.names = append(r.names, name)
	}
	return r
}

// turned are Hugging Face's projections: [E,D] where OpenAI has [D,E].
var turned = map[string]bool{"visual_projection.weight": true, "text_projection.weight": true}

var huggingNames = strings.NewReplacer(
	"vision_model.embeddings.class_embedding", "visual.class_embedding",
	"vision_model.embeddings.patch_embedding.", "visual.conv1.",
	"vision_model.embeddings.position_embedding.weight", "visual.positional_embedding",
	"vision_model.pre_layrnorm.", "visual.ln_pre.", // so spelt in the checkpoints
	"vision_model.post_layernorm.", "visual.ln_post.",
	"visual_projection.weight", "visual.proj",
	"vision_model.encoder.layers.", "visual.transformer.resblocks.",
	"text_model.embeddings.token_embedding.", "token_embedding.",
	"text_model.embeddings.position_embedding.weight", "positional_embedding",
	"text_model.encoder.layers.", "transformer.resblocks.",
	"text_model.final_layer_norm.", "ln_final.",
	"text_projection.weight", "text_projection",
	".self_attn.q_proj.", ".attn.in_proj_",
	".self_attn.out_proj.", ".attn.out_proj.",
	".layer_norm1.", ".ln_1.", ".layer_norm2.", ".ln_2.",
	".mlp.fc1.", ".mlp.c_fc.", ".mlp.fc2.", ".mlp.c_proj.",
)

// openAIName returns a tensor's name in OpenAI's checkpoints, "" for what is
// part of another or can be computed.
func openAIName(name string) string {
	switch name {
	case "input_resolution", "context_length", "vocab_size", "attn_mask", "text.attn_mask": // sizes, and what follows of them
		return ""
	}
	name = strings.TrimPrefix(name, "text.") // open_clip's, of text towers that stand apart
	if strings.HasSuffix(name, ".position_ids") || strings.Contains(name, ".k_proj.") || strings.Contains(name, ".v_proj.") {
		return ""
	}
	return huggingNames.Replace(name)
}

func (r renamed) Names() []string { return r.names }

func (r renamed) Shape(name string) []int64 {
	p, ok := r.from[name]
	if !ok {
		return nil
	}
	shape := append([]int64(nil), r.file.Shape(p.names[0])...)
	if p.turn && len(shape) == 2 {
		shape[0], shape[1] = shape[1], shape[0]
	}
	if len(shape) > 0 {
		shape[0] *= int64(len(p.names))
	}
	return shape
}

func (r renamed) Tensor(s *torch.Session, name string) (x torch.Tensor) {
	defer s.Tidy(&x)()

	p := r.from[name]
	parts := make([]torch.Tensor, len(p.names))
	for i, n := range p.names {
		parts[i] = r.file.Tensor(s, n)
	}
	x = parts[0]
	if len(parts) > 1 {
		x = torch.Cat(0, parts...)
		for _, part := range parts {
			release(part)
		}
	}
	if p.turn {
		x = x.Transpose(0, 1)
	}
	return x
}

// release gives back the memory that a tensor's whole pages take, where it is on
// the CPU and nobody will read it again. Pages of a file come back from the file.
func release(x torch.Tensor) {
	if x.Device() != torch.CPU {
		return
	}
	memory := x.Memory()
	page := os.Getpagesize()
	first := (page - int(uintptr(unsafe.Pointer(unsafe.SliceData(memory)))%uintptr(page))) % page
	if whole := (len(memory) - first) / page * page; whole > 0 {
		_ = syscall.Madvise(memory[first:first+whole], syscall.MADV_DONTNEED) // where it cannot, the memory stays taken
	}
}
