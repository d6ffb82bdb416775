package dataset

import (
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// sizeSuffix is what a download adds to a map's name: _1k, _16K, _512, -4k,
// _4096x2048, and what may follow it: _2K-HDR, _4k_hdr. A number after a dash
// is a number: a camera's.
var sizeSuffix = regexp.MustCompile(`(?i)([_-]\d{1,2}k|_\d{3,5}x\d{3,5}|_(256|512|1024|2048|4096|8192|16384))([_-](hdri?|exr))?$`)

// NameOf is a file's name as captions and metadata call it: without directory,
// extension and size, in Unicode's normal form C, since macOS hands out names
// in form D. A name that is no UTF-8 is taken for windows-1252.
func NameOf(path string) string {
	base := composed(filepath.Base(path))
	if extension := filepath.Ext(base); (isMap(base) || isText(base)) && extension != base {
		base = strings.TrimSuffix(base, extension)
	}
	if name := sizeSuffix.ReplaceAllString(base, ""); name != "" {
		return name
	}
	return base
}

// composed brings a name to the form in which names are compared.
func composed(name string) string {
	if !utf8.ValidString(name) {
		if decoded, err := charmap.Windows1252.NewDecoder().String(name); err == nil {
			name = decoded
		}
	}
	return norm.NFC.String(name)
}

// SceneOf is the scene of a map of which nothing else is known: its name, since
// Poly Haven publishes the sky of a map again as NAME_puresky.
func SceneOf(name string) string { return strings.TrimSuffix(name, "_puresky") }

func isMap(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".hdr", ".exr", ".pic":
		return true
	}
	return false
}

func isText(name string) bool { return strings.EqualFold(filepath.Ext(name), ".txt") }

// isHidden tells of a name that the system's own listings leave out; macOS keeps
// what other file systems have no place for in files called as others, with ._
// before it.
func isHidden(name string) bool { return strings.HasPrefix(name, ".") }

// isSystems tells of a file that Windows leaves in folders by itself.
func isSystems(name string) bool {
	return strings.EqualFold(name, "Thumbs.db") || strings.EqualFold(name, "desktop.ini")
}
