package libtorch

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// CheckLoads tells whether the loader will find what program and the libtorch
// in lib need, as far as these two say it themselves.
func CheckLoads(program, lib string) error {
	system := systemLibraries()
	for _, o := range []struct{ path, hint string }{
		{filepath.Join(lib, library), "a torch of pip brings it (`pip install torch==" + Version + "`), and so does `make setup`; see which one LIBTORCH names"},
		{program, "bring it by the system's package manager: `make setup` names the packages"},
	} {
		missing, err := missing(o.path, lib, system)
		if err != nil {
			return err
		}
		if len(missing) > 0 {
			hint := o.hint
			if slices.Contains(missing, cxx) {
				hint = "the system's package manager has it: libstdc++6 in Debian and Ubuntu, libstdc++ in Fedora"
			}
			return fmt.Errorf("%s needs %s, not found here; %s", o.path, strings.Join(missing, ", "), hint)
		}
	}
	return nil
}

// missing lists the libraries that the ELF file at path names and that are
// neither in its own search path, nor in lib, nor the system's.
func missing(path, lib string, system func(name string) bool) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	needed, search, err := dynamic(f)
	if err != nil {
		return nil, fmt.Errorf("%s is no program or library for this machine: %w", path, err)
	}
	folders := append(searchPath(os.Getenv("LD_LIBRARY_PATH")), lib)
	for _, folder := range search {
		folders = append(folders, strings.NewReplacer("$ORIGIN", filepath.Dir(path), "${ORIGIN}", filepath.Dir(path)).Replace(folder))
	}
	here := func(name string) bool {
		return slices.ContainsFunc(folders, func(folder string) bool {
			_, err := os.Stat(filepath.Join(folder, name))
			return err == nil
		})
	}
	return slices.DeleteFunc(needed, func(name string) bool { return here(name) || system(name) }), nil
}

// dynamic reads what an ELF file asks of the loader. It reads the strings one
// by one: libtorch's table of them is tens of megabytes, and elf.File's own
// methods read it whole.
func dynamic(f *os.File) (needed, search []string, err error) {
	file, err := elf.NewFile(f)
	if err != nil {
		return nil, nil, err
	}
	section := file.SectionByType(elf.SHT_DYNAMIC)
	if section == nil || file.Class != elf.ELFCLASS64 || int(section.Link) >= len(file.Sections) {
		return nil, nil, errors.New("no dynamic section of 64 bits")
	}
	entries, err := section.Data()
	if err != nil {
		return nil, nil, err
	}
	names := file.Sections[section.Link]
	for ; len(entries) >= 16; entries = entries[16:] {
		tag, value := elf.DynTag(file.ByteOrder.Uint64(entries)), file.ByteOrder.Uint64(entries[8:])
		switch tag {
		case elf.DT_NEEDED, elf.DT_RUNPATH, elf.DT_RPATH:
		default:
			continue
		}
		var buffer [4096]byte
		n, _ := names.ReadAt(buffer[:], int64(value)) // it ends early at the table's end
		text, _, ok := bytes.Cut(buffer[:n], []byte{0})
		switch {
		case !ok:
			return nil, nil, errors.New("a name without an end")
		case tag == elf.DT_NEEDED:
			needed = append(needed, string(text))
		default:
			search = append(search, filepath.SplitList(string(text))...)
		}
	}
	return needed, search, nil
}

// systemLibraries tells which libraries the system has: those of the standard
// folders, and those that the loader's cache has a path to.
func systemLibraries() func(name string) bool {
	cache, _ := os.ReadFile("/etc/ld.so.cache") // not every system has one
	return func(name string) bool {
		if bytes.Contains(cache, []byte("/"+name+"\x00")) {
			return true
		}
		for _, folder := range []string{"/lib64", "/usr/lib64", "/lib", "/usr/lib"} {
			if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
				return true
			}
		}
		return false
	}
}
