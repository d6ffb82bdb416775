package hub

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
)

// weightsFiles are the names that weights are published under, the best first:
// safetensors before pickles, transformers' before open_clip's. This list alone
// says which file of a model is read.
var weightsFiles = []string{
	"model.safetensors",
	"model.safetensors.index.json",
	"open_clip_model.safetensors",
	"pytorch_model.bin",
	"pytorch_model.bin.index.json",
	"open_clip_pytorch_model.bin",
	"clip.safetensors", // as a folder of the toolkit's models has it
	"best.safetensors", // as finetune-clip leaves it
}

// besideWeights are the small files that a model is read with, by the toolkit or
// by transformers.
var besideWeights = []string{
	"config.json", "open_clip_config.json", "preprocessor_config.json",
	"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json", "merges.txt",
	"words.safetensors",
}

const indexSuffix = ".index.json"

// shardPattern is the name of a part of weights: model-00001-of-00002.safetensors.
var shardPattern = regexp.MustCompile(`^(.+)-(\d{5})-of-(\d{5})(\.safetensors|\.bin)$`)

// Choice is which of a model's files are used.
type Choice struct {
	Weights []string // the file, or the parts in their order
	Index   string   // that says which tensor is in which part; "" for one file
	Beside  []string
}

// All are the files of a choice.
func (c Choice) All() (all []string) {
	all = append(slices.Clone(c.Beside), c.Weights...)
	if c.Index != "" {
		all = append(all, c.Index)
	}
	slices.Sort(all)
	return all
}

// Choose picks, of the names of the files of a model, those that the toolkit
// reads. Folders inside a model are not looked into.
func Choose(names []string) (c Choice, err error) {
	for _, name := range weightsFiles {
		if !slices.Contains(names, name) {
			continue
		}
		stem, isIndex := strings.CutSuffix(name, indexSuffix)
		if !isIndex {
			c.Weights = []string{name}
			break
		}
		if c.Weights, err = shards(names, stem); err != nil {
			return c, err
		}
		c.Index = name
		break
	}
	if c.Weights == nil {
		return c, fmt.Errorf("there are no weights that the toolkit reads among %s; want one of %s", some(names), strings.Join(weightsFiles[:6], ", "))
	}
	for _, name := range besideWeights {
		if slices.Contains(names, name) {
			c.Beside = append(c.Beside, name)
		}
	}
	return c, nil
}

// shards are all parts of the weights that would be called stem as one file.
func shards(names []string, stem string) (parts []string, err error) {
	total := 0
	for _, name := range names {
		m := shardPattern.FindStringSubmatch(name)
		if m == nil || m[1]+m[4] != stem {
			continue
		}
		of, _ := strconv.Atoi(m[3])
		if total != 0 && of != total {
			return nil, fmt.Errorf("%s is of %d parts, another of %d", name, of, total)
		}
		total = of
		parts = append(parts, name)
	}
	slices.Sort(parts)
	if len(parts) == 0 || len(parts) != total {
		return nil, fmt.Errorf("%s has %d of %d parts", stem+indexSuffix, len(parts), total)
	}
	return parts, nil
}

// some are a few names of a list.
func some(names []string) string {
	const most = 8
	var shown []string
	for _, name := range names[:min(most, len(names))] {
		shown = append(shown, quote.Text(name))
	}
	if more := len(names) - most; more > 0 {
		shown = append(shown, fmt.Sprintf("%d more", more))
	}
	if shown == nil {
		return "no files"
	}
	return strings.Join(shown, ", ")
}
