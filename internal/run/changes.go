package run

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
)

// Change is a part of a recipe in which a run that was resumed differs from
// before: "config.train.steps".
type Change struct {
	Step int             `json:"step"` // after which it holds
	Key  string          `json:"key"`
	From json.RawMessage `json:"from"` // null for what was not there
	To   json.RawMessage `json:"to"`
}

func (c Change) String() string {
	return fmt.Sprintf("%s was %s, is %s", quote.Text(strings.TrimPrefix(c.Key, "config.")), quote.Text(string(c.From)), quote.Text(string(c.To)))
}

// Differences lists the parts in which r differs from the recipe that a run
// began with, in the order of their keys. What the older recipe does not say
// of the machine, as those of older versions, is no difference.
func (r Recipe) Differences(began Recipe) ([]Change, error) {
	was, err := began.parts()
	if err != nil {
		return nil, err
	}
	is, err := r.parts()
	if err != nil {
		return nil, err
	}
	for _, machine := range []string{"threads", "device"} {
		if was[machine] == nil {
			delete(is, machine)
		}
	}
	keys := map[string]bool{}
	for _, parts := range []map[string]json.RawMessage{was, is} {
		for key := range parts {
			keys[key] = true
		}
	}
	var changes []Change
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if !bytes.Equal(was[key], is[key]) {
			changes = append(changes, Change{Key: key, From: orNull(was[key]), To: orNull(is[key])})
		}
	}
	return changes, nil
}

func orNull(v json.RawMessage) json.RawMessage {
	if v == nil {
		return json.RawMessage("null")
	}
	return v
}

// parts are the values of a recipe by their keys; lists are one value. What a
// run notes of itself is left out.
func (r Recipe) parts() (map[string]json.RawMessage, error) {
	r.Changes, r.Before = nil, nil
	parts := map[string]json.RawMessage{}
	return parts, flatten(json.RawMessage(r.String()), "", 0, parts)
}

func flatten(v json.RawMessage, at string, deep int, parts map[string]json.RawMessage) error {
	var group map[string]json.RawMessage
	if deep < 16 && bytes.HasPrefix(v, []byte("{")) {
		if err := json.Unmarshal(v, &group); err != nil {
			return fmt.Errorf("recipe: %s: %w", quote.Text(at), err)
		}
		for key, value := range group {
			if at != "" {
				key = at + "." + key
			}
			if err := flatten(value, key, deep+1, parts); err != nil {
				return err
			}
		}
		return nil
	}
	parts[at] = v
	return nil
}
