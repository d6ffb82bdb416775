package libtorch

import (
	"debug/elf"
	"path/filepath"
	"slices"
	"sync"
)

// cxx is the one library of a compiler that the program leaves to the system: a
// newer one serves all older programs, and an older one none that is newer.
const cxx = "libstdc++.so.6"

// TooOld returns a function that tells whether a folder of the loader's search
// path has a libstdc++ without the versions that program wants. Modules of older
// compilers, as clusters have them, put such a folder there, and the loader would
// take it before the system's own. It is false where either cannot be read.
func TooOld(program string) func(folder string) bool {
	wants := sync.OnceValue(func() []string { return versionsWanted(program) })
	return func(folder string) bool {
		file, err := elf.Open(filepath.Join(folder, cxx))
		if err != nil {
			return false
		}
		defer file.Close()
		defined, _ := file.DynamicVersions() // none, where the library has no table of them
		return slices.ContainsFunc(wants(), func(version string) bool {
			return !slices.ContainsFunc(defined, func(d elf.DynamicVersion) bool { return d.Name == version })
		})
	}
}

// versionsWanted lists what program wants of libstdc++, as GLIBCXX_3.4.29.
func versionsWanted(program string) (versions []string) {
	file, err := elf.Open(program)
	if err != nil {
		return nil
	}
	defer file.Close()
	needs, _ := file.DynamicVersionNeeds()
	for _, library := range needs {
		if library.Name != cxx {
			continue
		}
		for _, need := range library.Needs {
			versions = append(versions, need.Dep)
		}
	}
	return versions
}
