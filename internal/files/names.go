package files

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
)

// ShortNames gives each file the shortest name that no other of them has: without
// folder and extension where that tells them apart, else with the extension,
// else with as many of its folders as it takes.
func ShortNames(paths []string) ([]string, error) {
	level := make([]int, len(paths))
	for {
		byName := map[string][]int{}
		for i, path := range paths {
			name := named(path, level[i])
			byName[name] = append(byName[name], i)
		}
		again := false
		for _, same := range byName {
			if len(same) == 1 {
				continue
			}
			again = true
			for _, i := range same {
				if level[i] > strings.Count(filepath.Clean(paths[i]), string(filepath.Separator))+1 {
					return nil, fmt.Errorf("%s is named twice", quote.Text(paths[i]))
				}
				level[i]++
			}
		}
		if !again {
			break
		}
	}
	all := make([]string, len(paths))
	for i, path := range paths {
		all[i] = named(path, level[i])
	}
	return all, nil
}

// named is a file's name with its extension from level 1 on, and a folder more
// for each level above.
func named(path string, level int) string {
	if level == 0 {
		return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	parts := strings.Split(filepath.Clean(path), string(filepath.Separator))
	return strings.Join(parts[max(0, len(parts)-level):], string(filepath.Separator))
}
