package dataset

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/label"
)

// Caption is one line of captions.jsonl: what a person says of a map.
//
//	{"name": "venice", "caption": "a square by the water at sunset", "attributes": ["outdoor", "sunset"]}
type Caption struct {
	Name       string           `json:"name"`            // of the file, without its size and extension (NameOf)
	File       string           `json:"file,omitempty"`  // where the map lies, seen from here; else beside this file
	Scene      string           `json:"scene,omitempty"` // shared by maps of one place; SceneOf the name, when empty
	Caption    string           `json:"caption,omitempty"`
	Captions   []string         `json:"captions,omitempty"` // further ones
	Tags       []string         `json:"tags,omitempty"`
	Attributes label.Attributes `json:"attributes,omitempty"` // read from all of these words, when empty
}

// longestLine is the most bytes that are said of one map.
const longestLine = 8 << 20

// captionsName is the file of captions in a folder of maps.
const captionsName = "captions.jsonl"

// ReadCaptions reads JSON lines; every bad line is reported, with its number.
func ReadCaptions(r io.Reader, name string) ([]Caption, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	var captions []Caption
	seen := map[string]int{}
	var faults []string
	n := 1
	for ; lines.Scan(); n++ {
		text := bytes.TrimSpace(lines.Bytes())
		if len(text) == 0 {
			continue
		}
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.DisallowUnknownFields()
		var c Caption
		switch err := dec.Decode(&c); {
		case err != nil:
			faults = append(faults, fmt.Sprintf("line %d: %v", n, err))
		case c.Name == "":
			faults = append(faults, fmt.Sprintf("line %d: no name", n))
		case seen[c.Name] > 0:
			faults = append(faults, fmt.Sprintf("line %d: %s stands on line %d already", n, quote.Text(c.Name), seen[c.Name]))
		default:
			seen[c.Name] = n
			captions = append(captions, c)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		faults = append(faults, fmt.Sprintf("line %d has more than %s: is it one JSON object a line?", n, run.Bytes(longestLine)))
	case err != nil:
		faults = append(faults, err.Error())
	}
	if len(faults) > mostMissed {
		faults = append(faults[:mostMissed], fmt.Sprintf("and %d more", len(faults)-mostMissed))
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("dataset: %s: %s", quote.Text(name), strings.Join(faults, "; "))
	}
	return captions, nil
}

// WriteCaptions writes a captions.jsonl at path, one line for each name, in order; of
// two lines with one name the later.
func WriteCaptions(path string, captions []Caption) error {
	_, err := writeCaptions(path, captions)
	return err
}

// writeCaptions is WriteCaptions, and tells how many there were.
func writeCaptions(path string, captions []Caption) (names int, err error) {
	byName := make(map[string]Caption, len(captions))
	for _, c := range captions {
		byName[c.Name] = c
	}
	return len(byName), run.WriteFile(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false) // people read it
		for _, name := range slices.Sorted(maps.Keys(byName)) {
			if err := enc.Encode(byName[name]); err != nil {
				return err
			}
		}
		return nil
	})
}
