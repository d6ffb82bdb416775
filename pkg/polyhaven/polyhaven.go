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
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/clipenv/toolkit/internal/fetch"
	"github.com/clipenv/toolkit/internal/run"
)

// DefaultBase is where Poly Haven answers.
const DefaultBase = "https://api.polyhaven.com"

// Credit is what its terms ask of programs that show what the API says.
const Credit = "Powered by Poly Haven (https://polyhaven.com); its maps are CC0"

const longestAnswer = 64 << 20 // bytes; the whole list has about 1 MB

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
	base *url.URL
	http *fetch.Client
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
	return &Client{base: base, http: fetch.New(fetch.Settings{Name: "polyhaven", Version: s.Version, Rate: s.Rate, Log: s.Log, Transport: s.Transport})}, nil
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

// ask fetches a JSON answer and has it parsed.
func (c *Client) ask(ctx context.Context, u *url.URL, parse func(io.Reader) error) error {
	return c.http.Ask(ctx, u, nil, longestAnswer, parse)
}

// download brings a file to target, going on from what an earlier run left.
func (c *Client) download(ctx context.Context, want File, target string, grown func(int64)) error {
	u, err := url.Parse(want.URL)
	if err != nil {
		return fmt.Errorf("polyhaven: %w", err)
	}
	return c.http.Download(ctx, u, nil, wanted(want, target), grown)
}

// wanted is a file of Poly Haven's as it is fetched: beside its target stand
//
//	NAME.part       its first bytes
//	NAME.part.json  of which version they are
//
// until it is whole, of the announced size and MD5, and renamed.
func wanted(f File, target string) fetch.File {
	return fetch.File{
		Target: target, Part: target + ".part", Mark: markName(target),
		What: "a map", Size: f.Size, Digest: f.MD5, SumName: "md5", Sum: md5.New,
	}
}

func markName(target string) string { return target + ".part.json" }

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
