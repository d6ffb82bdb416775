package fetch

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/clipenv/toolkit/internal/run"
)

// File is a file that is wanted: where it is to stand, and what it must be.
type File struct {
	Target string // its name once it is whole and verified; its folder is there
	Part   string // that of its first bytes, until then
	Mark   string // that of a note of which version they are; "" where Part's name says it

	What    string // "a map": what a page of HTML is not
	Size    int64  // bytes
	Digest  string // hexadecimal, lower case
	SumName string // "md5": what Digest is by
	Sum     func() hash.Hash
}

// part is a file on its way.
type part struct {
	want  File
	file  *os.File
	have  int64     // bytes in the file
	sum   hash.Hash // of them
	mark  mark
	grown func(n int64) // told of bytes that came, and, below 0, that were given up
}

// mark tells a version of a file from others.
type mark struct {
	Digest       string `json:"digest"`
	Size         int64  `json:"size"`
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
}

// Have is how many bytes of a file are there from an earlier run: 0 where they
// are of another version.
func Have(want File) int64 {
	_, have := readMark(want)
	return have
}

// readMark returns the mark of a file and the size of its part, 0 where there
// is none that belongs to it.
func readMark(want File) (mark, int64) {
	var m mark
	if want.Mark != "" {
		data, err := run.ReadFile(want.Mark, longestMark)
		if err != nil || json.Unmarshal(data, &m) != nil || m.Size != want.Size || m.Digest != want.Digest {
			return mark{}, 0
		}
	}
	info, err := os.Lstat(want.Part)
	if err != nil || !info.Mode().IsRegular() || info.Size() > want.Size {
		return mark{}, 0
	}
	return m, info.Size()
}

// longestMark bounds a mark, in bytes: a digest and two headers.
const longestMark = 64 << 10

// openPart goes on where an earlier run stopped, or begins.
func openPart(ctx context.Context, want File, grown func(int64)) (*part, error) {
	m, have := readMark(want)
	f, err := openOwn(want.Part)
	if err != nil {
		return nil, Local{err}
	}
	p := &part{want: want, file: f, sum: want.Sum(), mark: m, grown: grown}
	if have == 0 {
		err = truncate(f)
	} else {
		p.have, err = io.CopyN(p.sum, run.Reader(ctx, f), have)
	}
	if err != nil {
		f.Close()
		return nil, Local{fmt.Errorf("read %s: %w", want.Part, err)}
	}
	return p, nil
}

// openOwn opens a file that is to be written in place, or creates it, if
// writing changes no other: whoever can write to the folder may have laid a link
// there, to a file of the user's.
var openOwn = func(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o644)
	if errors.Is(err, syscall.ELOOP) {
		return nil, fmt.Errorf("%s is a symbolic link, want a file that an earlier run left: remove it", path)
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is a device or a pipe, want a file that an earlier run left: remove it", path)
	}
	if err == nil {
		if of, ok := info.Sys().(*syscall.Stat_t); ok && of.Nlink > 1 {
			err = fmt.Errorf("%s has another name too (a hard link), want a file that an earlier run left: remove it", path)
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// truncate empties a file; a device has nothing to lose.
func truncate(f *os.File) error {
	if err := f.Truncate(0); err != nil && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	_, err := f.Seek(0, io.SeekStart)
	return err
}

// restart forgets what came so far.
func (p *part) restart() error {
	if p.have > 0 {
		p.grown(-p.have)
	}
	p.have, p.mark = 0, mark{}
	p.sum = p.want.Sum()
	return truncate(p.file)
}

// begin notes of which version the bytes are that come next. A note that a
// crash spoils costs no more than the part: nothing is believed without its digest.
func (p *part) begin(etag, lastModified string) error {
	m := mark{p.want.Digest, p.want.Size, etag, lastModified}
	if m == p.mark {
		return nil
	}
	p.mark = m
	if p.want.Mark == "" {
		return nil
	}
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if info, err := os.Lstat(p.want.Mark); err == nil && !info.Mode().IsRegular() {
		if err := os.Remove(p.want.Mark); err != nil { // a link, which writing would follow
			return err
		}
	}
	return run.WriteFile(p.want.Mark, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Write appends.
func (p *part) Write(b []byte) (int, error) {
	n, err := p.file.Write(b)
	p.sum.Write(b[:n])
	p.have += int64(n)
	p.grown(int64(n))
	if err != nil {
		return n, p.local(err)
	}
	return n, nil
}

// local explains an error of this machine's, which no server can mend.
func (p *part) local(err error) error {
	name := p.want.Part
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return Lasting{Local{fmt.Errorf("write %s: %w; this file alone needs %s more; free some room and run the same command again", name, err, run.Bytes(p.want.Size-p.have))}}
	}
	return Lasting{Local{fmt.Errorf("write %s: %w", name, err)}}
}

// Local is an error of this machine's: other files would meet it too.
type Local struct{ Err error }

func (e Local) Error() string { return e.Err.Error() }
func (e Local) Unwrap() error { return e.Err }

// digest is that of what came so far.
func (p *part) digest() string { return hex.EncodeToString(p.sum.Sum(nil)) }

// finish makes a whole and verified part the target.
func (p *part) finish() error {
	if err := errors.Join(p.file.Sync(), p.file.Close()); err != nil {
		return p.local(err)
	}
	if err := os.Rename(p.want.Part, p.want.Target); err != nil {
		return Lasting{Local{err}}
	}
	p.forget()
	return nil
}

// forget removes the mark: without its part it says nothing.
func (p *part) forget() {
	if p.want.Mark != "" {
		_ = os.Remove(p.want.Mark)
	}
}

// strong tells whether an entity tag stands for the very bytes (RFC 9110,
// 8.8.1): only such a one may guard a range.
func strong(etag string) bool { return strings.HasPrefix(etag, `"`) }
