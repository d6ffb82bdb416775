package torchfile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/clipenv/toolkit/pkg/torch/torchfile/pickle"
)

// What a file of the legacy layout begins with: a magic number and a version.
var legacyMagic, _ = new(big.Int).SetString("1950a86a20f9469cfc6c", 16)

const legacyVersion = 1001

// counter is a file that is read from its beginning, and says how far.
type counter struct {
	*bufio.Reader
	at int64
}

func (c *counter) ReadByte() (byte, error) {
	b, err := c.Reader.ReadByte()
	if err == nil {
		c.at++
	}
	return b, err
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.at += int64(n)
	return n, err
}

// readLegacy reads a magic number, a version, what machine wrote the file, the
// object and the storages' keys, each a pickle, and after them the storages: a
// number of elements, 8 bytes, and the elements.
func readLegacy(r io.ReaderAt, size int64) (any, error) {
	in := &counter{Reader: bufio.NewReader(io.NewSectionReader(r, 0, size))}
	storages := map[string]*storage{}
	parts := map[string]*storage{} // of storages, by keys of their own
	owner := map[*storage]*storage{}
	rules := pickle.Rules{Global: named(false)}
	rules.Persistent = func(id any) (any, error) {
		st, part, err := storageID(id, size)
		if err != nil {
			return nil, err
		}
		root := storages[st.key]
		if root == nil {
			root = &st
			storages[st.key] = root
		}
		if root.dtype != st.dtype || root.numel != st.numel {
			return nil, fmt.Errorf("storage %.40q has %d elements of %v, and elsewhere %d of %v", st.key, st.numel, st.dtype, root.numel, root.dtype)
		}
		if part == nil {
			return root, nil
		}
		return partOf(root, part, parts, owner)
	}
	var read [5]any
	for i, check := range []func(any) error{isMagic, isVersion, isLittle, nil, nil} {
		v, err := pickle.Read(in, rules)
		if err == nil && check != nil {
			err = check(v)
		}
		if err != nil {
			return nil, err
		}
		read[i] = v
	}
	return read[3], locate(r, in.at, size, read[4], storages, parts, owner)
}

func isMagic(v any) error {
	if n, ok := v.(*big.Int); !ok || n.Cmp(legacyMagic) != 0 {
		return errors.New("it is a pickle that torch.save did not write")
	}
	return nil
}

func isVersion(v any) error {
	if v != any(int64(legacyVersion)) {
		return fmt.Errorf("its layout is of another version than %d", legacyVersion)
	}
	return nil
}

func isLittle(v any) error {
	d, _ := v.(*pickle.Dict)
	if d == nil {
		return errors.New("it does not say what machine wrote it")
	}
	for _, item := range d.Items {
		if item.Key == any("little_endian") && item.Value != any(true) {
			return errors.New("a machine wrote it that has the high byte first, want the low one first")
		}
	}
	return nil
}

// partOf returns the part of a storage that its key, offset and size mean.
func partOf(root *storage, part pickle.Tuple, parts map[string]*storage, owner map[*storage]*storage) (*storage, error) {
	if len(part) != 3 {
		return nil, fmt.Errorf("part of storage %.40q is given by %d things, want a key, an offset and a size", root.key, len(part))
	}
	key, ok := part[0].(string)
	offset, ok2 := part[1].(int64)
	n, ok3 := part[2].(int64)
	if !ok || !ok2 || !ok3 || offset < 0 || n < 0 || offset > root.numel || n > root.numel-offset {
		return nil, fmt.Errorf("part of storage %.40q passes its %d elements, or is given by other things than a key, an offset and a size", root.key, root.numel)
	}
	if parts[key] == nil {
		st := &storage{key: key, dtype: root.dtype, numel: n, at: offset}
		parts[key], owner[st] = st, root
	}
	return parts[key], nil
}

// locate finds where the storages lie, in the order of their keys, from byte
// at on.
func locate(r io.ReaderAt, at, size int64, keys any, storages, parts map[string]*storage, owner map[*storage]*storage) error {
	list, ok := keys.(*pickle.List)
	if !ok {
		return errors.New("its storages are not listed")
	}
	found := map[string]bool{}
	for _, v := range list.Items {
		key, _ := v.(string)
		st := storages[key]
		if st == nil || found[key] {
			return fmt.Errorf("storage %.40q is listed, and used nowhere or listed before", key)
		}
		found[key] = true
		var count [8]byte
		if _, err := r.ReadAt(count[:], at); err != nil {
			return fmt.Errorf("it ends before storage %.40q: it is cut off", key)
		}
		if n := int64(binary.LittleEndian.Uint64(count[:])); n != st.numel {
			return fmt.Errorf("storage %.40q has %d elements, want %d", key, n, st.numel)
		}
		st.at = at + int64(len(count))
		if at = st.at + st.numel*st.dtype.Size(); at > size {
			return fmt.Errorf("storage %.40q ends at %d, and the file at %d: it is cut off", key, at, size)
		}
	}
	for key := range storages {
		if !found[key] {
			return fmt.Errorf("storage %.40q is used and not listed", key)
		}
	}
	for _, st := range parts {
		st.at = owner[st].at + st.at*st.dtype.Size()
		st.users++ // others may lie in the same elements
	}
	return nil
}
