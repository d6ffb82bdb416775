package dataset

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/label"
)

// ParseCSV reads captions with a heading: columns name and caption, and if
// there are any scene and attributes (names with spaces between). A map may
// have several lines. name is that of the file, for errors.
func ParseCSV(r io.Reader, name string) ([]Caption, error) {
	c := csv.NewReader(r)
	head, err := c.Read()
	if err == io.EOF {
		return nil, fmt.Errorf("dataset: %s: is empty, want a heading with name and caption", quote.Text(name))
	}
	if err != nil {
		return nil, fmt.Errorf("dataset: %s: %w", quote.Text(name), err)
	}
	column := func(name string) int {
		return slices.IndexFunc(head, func(s string) bool {
			return strings.EqualFold(strings.TrimSpace(s), name)
		})
	}
	nameAt, caption, scene, attributes := column("name"), column("caption"), column("scene"), column("attributes")
	if nameAt < 0 || caption < 0 {
		return nil, fmt.Errorf("dataset: %s: heading is %q, want columns name and caption", quote.Text(name), quote.Text(strings.Join(head, ",")))
	}
	var out []Caption
	for {
		row, err := c.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("dataset: %s: %w", quote.Text(name), err)
		}
		l := Caption{Name: strings.TrimSpace(row[nameAt]), Caption: strings.TrimSpace(row[caption])}
		if scene >= 0 {
			l.Scene = strings.TrimSpace(row[scene])
		}
		if attributes >= 0 {
			l.Attributes, err = label.Parse(strings.Fields(row[attributes]))
		}
		switch {
		case l.Name == "":
			err = errors.Join(err, errors.New("name is empty"))
		case l.Caption == "" && l.Attributes == 0 && err == nil:
			err = fmt.Errorf("%s: neither a caption nor attributes", quote.Text(l.Name))
		}
		if err != nil {
			line, _ := c.FieldPos(0)
			return nil, fmt.Errorf("dataset: %s: line %d: %w", quote.Text(name), line, err)
		}
		out = append(out, l)
	}
}
