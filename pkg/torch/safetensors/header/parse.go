package header

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

const metadataName = "__metadata__"

// parser walks the JSON token by token: encoding/json keeps only the last of
// two members with one name, and a file with two tensors of one name is wrong.
type parser struct{ dec *json.Decoder }

func parse(text []byte) (Header, error) {
	var h Header
	if len(text) == 0 || text[0] != '{' {
		return h, errors.New(`does not begin with "{"`)
	}
	if !utf8.Valid(text) {
		return h, errors.New("is not UTF-8")
	}
	p := parser{json.NewDecoder(bytes.NewReader(text))}
	p.dec.UseNumber()
	err := p.object(func(name string) (err error) {
		if name == metadataName {
			h.Metadata, err = p.metadata()
			return err
		}
		e, err := p.entry()
		e.Name = name
		h.Entries = append(h.Entries, e)
		return err
	})
	if err != nil {
		return Header{}, err
	}
	if _, err := p.dec.Token(); err != io.EOF {
		return Header{}, errors.New("goes on after its last }")
	}
	return h, nil
}

// object calls member at the value of each member of the object that is next.
func (p parser) object(member func(name string) error) error {
	if err := p.delim('{'); err != nil {
		return err
	}
	seen := map[string]bool{}
	for p.dec.More() {
		name, err := p.text()
		if err != nil {
			return err
		}
		if seen[name] {
			return fmt.Errorf("%q is there twice", name)
		}
		seen[name] = true
		if err := member(name); err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
	}
	return p.delim('}')
}

func (p parser) metadata() (map[string]string, error) {
	m := map[string]string{}
	err := p.object(func(name string) (err error) {
		m[name], err = p.text()
		return err
	})
	return m, err
}

func (p parser) entry() (Entry, error) {
	var e Entry
	have := map[string]bool{}
	err := p.object(func(field string) error {
		have[field] = true
		switch field {
		case "dtype":
			name, err := p.text()
			e.Type = Type(name)
			return err
		case "shape":
			shape, err := p.numbers()
			e.Shape = shape
			return err
		case "data_offsets":
			at, err := p.numbers()
			if err == nil && len(at) != 2 {
				err = fmt.Errorf("has %d numbers, want 2", len(at))
			}
			if err == nil {
				e.Begin, e.End = at[0], at[1]
			}
			return err
		}
		return errors.New("unknown, want dtype, shape and data_offsets")
	})
	for _, field := range []string{"dtype", "shape", "data_offsets"} {
		if err == nil && !have[field] {
			err = fmt.Errorf("has no %s", field)
		}
	}
	return e, err
}

func (p parser) numbers() ([]int64, error) {
	if err := p.delim('['); err != nil {
		return nil, err
	}
	ns := []int64{}
	for p.dec.More() {
		t, err := p.token()
		if err != nil {
			return nil, err
		}
		text, ok := t.(json.Number)
		n, err := strconv.ParseInt(text.String(), 10, 64)
		if !ok || err != nil || n < 0 {
			return nil, fmt.Errorf("found %s, want a whole number from 0 to 2⁶³−1", show(t))
		}
		ns = append(ns, n)
	}
	return ns, p.delim(']')
}

func (p parser) text() (string, error) {
	t, err := p.token()
	if err != nil {
		return "", err
	}
	s, ok := t.(string)
	if !ok {
		return "", fmt.Errorf("found %s, want a string", show(t))
	}
	return s, nil
}

func (p parser) delim(want json.Delim) error {
	t, err := p.token()
	if err != nil {
		return err
	}
	if t != want {
		return fmt.Errorf("found %s, want %v", show(t), want)
	}
	return nil
}

func (p parser) token() (json.Token, error) {
	t, err := p.dec.Token()
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("the JSON ends at byte %d, in the middle", p.dec.InputOffset())
	}
	if err != nil {
		return nil, fmt.Errorf("at byte %d: %w", p.dec.InputOffset(), err)
	}
	return t, nil
}

// show keeps a token on one line.
func show(t json.Token) string {
	switch t := t.(type) {
	case string:
		return strconv.Quote(t)
	case nil:
		return "null"
	}
	return fmt.Sprint(t)
}
