package hub

import (
	"fmt"
	"net/http"

	"github.com/clipenv/toolkit/internal/fetch"
	"github.com/clipenv/toolkit/internal/quote"
)

// tokens is where people get one.
const tokens = "https://huggingface.co/settings/tokens"

// explain says what a refusal of the hub's means and what to do. One of the
// store that the hub sends requests on to, whose addresses run out, is tried
// again from the hub.
func (h *Hub) explain(resp *http.Response, err error) error {
	status := resp.StatusCode
	if resp.Request != nil && resp.Request.URL.Host != h.base.Host {
		if status == http.StatusForbidden || status == http.StatusUnauthorized {
			return fmt.Errorf("the store %s, where the hub sent the request, answers %s", resp.Request.URL.Host, quote.Excerpt(resp.Status))
		}
		return err
	}
	code, message := resp.Header.Get("X-Error-Code"), resp.Header.Get("X-Error-Message")
	say := func(what string) error {
		if message != "" {
			what += "; it says " + quote.Excerpt(message)
		}
		return fetch.Lasting{Err: fmt.Errorf("%w: %s", err, what)}
	}
	switch {
	case code == "GatedRepo":
		if h.settings.Token == "" {
			return say("the model is gated: ask for access on its page, then set HF_TOKEN to a token of that account (" + tokens + ")")
		}
		return say("the model is gated: ask for access on its page with the account of the token in " + h.settings.TokenFrom)
	case status == http.StatusUnauthorized && h.settings.Token == "":
		return say("there is no such model, or it is private: check the name, or set HF_TOKEN to a token that may read it (" + tokens + ")")
	case status == http.StatusUnauthorized:
		return say("there is no such model, or the token in " + h.settings.TokenFrom + " is not valid or may not read it")
	case status == http.StatusForbidden:
		return say("the token in " + orNone(h.settings.TokenFrom) + " may not read it")
	case code == "RevisionNotFound":
		return say("the model has no such revision: check --revision")
	case code == "EntryNotFound":
		return say("the model has no such file")
	case status == http.StatusNotFound:
		return say("there is no such model: check the name, owner and all")
	}
	return err
}

func orNone(from string) string {
	if from == "" {
		return "HF_TOKEN (none is set)"
	}
	return from
}
