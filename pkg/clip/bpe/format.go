package bpe

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// file is the part of Hugging Face's tokenizer.json that says what the
// vocabulary is.
type file struct {
	AddedTokens []addedToken `json:"added_tokens"`
	Model       struct {
		Type   string         `json:"type"`
		Suffix string         `json:"end_of_word_suffix"`
		Vocab  map[string]int `json:"vocab"`
		Merges []mergeLine    `json:"merges"`
	} `json:"model"`
}

type addedToken struct {
	ID      int    `json:"id"`
	Content string `json:"content"`
}

// mergeLine is a merge as "a b" or, in files of newer tools, as ["a", "b"].
type mergeLine [2]string

func (m *mergeLine) UnmarshalJSON(data []byte) error {
	var line string
	if json.Unmarshal(data, &line) != nil {
		var pair []string
		if err := json.Unmarshal(data, &pair); err != nil || len(pair) != 2 {
			return fmt.Errorf("merge %s: want two tokens", data)
		}
		*m = mergeLine(pair)
		return nil
	}
	return m.parse(line)
}

func (m *mergeLine) parse(line string) error {
	a, b, ok := strings.Cut(line, " ")
	if !ok || a == "" || b == "" || strings.Contains(b, " ") {
		return fmt.Errorf("merge %q: want two tokens with a space between", line)
	}
	*m = mergeLine{a, b}
	return nil
}

// Read reads a vocabulary: a tokenizer.json, or a vocab.json with its
// merges.txt beside it.
func Read(path string) (*Vocabulary, error) {
	data, err := readBounded(path)
	if err != nil {
		return nil, fmt.Errorf("bpe: %w", err)
	}
	if filepath.Base(path) == "vocab.json" {
		merges, err := readBounded(filepath.Join(filepath.Dir(path), "merges.txt"))
		if err != nil {
			return nil, fmt.Errorf("bpe: %s: its merges: %w", path, err)
		}
		v, err := ParseVocab(data, merges)
		if err != nil {
			return nil, fmt.Errorf("bpe: %s: %w", path, err)
		}
		return v, nil
	}
	v, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("bpe: %s: %w", path, err)
	}
	return v, nil
}

// maxFile bounds a file of a vocabulary, in bytes; CLIP's has two million.
const maxFile = 64 << 20

// readBounded reads a regular file that is no larger than a vocabulary.
func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: is a folder, a pipe or a device, want a file", path)
	case info.Size() > maxFile:
		return nil, fmt.Errorf("%s: has %d bytes, want a vocabulary of at most %d", path, info.Size(), maxFile)
	}
	return os.ReadFile(path)
}

// Parse reads the contents of a tokenizer.json.
func Parse(data []byte) (*Vocabulary, error) {
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("not a tokenizer.json: %w", err)
	}
	if f.Model.Type != "BPE" || f.Model.Suffix != wordEnd {
		return nil, fmt.Errorf("the model is %q with word ends %q, want BPE with %s: CLIP's", f.Model.Type, f.Model.Suffix, wordEnd)
	}
	if f.Model.Vocab == nil {
		return nil, fmt.Errorf("the model has no vocab")
	}
	for _, t := range f.AddedTokens {
		if id, ok := f.Model.Vocab[t.Content]; ok && id != t.ID {
			return nil, fmt.Errorf("added token %q has id %d and %d in the vocab", t.Content, t.ID, id)
		}
		f.Model.Vocab[t.Content] = t.ID
	}
	return newVocabulary(f.Model.Vocab, pairs(f.Model.Merges))
}

// ParseVocab reads the contents of a vocab.json and of its merges.txt.
func ParseVocab(vocab, merges []byte) (*Vocabulary, error) {
	var ids map[string]int
	if err := json.Unmarshal(vocab, &ids); err != nil {
		return nil, fmt.Errorf("not a vocab.json: %w", err)
	}
	var lines []mergeLine
	in := bufio.NewScanner(bytes.NewReader(merges))
	for in.Scan() {
		if in.Text() == "" || strings.HasPrefix(in.Text(), "#version") {
			continue
		}
		var m mergeLine
		if err := m.parse(in.Text()); err != nil {
			return nil, err
		}
		lines = append(lines, m)
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("merges: %w", err)
	}
	return newVocabulary(ids, pairs(lines))
}

func pairs(lines []mergeLine) [][2]string {
	out := make([][2]string, len(lines))
	for i, m := range lines {
		out[i] = m
	}
	return out
}

// frame is a whole tokenizer.json but for added tokens, vocab and merges: what
// other tools need in order to split text as this package does.
const frame = `{"version":"1.0","truncation":null,"padding":null,"added_tokens":[%s],` +
	`"normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Replace","pattern":{"Regex":"\\s+"},"content":" "},{"type":"Lowercase"}]},` +
	`"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"},"behavior":"Removed","invert":true},` +
	`{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]},` +
	`"post_processor":{"type":"RobertaProcessing","sep":["<|endoftext|>",%d],"cls":["<|startoftext|>",%d],"trim_offsets":false,"add_prefix_space":false},` +
	`"decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},` +
	`"model":{"type":"BPE","dropout":null,"unk_token":"<|endoftext|>","continuing_subword_prefix":"","end_of_word_suffix":"</w>","fuse_unk":false,"byte_fallback":false,"vocab":%s,"merges":%s}}` + "\n"

// MarshalJSON gives a tokenizer.json that [Parse] and Hugging Face's
// tokenizers read. Equal vocabularies give equal bytes.
func (v *Vocabulary) MarshalJSON() ([]byte, error) {
	added := func(token string) string {
		return fmt.Sprintf(`{"id":%d,"content":"%s","single_word":false,"lstrip":false,"rstrip":false,"normalized":%v,"special":true}`, v.ids[token], token, token == Start)
	}
	lines := make([]string, len(v.merges))
	for i, m := range v.merges {
		lines[i] = m[0] + " " + m[1]
	}
	vocab, err := plain(v.ids)
	if err != nil {
		return nil, err
	}
	merges, err := plain(lines)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, frame, added(Start)+","+added(End), v.ids[End], v.ids[Start], vocab, merges), nil
}

// plain is JSON without the escapes that are for HTML.
func plain[T map[string]int | []string](x T) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(x)
	return bytes.TrimSpace(b.Bytes()), err
}

// UnmarshalJSON is Parse.
func (v *Vocabulary) UnmarshalJSON(data []byte) error {
	p, err := Parse(data)
	if err != nil {
		return fmt.Errorf("bpe: %w", err)
	}
	*v = *p
	return nil
}
