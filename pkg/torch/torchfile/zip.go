package torchfile

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/torch/torchfile/pickle"
)

// directoryBytes bounds what is read of an archive besides its pickle: its
// directory, that is, with a hundred bytes or less for each storage.
const directoryBytes = 8 << 20

// ration is a file of which no more than so many bytes are read.
type ration struct {
	r    io.ReaderAt
	left int64
}

var errRation = fmt.Errorf("its directory has more than %d MiB: it is no model's", directoryBytes>>20)

func (x *ration) ReadAt(p []byte, at int64) (int, error) {
	if x.left -= int64(len(p)); x.left < 0 {
		return 0, errRation
	}
	return x.r.ReadAt(p, at)
}

// archive is a zip file whose members are stored, not compressed, so that they
// can be mapped: there is nothing that could grow.
type archive struct {
	r       io.ReaderAt
	size    int64
	members map[string]*zip.File
	folder  string // in which everything lies, with a slash
}

// readZip reads the object of the data.pkl in the archive's folder.
func readZip(r io.ReaderAt, size int64) (any, error) {
	a, err := openArchive(r, size)
	if err != nil {
		return nil, err
	}
	if order, err := a.text("byteorder"); err == nil && order != "little" {
		return nil, fmt.Errorf("its elements are of byte order %.20q, want little", order)
	}
	_, script := a.members[a.folder+"constants.pkl"]
	at, n, err := a.find("data.pkl")
	if err != nil {
		return nil, err
	}
	storages := map[string]*storage{}
	return pickle.Read(bufio.NewReader(io.NewSectionReader(r, at, n)), pickle.Rules{
		Global: named(script),
		Persistent: func(id any) (any, error) {
			st, _, err := storageID(id, size)
			if err != nil {
				return nil, err
			}
			if known := storages[st.key]; known != nil {
				if known.dtype != st.dtype || known.numel != st.numel {
					return nil, fmt.Errorf("storage %.40q has %d elements of %v, and elsewhere %d of %v", st.key, st.numel, st.dtype, known.numel, known.dtype)
				}
				return known, nil
			}
			var bytes int64
			if st.at, bytes, err = a.find("data/" + st.key); err != nil {
				return nil, err
			}
			if want := st.numel * st.dtype.Size(); bytes < want {
				return nil, fmt.Errorf("storage %.40q has %d bytes in the archive, want %d for %d elements of %v", st.key, bytes, want, st.numel, st.dtype)
			}
			storages[st.key] = &st
			return &st, nil
		},
	})
}

func openArchive(r io.ReaderAt, size int64) (*archive, error) {
	z, err := zip.NewReader(&ration{r, directoryBytes}, size)
	switch {
	case errors.Is(err, errRation):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("begins as a zip archive and has no directory at its end (%w): it is cut off, or damaged", err)
	}
	a := &archive{r: r, size: size, members: map[string]*zip.File{}}
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, "/")
		if !filepath.IsLocal(name) || path.Clean(name) != name || strings.ContainsAny(name, `\:`) {
			return nil, fmt.Errorf("it holds a file named %s, which climbs out of the archive", quote.Text(f.Name))
		}
		if a.members[f.Name] != nil {
			return nil, fmt.Errorf("it holds two files named %s", quote.Text(f.Name))
		}
		a.members[f.Name] = f
		if folder, file := path.Split(f.Name); file == "data.pkl" && strings.Count(folder, "/") == 1 {
			a.folder = folder
		}
	}
	if a.folder == "" {
		return nil, errors.New("it is a zip archive without a FOLDER/data.pkl: want one that torch.save or torch.jit.save wrote")
	}
	return a, nil
}

// find returns where the bytes of a member of the folder lie, and how many.
func (a *archive) find(name string) (at, n int64, err error) {
	f := a.members[a.folder+name]
	if f == nil {
		return 0, 0, fmt.Errorf("it lacks %s", quote.Text(a.folder+name))
	}
	if f.Method != zip.Store || f.Flags&1 != 0 || f.CompressedSize64 != f.UncompressedSize64 {
		return 0, 0, fmt.Errorf("%s is compressed, want it stored, as torch.save does: load and save it with PyTorch", quote.Text(f.Name))
	}
	at, err = f.DataOffset()
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", quote.Text(f.Name), err)
	}
	if f.UncompressedSize64 > uint64(a.size-min(at, a.size)) {
		return 0, 0, fmt.Errorf("%s has %d bytes at %d, which pass the file's end, %d", quote.Text(f.Name), f.UncompressedSize64, at, a.size)
	}
	return at, int64(f.UncompressedSize64), nil
}

// text is a short member.
func (a *archive) text(name string) (string, error) {
	at, n, err := a.find(name)
	if err != nil {
		return "", err
	}
	b := make([]byte, min(n, 64))
	_, err = a.r.ReadAt(b, at)
	return strings.TrimSpace(string(b)), err
}
