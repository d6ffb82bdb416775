package bpe

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/sugarme/tokenizer/normalizer"
	"golang.org/x/text/unicode/norm"
)

// The tokens that open and close every text.
const (
	Start = "<|startoftext|>"
	End   = "<|endoftext|>"
)

// wordPattern is CLIP's. Go's \s knows ASCII only; the pattern means all of
// Unicode's white space.
const wordPattern = `<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\x{0b}\x{85}\p{Z}\p{L}\p{N}]+`

var wordExp = regexp.MustCompile(wordPattern)

// Clean normalises a text as the published tokenizer.json does: bytes that are
// not UTF-8 become U+FFFD, characters are composed (NFC), runs of white space
// become one space, letters lower case, and start and end stand alone. Unlike OpenAI's Python it mends no
// broken encodings and no HTML entities.
func Clean(text string) string {
	text = norm.NFC.String(validText(text))
	text = strings.Join(strings.FieldsFunc(text, unicode.IsSpace), " ")
	// unicode.ToLower has one rune for this letter, Unicode's full mapping two.
	text = strings.ReplaceAll(text, "İ", "i\u0307")
	text = strings.Map(unicode.ToLower, text)
	if !strings.Contains(text, "<|") {
		return text
	}
	return strings.Join(strings.Fields(apart.Replace(text)), " ")
}

// apart parts start and end from marks beside them, whose run would else have
// them in it.
var apart = strings.NewReplacer(Start, " "+Start+" ", End, " "+End+" ")

// validText puts U+FFFD in place of runs of bytes that are not UTF-8.
func validText(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// Words splits a cleaned text: runs of letters, single numerals, runs of
// marks, and the endings 's 't 're 've 'm 'll 'd. White space is lost.
func Words(cleaned string) []string { return wordExp.FindAllString(cleaned, -1) }

// cleaner is Clean as a normalizer.Normalizer: offsets count in the cleaned
// text.
type cleaner struct{}

func (cleaner) Normalize(n *normalizer.NormalizedString) (*normalizer.NormalizedString, error) {
	return normalizer.NewNormalizedFrom(Clean(n.GetNormalized())), nil
}
