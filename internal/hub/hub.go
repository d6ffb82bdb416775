// Package hub pulls models from the Hugging Face hub into its cache, the one that
// Python's huggingface_hub and transformers read and write too.
//
//	Environment           -> Settings: HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_ENDPOINT, HF_HUB_OFFLINE
//	Hub.Plan              -> Plan: the commit, and the files that the toolkit reads (Choose)
//	Hub.Fetch: Plan       -> a snapshot in the cache
//	Cache.Models, Verify, Import, Remove: what is there
//	Cache.Find: name      -> the folder and the weights that a model is loaded from
//
// The cache (https://huggingface.co/docs/hub/local-cache):
//
//	models--OWNER--NAME/blobs/DIGEST               a file's bytes, by SHA-256 or git's SHA-1
//	models--OWNER--NAME/snapshots/COMMIT/FILE      a link to them
//	models--OWNER--NAME/refs/REVISION              the commit of a branch or tag
//	.locks/models--OWNER--NAME/DIGEST.lock         held while a blob is written
//
// A blob that is on its way is DIGEST.incomplete, and gone on with.
package hub

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/clipenv/toolkit/internal/fetch"
	"github.com/clipenv/toolkit/internal/quote"
)

// rate is how many requests a second are sent at most.
const rate = 20

// Hub is one that answers, and the cache that is filled from it. What it says
// on the way goes to Options.Log.
type Hub struct {
	Cache    Cache
	settings Settings
	base     *url.URL
	client   *fetch.Client
	log      func(format string, args ...any)
}

// Options are what a Hub needs beside its settings. All may be zero.
type Options struct {
	Version   string // of this program, for its User-Agent
	Log       func(format string, args ...any)
	Transport http.RoundTripper // nil: one over the network
}

// New checks the settings.
func New(s Settings, o Options) (*Hub, error) {
	base, err := url.Parse(strings.TrimSuffix(s.Endpoint, "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("hub: the endpoint is %s, want one like %s", quote.Excerpt(s.Endpoint), DefaultEndpoint)
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	h := &Hub{Cache: Cache{Path: s.Cache}, settings: s, base: base, log: o.Log}
	h.client = fetch.New(fetch.Settings{
		Name: "hub", Version: o.Version, Rate: rate, Log: o.Log, Transport: o.Transport, Explain: h.explain,
	})
	return h, nil
}

// header carries the token, where there is one.
func (h *Hub) header() http.Header {
	if h.settings.Token == "" {
		return nil
	}
	return http.Header{"Authorization": {"Bearer " + h.settings.Token}}
}
