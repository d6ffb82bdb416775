package label

// Condition is a conjunction of alternatives. It holds of a map that has at
// least one attribute of each set; the empty condition holds of every map.
type Condition []Attributes

// Holds reports whether the attributes a meet the condition.
func (c Condition) Holds(a Attributes) bool {
	for _, anyOf := range c {
		if !a.Any(anyOf) {
			return false
		}
	}
	return true
}
