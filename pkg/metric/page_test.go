package metric_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/metric"
)

// The page of figures is the list of metrics.
func TestThePageIsTheList(t *testing.T) {
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, m := range metric.All {
		name := "`" + m.Name + "`"
		if m.Paired() {
			name = "`" + m.Before() + "`, `" + m.After() + "`"
		}
		better := map[metric.Direction]string{metric.Neither: "", metric.Higher: "higher", metric.Lower: "lower"}[m.Better]
		fmt.Fprintf(&want, "| %s | %s | %s | %s |\n", name, m.Unit, better, m.Meaning)
	}
	if !strings.Contains(string(page), want.String()) {
		t.Errorf("docs/metrics.md does not hold this table:\n%s", want.String())
	}
}
