package dataset

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"html/template"
	"image"
	"image/jpeg"
	"io"
	"strings"

	"github.com/clipenv/toolkit/pkg/envmap"
)

// Thumbnail is the map as CLIP sees it, at the fixed exposure (envmap.Picture).
func (m Map) Thumbnail() image.Image {
	picture := m.Radiance()
	envmap.PictureRow(picture, picture)
	return envmap.Paint(picture, m.Size.W, m.Size.H)
}

// Contacts draws the maps, each under its name and attributes.
func Contacts(maps []Map, columns int) (image.Image, error) {
	pictures, labels := make([]image.Image, len(maps)), make([]string, len(maps))
	for i, m := range maps {
		pictures[i], labels[i] = m.Thumbnail(), m.Name+": "+m.Attributes.String()
	}
	return envmap.Sheet(pictures, labels, columns)
}

//go:embed contacts.html
var contactsText string

var contactsPage = template.Must(template.New("contacts").Parse(contactsText))

// contact is a map on the page.
type contact struct {
	Map
	Split   Split
	Picture template.URL
	Names   []string // of the attributes
}

// WriteContacts writes a page with the maps, their words and splits, and a
// recipe that it carries. The page needs no other file, and what people wrote
// is text in it, whatever it is.
func WriteContacts(w io.Writer, title, recipe string, maps []Map, val, test float64) error {
	contacts := make([]contact, len(maps))
	for i, split := range Splits(maps, val, test) {
		m := maps[i]
		var picture bytes.Buffer
		if err := jpeg.Encode(&picture, m.Thumbnail(), &jpeg.Options{Quality: 85}); err != nil {
			return err
		}
		contacts[i] = contact{m, split, template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(picture.Bytes())), m.Attributes.Names()}
	}
	var text strings.Builder
	if err := Summarise(maps, val, test).WriteText(&text); err != nil {
		return err
	}
	return contactsPage.Execute(w, struct {
		Title, Recipe, Summary string
		Maps                   []contact
	}{title, recipe, text.String(), contacts})
}
