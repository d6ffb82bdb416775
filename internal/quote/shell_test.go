package quote_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/internal/quote"
)

// A shell reads the line as the words that it was made of.
func TestAShellReadsTheSameWords(t *testing.T) {
	words := []string{"toolkit", "-c", "my maps/vae.yaml", "--set", "data.held_out=[a, b]", "", "it's", `back\slash`, "$HOME", "`x`", "~", "*", "größe", "-o", "a=b", `"`, "'", "#", ";&|"}
	out, err := exec.Command("sh", "-c", "printf '%s\\n' "+quote.Shell(words)).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"); !slices.Equal(got, words) {
		t.Errorf("got %q, want %q", got, words)
	}
	if got, want := quote.Shell([]string{"toolkit", "edit", "-o", "a.hdr"}), "toolkit edit -o a.hdr"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, odd := range []string{"a\nb", "\x1b[2J", "\xff"} {
		if got := quote.Shell([]string{"toolkit", odd}); got != "" {
			t.Errorf("%q: got %q, want none", odd, got)
		}
	}
}
