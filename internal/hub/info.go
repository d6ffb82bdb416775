package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"

	"github.com/clipenv/toolkit/internal/fetch"
	"github.com/clipenv/toolkit/internal/quote"
)

// remote is a file as the hub announces it.
type remote struct {
	name   string
	size   int64
	digest string // SHA-256 of what is in LFS, git's SHA-1 of the rest
}

// longestInfo bounds what the hub says of a model, in bytes.
const longestInfo = 64 << 20

// longestFile, in bytes, is above what the hub stores.
const longestFile = 1 << 40

// info asks for the commit of a revision and its files.
func (h *Hub) info(ctx context.Context, name, revision string) (commit string, files []remote, err error) {
	u := h.base.JoinPath("api", "models", name, "revision", url.PathEscape(revision))
	u.RawQuery = "blobs=true"
	err = h.client.Ask(ctx, u, h.header(), longestInfo, func(r io.Reader) (err error) {
		commit, files, err = parseInfo(r)
		return err
	})
	return commit, files, err
}

// parseInfo reads an answer of /api/models/NAME/revision/REVISION?blobs=true.
// Files without size or digest are left out: none of them can be verified.
func parseInfo(r io.Reader) (commit string, files []remote, err error) {
	var answer struct {
		SHA      string `json:"sha"`
		Siblings []struct {
			Name   string `json:"rfilename"`
			Size   int64  `json:"size"`
			BlobID string `json:"blobId"`
			LFS    *struct {
				SHA256 string `json:"sha256"`
				Size   int64  `json:"size"`
			} `json:"lfs"`
		} `json:"siblings"`
	}
	if err := json.NewDecoder(r).Decode(&answer); err != nil {
		return "", nil, fmt.Errorf("the answer is no JSON of a model: %w", err)
	}
	if !commitPattern.MatchString(answer.SHA) {
		return "", nil, fetch.Lasting{Err: fmt.Errorf("the answer names the commit %s, want 40 hexadecimal digits: is this a hub?", quote.Excerpt(answer.SHA))}
	}
	for _, s := range answer.Siblings {
		f := remote{s.Name, s.Size, s.BlobID}
		if s.LFS != nil {
			f.size, f.digest = s.LFS.Size, s.LFS.SHA256
		}
		if digestPattern.MatchString(f.digest) && f.size >= 0 && f.size <= longestFile {
			files = append(files, f)
		}
	}
	return answer.SHA, files, nil
}
