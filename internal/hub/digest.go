package hub

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"

	"github.com/clipenv/toolkit/internal/run"
)

// The digests that blobs are called by: large files by SHA-256, as git LFS has
// it, small ones by git's own, the SHA-1 of a header and the bytes.
const (
	sha256Digits = 64
	lfsFrom      = 10 << 20 // bytes; the hub takes no larger file without LFS
)

// hasher begins the digest of a file of a size that a blob called digest has.
func hasher(digest string, size int64) hash.Hash {
	if len(digest) == sha256Digits {
		return sha256.New()
	}
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00", size)
	return h
}

func sumName(digest string) string {
	if len(digest) == sha256Digits {
		return "sha256"
	}
	return "git sha1"
}

// digestOf reads a file and returns its digest, of the kind that like is. grown
// is told of the bytes that were read.
func digestOf(ctx context.Context, path, like string, grown func(int64)) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	sum := hasher(like, info.Size())
	if _, err := io.Copy(io.MultiWriter(sum, counter(grown)), run.Reader(ctx, f)); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// counter is told how many bytes were written to it.
type counter func(int64)

func (c counter) Write(b []byte) (int, error) {
	c(int64(len(b)))
	return len(b), nil
}
