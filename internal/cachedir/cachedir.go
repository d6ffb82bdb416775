// Package cachedir is the address of what the toolkit brings or works out once.
package cachedir

import (
	"os"
	"path/filepath"
)

// Path returns the folder for what is brought or worked out once:
// $TOOLKIT_CACHE, else clipenv-toolkit in the user's cache directory; empty
// where the environment names neither.
func Path() string {
	if dir := os.Getenv("TOOLKIT_CACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "clipenv-toolkit")
}
