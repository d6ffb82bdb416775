package hdr

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
)

// panoramaSpace is the namespace of Google's Photo Sphere XMP metadata.
const panoramaSpace = "http://ns.google.com/photos/1.0/panorama/"

// panorama returns the properties of the Photo Sphere in XMP, which stand as
// attributes or as elements.
func panorama(xmp []byte) map[string]string {
	found := map[string]string{}
	var inside string // the property whose text comes
	dec := xml.NewDecoder(bytes.NewReader(xmp))
	for {
		token, err := dec.Token()
		if err != nil {
			return found // what is damaged has no more to say
		}
		switch t := token.(type) {
		case xml.StartElement:
			inside = ""
			if t.Name.Space == panoramaSpace {
				inside = t.Name.Local
			}
			for _, a := range t.Attr {
				if a.Name.Space == panoramaSpace {
					found[a.Name.Local] = strings.TrimSpace(a.Value)
				}
			}
		case xml.CharData:
			if inside != "" {
				found[inside] += strings.TrimSpace(string(t))
			}
		case xml.EndElement:
			inside = ""
		}
	}
}

// panoramaNote says how a picture is no whole equirectangular sphere by its
// own words, "" where it is or says nothing.
func panoramaNote(xmp []byte) string {
	p := panorama(xmp)
	if kind := p["ProjectionType"]; kind != "" && !strings.EqualFold(kind, "equirectangular") {
		return fmt.Sprintf("its GPano metadata say that its projection is \"%s\", not equirectangular", quote.Text(kind))
	}
	var n [6]int
	for i, name := range []string{
		"CroppedAreaImageWidthPixels", "CroppedAreaImageHeightPixels", "FullPanoWidthPixels", "FullPanoHeightPixels",
		"CroppedAreaLeftPixels", "CroppedAreaTopPixels",
	} {
		v, err := strconv.Atoi(p[name])
		if err != nil && i < 4 {
			return ""
		}
		n[i] = v
	}
	if n[0] == n[2] && n[1] == n[3] {
		return ""
	}
	return fmt.Sprintf("its GPano metadata say that it is a part of the sphere, %d×%d of %d×%d from (%d, %d) on: pad it to the whole first",
		n[0], n[1], n[2], n[3], n[4], n[5])
}
