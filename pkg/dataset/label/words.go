package label

import "slices"

// Words is all that is said of a map.
type Words struct {
	Attributes Attributes
	Scene      string   // maps of one scene are one place in one light
	Tags       []string // words and short phrases, lower case
	Written    []string // whole sentences
}

// Without leaves out the attributes that do not hold of the map, and what says
// so.
func (w Words) Without(struck Attributes) Words {
	claims := func(text string) bool { return Read(text).Any(struck) }
	w.Attributes &^= struck
	w.Tags = slices.DeleteFunc(slices.Clone(w.Tags), claims)
	w.Written = slices.DeleteFunc(slices.Clone(w.Written), claims)
	return w
}

// And is what is known of a map that is made of two: what holds of both.
func (w Words) And(other Words) Words {
	return Words{Attributes: w.Attributes & other.Attributes}
}
