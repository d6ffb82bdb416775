package label

import "slices"

// Words holds all that is said of a map.
type Words struct {
	Attributes Attributes
	Scene      string   // maps of one scene are one place in one light
	Tags       []string // words and short phrases, lower case
	Written    []string // whole sentences
}

// Without returns the words without the struck attributes, and without the
// tags and sentences that claim them.
func (w Words) Without(struck Attributes) Words {
	claims := func(text string) bool { return Read(text).Any(struck) }
	w.Attributes &^= struck
	w.Tags = slices.DeleteFunc(slices.Clone(w.Tags), claims)
	w.Written = slices.DeleteFunc(slices.Clone(w.Written), claims)
	return w
}

// And returns what holds of a map that is made of two: what is said of both.
func (w Words) And(other Words) Words {
	return Words{Attributes: w.Attributes & other.Attributes}
}
