package exr

import (
	"strings"
	"testing"
)

// listed makes channels of words: "part/layer.R", "part/*" for R G B of it.
func listed(words ...string) (all []channel) {
	parts := map[string]int{}
	for _, word := range words {
		part, name, ok := strings.Cut(word, "/")
		if !ok {
			part, name = "", word
		}
		if _, ok := parts[part]; !ok {
			parts[part] = len(parts)
		}
		for _, c := range "RGB" {
			one := strings.Replace(name, "*", string(c), 1)
			all = append(all, channel{part: parts[part], partName: part, name: one, flat: true, x: 1, y: 1})
			if one == name {
				break
			}
		}
	}
	return all
}

func TestTheLayerThatAViewerWouldShow(t *testing.T) {
	for _, c := range []struct {
		channels string
		want     string // "" asks
	}{
		{"*", "RGB"}, {"albedo.* *", "RGB"}, {"A Z *", "RGB"}, {"Y", "Y"}, {"Y RY BY", "YRYBY"}, {"Y *", "RGB"},
		{"albedo.* beauty.*", "beauty"}, {"a.* rgba.* b.*", "rgba"}, {"ViewLayer.Combined.* ViewLayer.DiffCol.*", "ViewLayer.Combined"},
		{"Composite.Combined.* ViewLayer.Combined.*", "Composite.Combined"}, {"A.Combined.* B.Combined.*", ""},
		{"albedo/* beauty/*", "beauty"}, {"albedo/albedo.* beauty/beauty.*", "beauty"}, {"depth/Z sky/*", "sky"},
		{"albedo/* C/*", "C"}, {"albedo/* normal/*", ""}, {"beauty.* rgba.*", "beauty"}, {"left/* left/diffuse.* right/diffuse.*", "left"},
		{"sky.*", "sky"}, {"albedo.* normal.*", ""}, {"depth.Y albedo.*", "albedo"}, {"Z.Y N.Y", ""},
		{"albedo.red albedo.green albedo.blue depth.Z", "albedo"}, {"r g b", "rgb"}, {"R G", "none"}, {"Z", "none"},
	} {
		layers := layersOf(listed(strings.Fields(c.channels)...))
		if len(layers) == 0 {
			if c.want != "none" {
				t.Errorf("%s: got no layer, want %q", c.channels, c.want)
			}
			continue
		}
		got, err := choose(layers, "")
		if got.name != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: got %q (%v), want %q", c.channels, got.name, err, c.want)
		}
		for _, l := range layers {
			if named, err := choose(layers, strings.ToUpper(l.name)); err != nil || !strings.EqualFold(named.name, l.name) {
				t.Errorf("%s: layer %s by its name: got %q, %v", c.channels, l.name, named.name, err)
			}
		}
		if _, err := choose(layers, "nothing"); err == nil || !strings.Contains(err.Error(), `no layer "nothing", want one of `+layers[0].name) {
			t.Errorf("%s: a layer that is not there: got error %v", c.channels, err)
		}
	}
}

func TestADeepPartHasNoLayer(t *testing.T) {
	channels := listed("*", "fog/*")
	for i := range 3 {
		channels[i].flat = false
	}
	layers := layersOf(channels)
	if len(layers) != 1 || layers[0].name != "fog" || layers[0].part != 1 {
		t.Errorf("got %v, want the flat part alone", layers)
	}
	if got := noPicture(channels[:3]).Error(); !strings.Contains(got, "R (deep) G (deep)") {
		t.Errorf("got %q, want what the channels are", got)
	}
}
