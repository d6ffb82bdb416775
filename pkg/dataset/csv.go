package dataset

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/pkg/dataset/label"
)

// validate trims a line and refuses one that says nothing.
func (l *Caption) validate() error {
	l.Name, l.Caption = strings.TrimSpace(l.Name), strings.TrimSpace(l.Caption)
	if l.Name == "" {
		return errors.New("name is empty")
	}
	if l.Caption == "" && l.Attributes == 0 {
		return fmt.Errorf("%s: neither a caption nor attributes", l.Name)
	}
	return nil
}

// ParseCSV reads captions with a heading: columns name and caption, and if
// there are any scene and attributes (names with spaces between). A map may
// have several lines. name is that of the file, for errors.
func ParseCSV(r io.Reader, name string) ([]Caption, error) {
	c := csv.NewReader(r)
	head, err := c.Read()
	if err == io.EOF {
		return nil, fmt.Errorf("dataset: %s: is empty, want a heading with name and caption", name)
	}
	if err != nil {
		return nil, fmt.Errorf("dataset: %s: %w", name, err)
	}
	column := func(name string) int {
		return slices.IndexFunc(head, func(s string) bool {
			return strings.EqualFold(strings.TrimSpace(strings.TrimPrefix(s, "\ufeff")), name)
		})
	}
	nameAt, caption, scene, attributes := column("name"), column("caption"), column("scene"), column("attributes")
	if nameAt < 0 || caption < 0 {
		return nil, fmt.Errorf("dataset: %s: heading is %q, want columns name and caption", name, strings.Join(head, ","))
	}
	var out []Caption
	for {
		row, err := c.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("dataset: %s: %w", name, err)
		}
		l := Caption{Name: row[nameAt], Caption: row[caption]}
		if scene >= 0 {
			l.Scene = strings.TrimSpace(row[scene])
		}
		if attributes >= 0 {
			l.Attributes, err = label.Parse(strings.Fields(row[attributes]))
		}
		if err = errors.Join(err, l.validate()); err != nil {
			line, _ := c.FieldPos(0)
			return nil, fmt.Errorf("dataset: %s: line %d: %w", name, line, err)
		}
		out = append(out, l)
	}
}
