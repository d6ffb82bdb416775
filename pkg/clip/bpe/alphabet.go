package bpe

import "github.com/sugarme/tokenizer/pretokenizer"

// wordEnd marks the last token of a word.
const wordEnd = "</w>"

// alphabet is GPT-2's stand-in for each byte: a printable character.
var alphabet = pretokenizer.BytesChar

var byteOf = func() map[rune]byte {
	m := make(map[rune]byte, 256)
	for b, c := range alphabet {
		m[[]rune(c)[0]] = b
	}
	return m
}()

// inOrder lists the alphabet as CLIP numbers it: printable bytes first, then
// the others.
func inOrder() []string {
	var printable, others []string
	for b := range 256 {
		c := alphabet[uint8(b)]
		if []rune(c)[0] == rune(b) {
			printable = append(printable, c)
		} else {
			others = append(others, c)
		}
	}
	return append(printable, others...)
}

// letters returns the stand-ins of a word's bytes, the last with the end mark.
func letters(word string) []string {
	out := make([]string, len(word))
	for i := range len(word) {
		out[i] = alphabet[word[i]]
	}
	if len(out) > 0 {
		out[len(out)-1] += wordEnd
	}
	return out
}
