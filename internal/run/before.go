package run

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

const (
	// maxRecipe bounds a recipe that is read, in bytes.
	maxRecipe = 1 << 20
	// maxBefore bounds what a recipe keeps of those before it, in bytes: a
	// file's header must stay one that everybody reads.
	maxBefore = 64 << 10
	// maxGenerations bounds how many recipes stand in one another.
	maxGenerations = 64
)

// omitted stands for recipes that are too long to be kept.
type omitted struct {
	Omitted int    `json:"omitted"` // bytes
	SHA256  string `json:"sha256"`
}

func omit(text string) json.RawMessage {
	sum := sha256.Sum256([]byte(text))
	data, _ := json.Marshal(omitted{len(text), hex.EncodeToString(sum[:])}) // a number and a string always can be
	return data
}

// After keeps the recipe that an input carried, if it did, so that a file tells
// the whole of its way. A text of another program's is kept as a JSON string.
// What is too long loses its oldest part, in whose place stand its length and
// hash.
func (r *Recipe) After(carried string) {
	switch {
	case carried == "":
	case len(carried) > maxRecipe:
		r.Before = omit(carried)
	case !json.Valid([]byte(carried)):
		r.Before, _ = json.Marshal(carried) // a string always can be
		if len(r.Before) > maxBefore {
			r.Before = omit(carried)
		}
	default:
		r.Before = youngest(json.RawMessage(carried), maxBefore, maxGenerations)
	}
}

// youngest returns as many of the recipes that stand in one another as fit
// into room bytes, the newest first.
func youngest(carried json.RawMessage, room, generations int) json.RawMessage {
	var at struct {
		Before json.RawMessage `json:"before"`
	}
	if len(carried) <= room && depth(carried) <= 2*generations {
		return carried
	}
	if generations == 0 || json.Unmarshal(carried, &at) != nil || at.Before == nil || len(carried)-len(at.Before) > room {
		return omit(string(carried))
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(carried, &all); err != nil {
		return omit(string(carried))
	}
	all["before"] = youngest(at.Before, room-(len(carried)-len(at.Before)), generations-1)
	data, err := json.Marshal(all)
	if err != nil {
		return omit(string(carried))
	}
	return data
}

// depth is how deep the groups and lists of a valid JSON text stand in one
// another.
func depth(text []byte) (deepest int) {
	at, inString := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			at++
			deepest = max(deepest, at)
		case c == '}' || c == ']':
			at--
		}
	}
	return deepest
}
