package hub

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
)

// DefaultRevision is the branch that a name stands for.
const DefaultRevision = "main"

var (
	// namePattern is the hub's rule: NAME, or OWNER/NAME.
	namePattern = regexp.MustCompile(`^[A-Za-z0-9_][\w.-]{0,95}(/[A-Za-z0-9_][\w.-]{0,95})?$`)
	// revisionPattern is git's rule in brief. It keeps a path that is made of a
	// revision inside its folder, since no part of it begins with a dot.
	revisionPattern = regexp.MustCompile(`^[\w+-][\w.+-]*(/[\w+-][\w.+-]*)*$`)
	commitPattern   = regexp.MustCompile(`^[0-9a-f]{40}$`)
	// digestPattern is SHA-256's, or git's SHA-1.
	digestPattern = regexp.MustCompile(`^([0-9a-f]{64}|[0-9a-f]{40})$`)
)

// CheckName refuses what is no model's name on the hub.
func CheckName(name string) error {
	base := path.Base(name)
	if !namePattern.MatchString(name) || strings.Contains(name, "--") || strings.Contains(name, "..") ||
		strings.HasSuffix(base, ".git") || strings.HasSuffix(base, ".") || strings.HasSuffix(base, "-") {
		return fmt.Errorf("hub: the name is %s, want one like openai/clip-vit-base-patch32: letters, digits, _, . and -, neither two dots nor two dashes in a row", quote.Excerpt(name))
	}
	return nil
}

// CheckRevision refuses what is no branch, tag or commit.
func CheckRevision(revision string) error {
	if len(revision) > 200 || !revisionPattern.MatchString(revision) || strings.Contains(revision, "..") {
		return fmt.Errorf("hub: the revision is %s, want a branch, a tag or a commit", quote.Excerpt(revision))
	}
	return nil
}

// SplitName parts NAME@REVISION; without one the revision is "".
func SplitName(text string) (name, revision string) {
	name, revision, _ = strings.Cut(text, "@")
	return name, revision
}

const modelPrefix = "models--"

// folderName is a model's folder in the cache.
func folderName(name string) string { return modelPrefix + strings.ReplaceAll(name, "/", "--") }

// nameOf is the model that a folder in the cache is of.
func nameOf(folder string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(folder, modelPrefix)
	name = strings.ReplaceAll(rest, "--", "/")
	return name, ok && CheckName(name) == nil
}
