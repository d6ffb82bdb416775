package hub

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/clipenv/toolkit/internal/fetch/fetchtest"
	"github.com/clipenv/toolkit/internal/hub/hubtest"
)

// Faults that pass are got over; those that do not are said, and leave nothing
// wrong behind.
func TestMisbehaviour(t *testing.T) {
	weights := vitFiles(1)["model.safetensors"]
	sum := hubtest.SHA256(weights)
	six := func(f fetchtest.Fault) []fetchtest.Fault { return []fetchtest.Fault{f, f, f, f, f, f} }
	for name, c := range map[string]struct {
		at     string
		faults []fetchtest.Fault
		want   string // "" where it is got over
	}{
		"the hub is ill for a while":   {"main", []fetchtest.Fault{fetchtest.Status(500), fetchtest.Status(503, "Retry-After", "60")}, ""},
		"the hub stays ill":            {"main", six(fetchtest.Status(502)), `answers "502 Bad Gateway"; given up after 6 tries`},
		"too many requests":            {"model.safetensors", []fetchtest.Fault{fetchtest.Status(429, "Retry-After", "30")}, ""},
		"a page in place of the model": {"main", six(fetchtest.Page("text/html")), "got a page of HTML, want JSON"},
		"a page in place of a file":    {sum, six(fetchtest.Page("application/octet-stream")), "got a page of HTML, want a file of the model"},
		"cut twice":                    {sum, []fetchtest.Fault{fetchtest.Cut(1000), fetchtest.Cut(1000)}, ""},
		"silence":                      {sum, []fetchtest.Fault{fetchtest.Stall(1000)}, ""},
		"a spoilt byte":                {sum, []fetchtest.Fault{fetchtest.Spoil(77)}, ""},
		"always spoilt":                {sum, six(fetchtest.Spoil(77)), "the file's sha256 is"},
		"another length":               {sum, six(fetchtest.Bytes(200, noise(4000, 3))), "the connection ended after 4000 of 5000 bytes; given up after 6 tries"},
		"no ranges":                    {sum, []fetchtest.Fault{fetchtest.Cut(1000), fetchtest.IgnoreRange}, ""},
		"an address that ran out":      {sum, []fetchtest.Fault{fetchtest.Status(403)}, ""},
		"sent to plain text":           {"config.json", []fetchtest.Fault{fetchtest.Redirect("http://elsewhere.org/x")}, "redirected from https to plain"},
		"no commit":                    {"main", []fetchtest.Fault{fetchtest.Bytes(200, []byte(`{"sha":"../../etc"}`))}, "want 40 hexadecimal digits: is this a hub?"},
		"half an answer":               {"main", []fetchtest.Fault{fetchtest.Bytes(200, []byte(`{"sha":"`))}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &hubtest.Server{Store: "https://store.example.com"}
				s.Put(vit, "main", vitFiles(1))
				both := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasPrefix(r.Host, "store.") {
						s.StoreHandler().ServeHTTP(w, r)
					} else {
						s.ServeHTTP(w, r)
					}
				})
				h, err := New(Settings{Endpoint: "https://hub.example.com", Cache: t.TempDir()}, Options{Log: t.Logf, Transport: fetchtest.Serve(t, both, true)})
				if err != nil {
					t.Fatal(err)
				}
				s.Break(c.at, c.faults...)
				done, err := pull(t.Context(), h, vit, "", unseen)
				switch {
				case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
					t.Errorf("got %v, want %s", err, c.want)
				case c.want == "" && err != nil:
					t.Errorf("got %v, want it got over", err)
				case c.want == "":
					wantWhole(t, h, done.Commit, vitFiles(1))
				default:
					if _, err := h.Cache.Find(vit); err == nil {
						t.Error("the model can be found, want it absent")
					}
				}
			})
		})
	}
}
