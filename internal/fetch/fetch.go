// Package fetch asks servers over HTTP and brings files that are known by size
// and digest: a request is tried again where that helps, a file goes on where it
// was stopped, and stands under its name only once it is whole.
//
//	Client.Ask:      address -> JSON, parsed
//	Client.Download: address, File -> the file
//	Client.Retry, Client.Attempt: what both stand on
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	project = "https://github.com/clipenv/toolkit"

	tries       = 6                // of one request, in a row and without progress
	patience    = 30 * time.Second // for the next byte
	longestWait = 10 * time.Minute // that a server may ask for
)

// Settings say how to ask.
type Settings struct {
	Name    string  // before errors
	Version string  // of this program, for its User-Agent
	Rate    float64 // requests a second, at most

	Log       func(format string, args ...any) // told of retries; may be nil
	Transport http.RoundTripper                // nil: one over the network

	// Explain may say more of a status that is an error; nil: nothing is added.
	Explain func(resp *http.Response, err error) error
}

// Client asks servers and fetches files. It may be used from several
// goroutines, which share its rate and its waits.
type Client struct {
	name    string
	agent   string
	http    http.Client
	gate    *gate
	log     func(format string, args ...any)
	explain func(*http.Response, error) error
}

// New makes a client.
func New(s Settings) *Client {
	if s.Log == nil {
		s.Log = func(string, ...any) {}
	}
	if s.Explain == nil {
		s.Explain = func(_ *http.Response, err error) error { return err }
	}
	if s.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = 16 // as many as there may be jobs
		s.Transport = t
	}
	return &Client{
		name:    s.Name,
		agent:   "clipenv-toolkit/" + token(s.Version) + " (+" + project + ")",
		http:    http.Client{Transport: s.Transport, CheckRedirect: checkRedirect},
		gate:    newGate(s.Rate),
		log:     s.Log,
		explain: s.Explain,
	}
}

// Refusal is what a status other than the wanted ones means.
func (c *Client) Refusal(resp *http.Response) error { return c.explain(resp, StatusError(resp)) }

// token makes a version fit for a User-Agent (RFC 9110, 5.6.2).
func token(version string) string {
	t := strings.Map(func(r rune) rune {
		if r > ' ' && r < 127 && !strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) {
			return r
		}
		return '-'
	}, version)
	if t == "" {
		return "unknown"
	}
	return t
}

// Ask fetches a JSON answer of at most so many bytes and has it parsed; an
// answer that cannot be is asked for again, since it may have been cut on its
// way.
func (c *Client) Ask(ctx context.Context, u *url.URL, header http.Header, most int64, parse func(io.Reader) error) error {
	return c.Retry(ctx, u, func() (bool, error) {
		return false, c.Attempt(ctx, u, header, func(resp *http.Response) error {
			if resp.StatusCode != http.StatusOK {
				return c.Refusal(resp)
			}
			if IsPage(resp.Header.Get("Content-Type")) {
				return errors.New("got a page of HTML, want JSON")
			}
			body := &io.LimitedReader{R: resp.Body, N: most + 1}
			err := parse(body)
			if body.N <= 0 {
				return Lasting{fmt.Errorf("the answer is longer than %d MiB", most>>20)}
			}
			return err
		})
	})
}

// IsPage tells whether a content type is that of a web page, as proxies and
// overloaded servers send one in place of what was asked for.
func IsPage(contentType string) bool {
	return strings.HasPrefix(contentType, "text/html")
}
