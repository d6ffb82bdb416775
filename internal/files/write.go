package files

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"unicode/utf8"
)

// Write makes the file at path with what write leaves in the file it is given:
// beside the target first, and renamed over it once it is on the disk. Where
// anything goes wrong, or the process is killed, the target stays as it was. A
// file that was there keeps its permissions. Errors do not name the path.
func Write(path string, write func(*os.File) error) error {
	target, err := Target(path)
	if err != nil {
		return err
	}
	return replace(target, write)
}

func replace(target string, write func(*os.File) error) (err error) {
	f, err := beside(target)
	if err != nil {
		return Cause(err)
	}
	defer func() {
		// What is about the unfinished file is about the target: its own name
		// tells a user nothing.
		if at := (*fs.PathError)(nil); errors.As(err, &at) && at.Path == f.Name() {
			err = at.Err
		}
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	// Without this a crash of the machine may leave an empty file under the
	// target's name.
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return Cause(os.Rename(f.Name(), target))
}

// longestShown is how many bytes of the target's name an unfinished file's
// holds: with the dot and the number it fits wherever the target's own does.
const longestShown = 100

// beside creates the file that is to become the target: ".name" and a number,
// in the same folder.
func beside(target string) (*os.File, error) {
	perm, exists := fs.FileMode(0o644), false
	if info, err := os.Stat(target); err == nil {
		perm, exists = info.Mode().Perm(), true
	}
	folder, name := filepath.Split(target)
	prefix := folder + "." + shortened(name)
	for {
		f, err := os.OpenFile(prefix+strconv.FormatUint(rand.Uint64(), 10), os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if exists { // the umask may have taken some away
			if err := f.Chmod(perm); err != nil {
				return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
			}
		}
		return f, nil
	}
}

func shortened(name string) string {
	if len(name) <= longestShown {
		return name
	}
	end := longestShown
	for end > longestShown-utf8.UTFMax && !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end]
}
