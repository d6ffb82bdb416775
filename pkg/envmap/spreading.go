package envmap

import "math"

// spreading weighs input positions for more output positions than there were.
// The input's values are joined by lines; each output position is the mean of
// them over its stretch from edges[o] to edges[o+1]. Node k, of input position
// first+k, must lie so that every edge between two input positions is in the
// middle of their nodes. Then the hat of each position, from the node before
// to the node after, is as large as the position itself: no light is lost or
// doubled, whatever the sizes, and no weight is negative.
func spreading(nodes []float64, first int, edges []float64) []taps {
	t := make([]taps, len(edges)-1)
	k := 0
	for o := range t {
		a, b := edges[o], edges[o+1]
		for k+2 < len(nodes) && nodes[k+1] <= a {
			k++
		}
		weights := []float64{0}
		for j := k; j+1 < len(nodes) && (j == k || nodes[j] < b); j++ {
			// The line from node j to the next, where the stretch covers it.
			length := nodes[j+1] - nodes[j]
			from, to := max(0, a-nodes[j]), min(length, b-nodes[j])
			next := (to*to - from*from) / (2 * length)
			weights[len(weights)-1] += (to - from - next) / (b - a)
			weights = append(weights, next/(b-a))
		}
		t[o] = taps{first + k, weights}
	}
	return t
}

// spreadingLongitudes has its nodes in the middle of each texel, and one more
// on either side, round the seam.
func spreadingLongitudes(in, out int) []taps {
	nodes, edges := make([]float64, in+2), make([]float64, out+1)
	for k := range nodes {
		nodes[k] = float64(k) - .5
	}
	for o := range edges {
		edges[o] = float64(o) * float64(in) / float64(out)
	}
	return spreading(nodes, -1, edges)
}

// spreadingLatitudes runs along minus the cosine of the polar angle, in which
// equal stretches are equal solid angles. With rows of an angle of a, the
// middle of row k is drawn out to -cos((k+½)a)/cos(a/2): the mean of two
// neighbours is then the cosine of the edge between them, and the first and
// last lie on the poles.
func spreadingLatitudes(in, out int) []taps {
	edges := make([]float64, out+1)
	for o := range edges {
		edges[o] = -math.Cos(math.Pi * float64(o) / float64(out))
	}
	if in == 1 { // one row has no neighbours
		t := make([]taps, out)
		for o := range t {
			t[o] = taps{0, []float64{1}}
		}
		return t
	}
	nodes := make([]float64, in)
	a := math.Pi / float64(in)
	for k := range nodes {
		nodes[k] = -math.Cos((float64(k)+.5)*a) / math.Cos(a/2)
	}
	return spreading(nodes, 0, edges)
}
