package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/clipenv/toolkit/internal/cachedir"
	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

// OpenModels loads the models of a set, with a bank as their CLIP sees it: one that
// was named gets a bank of its own (seenBank) where looksUp says that one is needed.
func (s Session) OpenModels(ctx context.Context, set ModelSet, looksUp func() (bool, error)) (*Models, error) {
	m, err := s.OpenNetworks(set)
	if err != nil {
		return nil, err
	}
	err = m.openBank(set.Folder, s.Device)
	if err == nil {
		err = s.bankFor(ctx, m, set, looksUp)
	}
	if err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// bankFor has the bank be as the CLIP at hand sees it.
func (s Session) bankFor(ctx context.Context, m *Models, set ModelSet, looksUp func() (bool, error)) error {
	if m.Bank == nil {
		return nil
	}
	m.Bank = m.Bank.For(m.CLIP.Hash())
	if set.CLIP == "" || m.Bank.CLIP == m.CLIP.Hash() {
		return nil
	}
	return s.seenBank(ctx, m, cmp.Or(set.called, set.CLIP), looksUp)
}

// seenBank puts in the place of a folder's bank the same as the CLIP at hand
// sees it: one that was made earlier and kept in the toolkit's cache, or else, if
// it is needed, one that is made and kept. Its name there is made of the hashes
// of all that it hangs on.
func (s Session) seenBank(ctx context.Context, m *Models, name string, needed func() (bool, error)) error {
	source := m.Files[len(m.Files)-1] // of the folder's bank
	path := bankPath(m.Generator.Hash(), m.CLIP.Hash(), source.SHA256)
	if kept, err := s.keptBank(m, path); kept {
		return err
	}
	if needs, err := needed(); err != nil || !needs {
		m.Bank, m.Files = nil, m.Files[:len(m.Files)-1]
		return err
	}
	total := m.Bank.Len()
	s.watch().Begin("making the bank of "+quote.Text(name), 0, total, false)
	bank, err := m.Bank.Seen(s.Device, m.Generator, m.CLIP, func(int) error {
		s.watch().Add(1, "")
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.watch().End()
	m.Bank = bank
	if path == "" {
		return nil
	}
	recipe, err := s.Recipe("make-bank", struct {
		Of string `json:"of"`
	}{name})
	if err != nil {
		return err
	}
	recipe.Models = m.Files
	if err = os.MkdirAll(filepath.Dir(path), 0o755); err == nil {
		err = bank.Save(path, map[string]string{"recipe": recipe.String()})
	}
	if err != nil {
		s.Tell("the bank could not be kept and will be made again: %s", quote.Text(err.Error()))
		return nil
	}
	_, err = s.keptBank(m, path) // as later runs will have it, its floats rounded
	return err
}

// bankPath is where a bank is kept that hangs on these hashes; "" where the
// environment names no place.
func bankPath(hashes ...string) string {
	dir := cachedir.Path()
	if dir == "" {
		return ""
	}
	sum := sha256.New()
	for _, h := range hashes {
		fmt.Fprintln(sum, h)
	}
	return filepath.Join(dir, "banks", hex.EncodeToString(sum.Sum(nil))[:32]+".safetensors")
}

// keptBank loads a bank that was kept, in place of the folder's. One that is
// damaged is no bank.
func (s Session) keptBank(m *Models, path string) (kept bool, err error) {
	if path == "" {
		return false, nil
	}
	f, err := safetensors.Open(path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.Tell("%s is no bank and is made anew: %s", quote.Text(path), quote.Text(err.Error()))
		}
		return false, nil
	}
	defer f.Close()
	bank, err := edit.LoadBank(f)
	if err == nil && (bank.CLIP != m.CLIP.Hash() || bank.Generator != m.Generator.Hash()) {
		err = errors.New("it is of other models")
	}
	if err != nil {
		s.Tell("%s is damaged and is made anew: %s", quote.Text(path), quote.Text(err.Error()))
		return false, nil
	}
	file, err := run.HashFile(path)
	if err != nil {
		return true, err
	}
	m.Bank, m.Files[len(m.Files)-1] = bank, file
	return true, nil
}
