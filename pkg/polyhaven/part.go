package polyhaven

import (
	"context"
	"crypto/md5"
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

// part is a file on its way. Beside its target stand
//
//	NAME.part       its first bytes
//	NAME.part.json  of which version they are (mark)
//
// until it is whole, of the announced size and MD5, and renamed.
type part struct {
	target string
	want   File
	file   *os.File
	have   int64     // bytes in the file
	sum    hash.Hash // MD5 of them
	mark   mark
	grown  func(n int64) // told of bytes that came, and, below 0, that were given up
}

// mark tells a version of a file from others.
type mark struct {
	File
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
}

func partName(target string) string { return target + ".part" }
func markName(target string) string { return target + ".part.json" }

// readMark returns the mark beside a target and the size of its part, 0 where
// there is none that belongs to want.
func readMark(target string, want File) (mark, int64) {
	var m mark
	data, err := run.ReadFile(markName(target), longestMark)
	if err != nil || json.Unmarshal(data, &m) != nil || m.Size != want.Size || m.MD5 != want.MD5 {
		return mark{}, 0
	}
	info, err := os.Lstat(partName(target))
	if err != nil || !info.Mode().IsRegular() || info.Size() > want.Size {
		return mark{}, 0
	}
	return m, info.Size()
}

// longestMark bounds a mark, in bytes: an address and two headers.
const longestMark = 64 << 10

// openPart goes on where an earlier run stopped, or begins.
func openPart(ctx context.Context, target string, want File, grown func(int64)) (*part, error) {
	m, have := readMark(target, want)
	f, err := openOwn(partName(target))
	if err != nil {
		return nil, here{err}
	}
	p := &part{target: target, want: want, file: f, sum: md5.New(), mark: m, grown: grown}
	if have == 0 {
		err = truncate(f)
	} else {
		p.have, err = io.CopyN(p.sum, run.Reader(ctx, f), have)
	}
	if err != nil {
		f.Close()
		return nil, here{fmt.Errorf("read %s: %w", partName(target), err)}
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
	p.sum.Reset()
	return truncate(p.file)
}

// begin notes of which version the bytes are that come next. A note that a
// crash spoils costs no more than the part: nothing is believed without its MD5.
func (p *part) begin(etag, lastModified string) error {
	m := mark{p.want, etag, lastModified}
	if m == p.mark {
		return nil
	}
	p.mark = m
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if info, err := os.Lstat(markName(p.target)); err == nil && !info.Mode().IsRegular() {
		if err := os.Remove(markName(p.target)); err != nil { // a link, which writing would follow
			return err
		}
	}
	return run.WriteFile(markName(p.target), func(w io.Writer) error {
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
	name := partName(p.target)
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return lasting{here{fmt.Errorf("write %s: %w; this file alone needs %s more; free some room and run the same command again", name, err, run.Bytes(p.want.Size-p.have))}}
	}
	return lasting{here{fmt.Errorf("write %s: %w", name, err)}}
}

// here is an error of this machine's: other files would meet it too.
type here struct{ error }

func (e here) Unwrap() error { return e.error }

// digest is the MD5 of what came so far.
func (p *part) digest() string { return hex.EncodeToString(p.sum.Sum(nil)) }

// finish makes a whole and verified part the target.
func (p *part) finish() error {
	if err := errors.Join(p.file.Sync(), p.file.Close()); err != nil {
		return p.local(err)
	}
	if err := os.Rename(partName(p.target), p.target); err != nil {
		return lasting{here{err}}
	}
	_ = os.Remove(markName(p.target)) // without its part it says nothing
	return nil
}

// digestOf reads a whole file.
func digestOf(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := md5.New()
	if _, err := io.Copy(sum, run.Reader(ctx, f)); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// strong tells whether an entity tag stands for the very bytes (RFC 9110,
// 8.8.1): only such a one may guard a range.
func strong(etag string) bool { return strings.HasPrefix(etag, `"`) }
