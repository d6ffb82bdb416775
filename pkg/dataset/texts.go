package dataset

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// texts are the .txt files of a folder, by the name of the map that each is of.
type texts map[string][]string

func textsOf(dir string, files []os.DirEntry) texts {
	t := texts{}
	for _, file := range files {
		if name := file.Name(); isText(name) && !isHidden(name) && !file.IsDir() && name != heldOutName {
			t[NameOf(name)] = append(t[NameOf(name)], filepath.Join(dir, name))
		}
	}
	return t
}

// readTexts reads the captions in the files that are called as the maps of the
// folder dir, with their size or without, beside each map and in the folder. It
// returns those of the folder that are called as no map.
func (s *sayings) readTexts(dir string, files []os.DirEntry, entries []Entry) (unread []string, err error) {
	own := textsOf(dir, files)
	folders := map[string]texts{filepath.Clean(dir): own}
	read := map[string]bool{}
	for _, e := range entries {
		folder := filepath.Dir(e.Path)
		beside, ok := folders[folder]
		if !ok {
			others, _ := os.ReadDir(folder) // of a map that can be read all the same
			beside = textsOf(folder, others)
			folders[folder] = beside
		}
		paths := beside[NameOf(e.Path)]
		for _, path := range own[e.Name] {
			if !slices.Contains(paths, path) {
				paths = append(slices.Clone(paths), path)
			}
		}
		for _, path := range paths {
			if err := s.readLines(e.Name, path); err != nil {
				return nil, err
			}
			read[path] = true
		}
	}
	for _, file := range files {
		path := filepath.Join(dir, file.Name())
		if name := NameOf(file.Name()); !read[path] && len(own[name]) > 0 && isText(file.Name()) && file.Name() != heldOutName && !isHidden(file.Name()) {
			unread = append(unread, file.Name()+" (no map is called "+name+")")
		}
	}
	return unread, nil
}

// readLines reads captions of a map, one a line.
func (s *sayings) readLines(name, path string) error {
	text, err := s.text(path, longestText)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		s.write(name, line)
	}
	return nil
}
