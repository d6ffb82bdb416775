// Package polyhaven fetches the HDR environment maps of Poly Haven
// (https://polyhaven.com, CC0) through its public API.
//
//	Client.Assets   -> []Asset: every map, with its words and facts
//	Filter.Select   -> []Asset: those that are wanted
//	Folder.Plan     -> Plan: their files; which are there, which to fetch
//	Folder.Fetch    -> Report: the files, verified, with metadata.json (what
//	                   package dataset's Index reads) and provenance.json
//
// A file stands under its final name only once its size and MD5 are what the
// API announced. What a run leaves unfinished stays beside it as NAME.part and
// is gone on with by the next. A folder that is complete costs one request.
package polyhaven

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

// DefaultBase is where Poly Haven answers.
const DefaultBase = "https://api.polyhaven.com"

// Credit is what its terms ask of programs that show what the API says.
const Credit = "Powered by Poly Haven (https://polyhaven.com); its maps are CC0"

const (
	project = "https://github.com/clipenv/toolkit"

	tries         = 6                // of one request, in a row and without progress
	patience      = 30 * time.Second // for the next byte
	longestWait   = 10 * time.Minute // that a server may ask for
	longestAnswer = 64 << 20         // bytes; the whole list has about 1 MB
)

// Settings say how to ask.
type Settings struct {
	Base    string  // of the API; empty: DefaultBase
	Version string  // of this program, for its User-Agent
	Rate    float64 // requests a second, at most

	Log       func(format string, args ...any) // told of retries; may be nil
	Transport http.RoundTripper                // nil: one over the network
}

// Client asks the API and fetches files. It may be used from several
// goroutines, which share its rate and its waits.
type Client struct {
	base  *url.URL
	agent string
	http  http.Client
	gate  *gate
	log   func(format string, args ...any)
}

// New checks the settings.
func New(s Settings) (*Client, error) {
	if s.Base == "" {
		s.Base = DefaultBase
	}
	base, err := url.Parse(strings.TrimSuffix(s.Base, "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("polyhaven: the API's address is %q, want one like %s", s.Base, DefaultBase)
	}
	if !(s.Rate > 0) {
		return nil, fmt.Errorf("polyhaven: the rate is %v requests a second, want more than 0", s.Rate)
	}
	if s.Log == nil {
		s.Log = func(string, ...any) {}
	}
	if s.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = 16 // as many as there may be jobs
		s.Transport = t
	}
	return &Client{
		base:  base,
		agent: "clipenv-toolkit/" + token(s.Version) + " (+" + project + ")",
		http:  http.Client{Transport: s.Transport, CheckRedirect: checkRedirect},
		gate:  newGate(s.Rate),
		log:   s.Log,
	}, nil
}

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

// Assets lists every HDR environment map, by slug, and what of the list could
// not be used.
func (c *Client) Assets(ctx context.Context) (list []Asset, skipped []Skipped, err error) {
	u := c.base.JoinPath("assets")
	u.RawQuery = "type=hdris"
	err = c.ask(ctx, u, func(r io.Reader) (err error) {
		list, skipped, err = ParseAssets(r)
		return err
	})
	return list, skipped, err
}

// Files lists the files of one asset.
func (c *Client) Files(ctx context.Context, slug string) (files Files, err error) {
	if err := checkSlug(slug); err != nil {
		return nil, fmt.Errorf("polyhaven: %w", err)
	}
	u := c.base.JoinPath("files", slug)
	err = c.ask(ctx, u, func(r io.Reader) (err error) {
		files, err = ParseFiles(r, u)
		return err
	})
	return files, err
}

// ask fetches a JSON answer and has it parsed; an answer that cannot be is
// asked for again, since it may have been cut on its way.
func (c *Client) ask(ctx context.Context, u *url.URL, parse func(io.Reader) error) error {
	return c.retry(ctx, u, func() (bool, error) {
		return false, c.attempt(ctx, u, nil, func(resp *http.Response) error {
			if resp.StatusCode != http.StatusOK {
				return statusError(resp)
			}
			if isPage(resp.Header.Get("Content-Type")) {
				return errors.New("got a page of HTML, want JSON")
			}
			body := &io.LimitedReader{R: resp.Body, N: longestAnswer + 1}
			err := parse(body)
			if body.N <= 0 {
				return lasting{fmt.Errorf("the answer is longer than %d MiB", longestAnswer>>20)}
			}
			return err
		})
	})
}

// isPage tells whether a content type is that of a web page, as proxies and
// overloaded servers send one in place of what was asked for.
func isPage(contentType string) bool {
	return strings.HasPrefix(contentType, "text/html")
}
