package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
)

// enoughProgress, in bytes, lets an attempt count as one that brought the work
// on: a server that cuts every connection after less is given up on.
const enoughProgress = 256 << 10

// Download brings a file from u to its target, going on from what an earlier run
// left. header is sent with each request; grown is told of the bytes as they
// come, from 0 on, and below 0 of those that were of no use.
func (c *Client) Download(ctx context.Context, u *url.URL, header http.Header, want File, grown func(int64)) error {
	p, err := openPart(ctx, want, grown)
	if err != nil {
		return err
	}
	defer p.file.Close()
	defer p.dropEmpty()
	var wrong string // the last digest of a whole file that is not the wanted one
	return c.Retry(ctx, u, func() (bool, error) {
		before := p.have
		if p.have < want.Size {
			if err := c.Attempt(ctx, u, p.ask(header), func(resp *http.Response) error { return p.receive(c, resp) }); err != nil {
				return p.have-before >= enoughProgress, err
			}
		}
		got := p.digest()
		if got == want.Digest {
			return true, p.finish()
		}
		if err := p.restart(); err != nil {
			return false, p.local(err)
		}
		err := fmt.Errorf("the file's %s is %s, want %s", want.SumName, got, want.Digest)
		if got == wrong { // not the way's fault but the server's
			return false, Lasting{fmt.Errorf("%w, as before", err)}
		}
		wrong = got
		return false, err
	})
}

// dropEmpty leaves no part behind in which there is nothing to go on with.
func (p *part) dropEmpty() {
	if p.have == 0 {
		_ = os.Remove(p.want.Part)
		p.forget()
	}
}

// ask is the header of the request for what is missing. If-Range has a server
// send all of a file that is another by now.
func (p *part) ask(header http.Header) http.Header {
	h := header.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Set("Accept-Encoding", "identity") // ranges and sizes count the file's own bytes
	if p.have > 0 {
		h.Set("Range", fmt.Sprintf("bytes=%d-", p.have))
		if strong(p.mark.ETag) {
			h.Set("If-Range", p.mark.ETag)
		} else if p.mark.LastModified != "" {
			h.Set("If-Range", p.mark.LastModified)
		}
	}
	return h
}

// receive appends what an answer brings. Where the answer does not fit what is
// there, that is given up, so that no file is put together of two versions.
func (p *part) receive(c *Client, resp *http.Response) error {
	etag, modified := resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
	switch resp.StatusCode {
	case http.StatusOK, http.StatusPartialContent:
	case http.StatusRequestedRangeNotSatisfiable:
		return p.giveUp(errors.New("the server has no such range of the file"))
	default:
		return c.Refusal(resp)
	}
	if IsPage(resp.Header.Get("Content-Type")) {
		return p.page()
	}
	if encoding := resp.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return fmt.Errorf("the file comes encoded as %s, want its own bytes", quote.Excerpt(encoding))
	}
	if resp.StatusCode == http.StatusPartialContent {
		if err := p.continues(resp.Header.Get("Content-Range"), etag); err != nil {
			return p.giveUp(err)
		}
	} else { // all of it, whatever was asked for
		if resp.ContentLength >= 0 && resp.ContentLength != p.want.Size {
			return fmt.Errorf("the file has %d bytes, want %d", resp.ContentLength, p.want.Size)
		}
		if err := p.restart(); err != nil {
			return p.local(err)
		}
	}
	first := p.have == 0
	if err := p.begin(etag, modified); err != nil {
		return p.local(err)
	}
	return p.copyFrom(resp.Body, first)
}

func (p *part) page() error { return fmt.Errorf("got a page of HTML, want %s", p.want.What) }

// continues tells whether a partial answer goes on where the part ends.
func (p *part) continues(contentRange, etag string) error {
	var first, last, total int64
	n, err := fmt.Sscanf(contentRange, "bytes %d-%d/%d", &first, &last, &total)
	if n == 2 && strings.HasSuffix(contentRange, "/*") {
		total, err = p.want.Size, nil
	}
	if err != nil || first != p.have || last < first || last >= total || total != p.want.Size {
		return fmt.Errorf("the server sends the range %s, want %d to %d of %d", quote.Excerpt(contentRange), p.have, p.want.Size-1, p.want.Size)
	}
	if strong(etag) && strong(p.mark.ETag) && etag != p.mark.ETag {
		return errors.New("the file on the server is another by now")
	}
	return nil
}

// giveUp forgets what came so far, because of err.
func (p *part) giveUp(err error) error {
	if fault := p.restart(); fault != nil {
		return p.local(fault)
	}
	return err
}

func (p *part) copyFrom(body io.Reader, first bool) error {
	buf := make([]byte, 128<<10)
	for {
		n, err := body.Read(buf)
		if first && n > 0 {
			if IsPage(http.DetectContentType(buf[:n])) {
				return p.page()
			}
			first = false
		}
		if p.have+int64(n) > p.want.Size {
			return p.giveUp(fmt.Errorf("the file goes on after %d bytes", p.want.Size))
		}
		if _, err := p.Write(buf[:n]); err != nil {
			return err
		}
		switch {
		case err == nil:
		case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
			return err
		case p.have < p.want.Size:
			return fmt.Errorf("the connection ended after %d of %d bytes", p.have, p.want.Size)
		default:
			return nil
		}
	}
}
