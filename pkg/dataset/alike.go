package dataset

import "slices"

// alike groups maps of different scenes that look like one map turned: a split
// by scene would put them on two sides.
func alike(maps []Map) [][]string {
	groups := [][]string{}
	grouped := make([]bool, len(maps))
	near := newLooks(maps)
	for i, m := range maps {
		if grouped[i] {
			continue
		}
		group, scenes := []string{m.Name}, []string{m.Scene}
		for _, k := range near.after(i) {
			if !grouped[k] && m.Seen.alike(maps[k].Seen) {
				grouped[k] = true
				group = append(group, maps[k].Name)
				if !slices.Contains(scenes, maps[k].Scene) {
					scenes = append(scenes, maps[k].Scene)
				}
			}
		}
		if len(scenes) > 1 {
			groups = append(groups, group)
		}
	}
	return groups
}

// looks finds maps whose fingerprints may be alike without looking at all of
// them: a grid over a few of their bytes, whose cells are wider than what alike
// maps differ by, so that they lie in neighbouring ones.
type looks struct {
	maps  []Map
	cells map[cell][]int
}

// gridded are the bytes of a fingerprint that the grid is over: brightness at
// the zenith, above and below the horizon, and at the nadir.
var gridded = [...]int{1, 4*6 + 1, 4*9 + 1, 4*15 + 1}

type cell [len(gridded)]int

func newLooks(maps []Map) looks {
	l := looks{maps, map[cell][]int{}}
	for i, m := range maps {
		l.cells[cellOf(m.Seen.Print)] = append(l.cells[cellOf(m.Seen.Print)], i)
	}
	return l
}

func cellOf(fingerprint []byte) (c cell) {
	for i, at := range gridded {
		if at < len(fingerprint) {
			c[i] = int(fingerprint[at]) / (alikeWithin + 1)
		}
	}
	return c
}

// after returns the maps behind map i that may be alike to it, in order.
func (l looks) after(i int) []int {
	var near []int
	var visit func(c cell, at int)
	visit = func(c cell, at int) {
		if at == len(c) {
			in := l.cells[c]
			from, _ := slices.BinarySearch(in, i+1)
			near = append(near, in[from:]...)
			return
		}
		for step := -1; step <= 1; step++ {
			next := c
			next[at] += step
			visit(next, at+1)
		}
	}
	visit(cellOf(l.maps[i].Seen.Print), 0)
	slices.Sort(near)
	return near
}
