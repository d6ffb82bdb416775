package quote

import (
	"regexp"
	"strings"
)

// plain is a word that a shell takes as it stands.
var plain = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// Shell returns the words of a command as one line that a POSIX shell reads as
// these words again; "" where one holds what [Text] would escape, since that
// cannot be typed.
func Shell(words []string) string {
	line := make([]string, len(words))
	for i, word := range words {
		if escape(word) != word {
			return ""
		}
		if line[i] = word; !plain.MatchString(word) {
			line[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(line, " ")
}
