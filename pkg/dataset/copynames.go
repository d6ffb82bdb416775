package dataset

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
)

// copyNames gives each copy of a map a name of its own, also where the file
// system takes Lake and lake for one.
type copyNames map[string]bool

// longestCopy is how many bytes a copy's name has at most: file systems and
// archives take more.
const longestCopy = 200

// next is the file's own name where that is the map's, so that sizes stay
// visible; else the map's name, and where that cannot be a file's, a number
// made of it. Names that differ by the letters' case alone are told apart by
// the number too.
func (taken copyNames) next(e Entry) string {
	extension := strings.ToLower(filepath.Ext(e.Path))
	number := sha256.Sum256([]byte(e.Name))
	for _, name := range []string{composed(filepath.Base(e.Path)), e.Name + extension} {
		if NameOf(name) == e.Name && mayBeFile(name) && !taken[strings.ToLower(name)] {
			taken[strings.ToLower(name)] = true
			return name
		}
	}
	name := fmt.Sprintf("map-%x%s", number[:12], extension)
	taken[name] = true
	return name
}

// mayBeFile tells whether a name is one that every file system and shell takes
// for a visible file's.
func mayBeFile(name string) bool {
	return len(name) <= longestCopy && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "-") &&
		!strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(`/\:*?"<>|`, r) })
}
