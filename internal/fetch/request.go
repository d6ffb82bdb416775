package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/clipenv/toolkit/internal/quote"
)

// Lasting is an error that asking again does not mend.
type Lasting struct{ Err error }

func (e Lasting) Error() string { return e.Err.Error() }
func (e Lasting) Unwrap() error { return e.Err }

// busy is an error of a server that says when to come back.
type busy struct {
	error
	after time.Duration
}

var errStalled = fmt.Errorf("no byte came for %v", patience)

// Attempt sends one request, in turn, and hands the answer to read. It gives up
// where no byte comes for longer than patience.
func (c *Client) Attempt(ctx context.Context, u *url.URL, header http.Header, read func(*http.Response) error) error {
	if err := c.gate.wait(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stall := time.AfterFunc(patience, func() { cancel(errStalled) })
	defer stall.Stop()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return Lasting{err}
	}
	for key, value := range header {
		req.Header[key] = value
	}
	req.Header.Set("User-Agent", c.agent)
	resp, err := c.http.Do(req)
	if err == nil {
		defer resp.Body.Close()
		resp.Body = heard{resp.Body, func() { stall.Reset(patience) }}
		err = read(resp)
	}
	if err != nil && errors.Is(context.Cause(ctx), errStalled) {
		return errStalled
	}
	var outer *url.Error // says method and address once more
	if errors.As(err, &outer) {
		return outer.Err
	}
	return err
}

// heard calls back whenever bytes come.
type heard struct {
	io.ReadCloser
	back func()
}

func (h heard) Read(p []byte) (int, error) {
	n, err := h.ReadCloser.Read(p)
	if n > 0 {
		h.back()
	}
	return n, err
}

// Retry makes attempts at u until one succeeds, one fails for good, or tries
// of them fail in a row. An attempt that brought the work on is told by
// progress: the count begins anew after it.
func (c *Client) Retry(ctx context.Context, u *url.URL, attempt func() (progress bool, err error)) error {
	pause := backoff.NewExponentialBackOff() // half a second and more, half of it by chance
	pause.Multiplier = 2
	pause.MaxInterval = 30 * time.Second
	for try := 1; ; try++ {
		progress, err := attempt()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var final Lasting
		if errors.As(err, &final) {
			return fmt.Errorf("%s: %s: %w", c.name, u.Redacted(), err)
		}
		if progress {
			try = 1
			pause.Reset()
		}
		if try >= tries {
			return fmt.Errorf("%s: %s: %w; given up after %d tries", c.name, u.Redacted(), err, tries)
		}
		wait := pause.NextBackOff()
		var later busy
		if errors.As(err, &later) {
			wait = max(wait, later.after)
			c.gate.shut(wait) // for all: the server is the same
		}
		c.log("%s: %v; again in %v", u.Redacted(), err, wait.Round(100*time.Millisecond))
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// sleep ends early, with the cause, when ctx does.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// StatusError says what a status other than the wanted ones means.
func StatusError(resp *http.Response) error {
	err := fmt.Errorf("the server answers %s", quote.Excerpt(resp.Status))
	switch code := resp.StatusCode; {
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable:
		after := retryAfter(resp.Header)
		if after > longestWait {
			return Lasting{fmt.Errorf("%w and asks to wait %v; come back then", err, after.Round(time.Second))}
		}
		return busy{err, after}
	case code == http.StatusNotFound:
		return Lasting{NotFound{err}}
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code >= 500:
		return err
	}
	return Lasting{err}
}

// NotFound is a 404: the one thing is missing, the server is well.
type NotFound struct{ error }

func (e NotFound) Unwrap() error { return e.error }

// retryAfter reads how long a server asks to wait: seconds or a date, which
// counts by the server's own clock; 0 where it does not say.
// (RFC 9110, 10.2.3.)
func retryAfter(h http.Header) time.Duration {
	value := h.Get("Retry-After")
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(max(seconds, 0), 1<<31)) * time.Second
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(date.Sub(now), 0)
}

// checkRedirect bounds the ways that a server may send a request. A token stays
// with the server that it was meant for: the http package would take it to
// another port too, and to every subdomain.
func checkRedirect(req *http.Request, via []*http.Request) error {
	const most = 5
	for _, earlier := range via {
		if earlier.URL.String() == req.URL.String() {
			return Lasting{fmt.Errorf("redirected in a circle, to %s", req.URL.Redacted())}
		}
	}
	switch {
	case len(via) > most:
		return Lasting{fmt.Errorf("redirected more than %d times", most)}
	case req.URL.Scheme != "http" && req.URL.Scheme != "https":
		return Lasting{fmt.Errorf("redirected to %s, want https", quote.Excerpt(req.URL.Redacted()))}
	case req.URL.Scheme == "http" && via[len(via)-1].URL.Scheme == "https":
		return Lasting{fmt.Errorf("redirected from https to plain %s: refused", quote.Excerpt(req.URL.Redacted()))}
	}
	if first := via[0].URL; req.URL.Scheme != first.Scheme || req.URL.Host != first.Host {
		req.Header.Del("Authorization")
	}
	return nil
}
