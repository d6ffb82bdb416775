package exr

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// channel is one channel of a file.
type channel struct {
	part     int
	partName string
	name     string // with its layer in front, as in "albedo.R"
	flat     bool   // not of a deep image
	x, y     int    // every x-th texel of every y-th row has a sample
}

// layer is a picture of a file: channels of one part that belong together.
type layer struct {
	name     string // as people write it, as in "albedo"
	part     int
	channels []string // R G B, Y, or Y RY BY
	chroma   bool     // whether they are Y RY BY
	plain    bool     // whether the channels' names have no layer in front
}

// sets are the names of channels that make a picture, by how they are spelt.
var sets = [][]string{
	{"R", "G", "B"}, {"r", "g", "b"}, {"red", "green", "blue"}, {"Red", "Green", "Blue"}, {"RED", "GREEN", "BLUE"},
	{"Y", "RY", "BY"}, {"Y"}, {"y"},
}

// layersOf groups the channels of the flat parts.
func layersOf(channels []channel) (layers []layer) {
	type place struct {
		part   int
		prefix string
	}
	groups := map[place]map[string]channel{}
	var order []place
	several := false
	for _, c := range channels {
		several = several || c.part > 0
		if !c.flat {
			continue
		}
		dot := strings.LastIndexByte(c.name, '.')
		at := place{c.part, c.name[:dot+1]}
		if groups[at] == nil {
			groups[at] = map[string]channel{}
			order = append(order, at)
		}
		groups[at][c.name[dot+1:]] = c
	}
	for _, at := range order {
		group := groups[at]
		i := slices.IndexFunc(sets, func(set []string) bool {
			return !slices.ContainsFunc(set, func(name string) bool { _, ok := group[name]; return !ok })
		})
		if i < 0 {
			continue
		}
		l := layer{part: at.part, plain: at.prefix == "", chroma: len(sets[i]) == 3 && sets[i][0] == "Y"}
		for _, name := range sets[i] {
			l.channels = append(l.channels, at.prefix+name)
		}
		l.name = strings.TrimSuffix(at.prefix, ".")
		if part := group[sets[i][0]].partName; several && part != "" && !strings.HasPrefix(l.name+".", part+".") {
			l.name = strings.Trim(part+"."+l.name, ".")
		}
		if l.name == "" {
			l.name = strings.Join(sets[i], "")
		}
		layers = append(layers, l)
	}
	return layers
}

// beauties are the usual names of a renderer's whole picture, the best first.
var beauties = []string{"combined", "beauty", "rgba", "rgb", "c", "ci", "color", "colour", "image", "main", "final"}

// rank is low for the layer that a viewer would show: colours before
// luminance alone, plain channels before those of a layer, and the usual names
// before others.
func (l layer) rank() [3]int {
	var r [3]int
	if len(l.channels) == 1 {
		r[0] = 1
	}
	if !l.plain {
		r[1] = 1
	}
	name := strings.ToLower(l.name)
	last := name[strings.LastIndexByte(name, '.')+1:]
	switch r[2] = slices.Index(beauties, last); {
	case name == "composite.combined": // the picture behind Blender's compositor
		r[2] = -1
	case r[2] < 0:
		r[2] = len(beauties)
	}
	return r
}

// choose returns the layer of a name, or without one the only layer of the
// lowest rank.
func choose(layers []layer, wanted string) (layer, error) {
	if wanted != "" {
		for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
			if i := slices.IndexFunc(layers, func(l layer) bool { return same(l.name, wanted) }); i >= 0 {
				return layers[i], nil
			}
		}
		return layer{}, &hdr.LayerError{Wanted: wanted, Layers: names(layers)}
	}
	best := slices.MinFunc(layers, func(a, b layer) int { return compareRanks(a, b) })
	tied := slices.DeleteFunc(slices.Clone(layers), func(l layer) bool { return compareRanks(l, best) != 0 })
	if len(tied) > 1 {
		return layer{}, &hdr.LayerError{Layers: names(tied)}
	}
	return best, nil
}

func compareRanks(a, b layer) int {
	x, y := a.rank(), b.rank()
	return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]), cmp.Compare(x[2], y[2]))
}

func names(layers []layer) (all []string) {
	for _, l := range layers {
		all = append(all, l.name)
	}
	return all
}

// noPicture says what a file has that has no layer.
func noPicture(channels []channel) error {
	var seen []string
	for i, c := range channels {
		if i == 16 {
			seen = append(seen, fmt.Sprintf("and %d more", len(channels)-i))
			break
		}
		name := c.name
		switch {
		case !c.flat:
			name += " (deep)"
		case c.x != 1 || c.y != 1:
			name += fmt.Sprintf(" (%d×%d)", c.x, c.y)
		}
		seen = append(seen, name)
	}
	return fmt.Errorf("channels are %s, want R G B or Y in a flat image", strings.Join(seen, " "))
}
