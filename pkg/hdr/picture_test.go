package hdr

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
)

// recipes are what a picture may be given to carry. The last needs several
// comments of a JPEG.
var recipes = []string{
	"", `{"command":"convert"}`, "two\nlines", `{"prompt":"ein Föhnsturm 🌪"}`, strings.Repeat("0123456789abcde", 20_000),
}

// encoders are the two formats, with how a stranger reads them.
var encoders = map[string]struct {
	encode func(io.Writer, image.Image, string) error
	decode func(io.Reader) (image.Image, error)
}{
	"png": {EncodePNG, png.Decode},
	"jpeg": {func(w io.Writer, pic image.Image, recipe string) error {
		return EncodeJPEG(w, pic, 90, recipe)
	}, jpeg.Decode},
}

func TestPicturesCarryTheirRecipe(t *testing.T) {
	pic := screen(noise(33, 17))
	for name, format := range encoders {
		var plain image.Image
		for _, recipe := range recipes {
			var file bytes.Buffer
			if err := format.encode(&file, pic, recipe); err != nil {
				t.Fatal(err)
			}
			if got := mustDecode(t, file.Bytes()).Meta.Recipe; got != recipe {
				t.Errorf("%s: got %.60q of %d bytes back, want %.60q of %d", name, got, len(got), recipe, len(recipe))
			}
			shown, err := format.decode(&file)
			if err != nil {
				t.Fatalf("%s with %.60q: %v", name, recipe, err)
			}
			if plain == nil {
				plain = shown
			}
			if !equalPictures(shown, plain) {
				t.Errorf("%s: the recipe %.60q changes the picture", name, recipe)
			}
		}
	}
}

func equalPictures(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}

func TestARecipeIsTextInAPNG(t *testing.T) {
	var file bytes.Buffer
	if err := EncodePNG(&file, image.NewGray(image.Rect(0, 0, 2, 1)), "a\x00b\xffc"); err != nil {
		t.Fatal(err)
	}
	if got, want := mustDecode(t, file.Bytes()).Meta.Recipe, "a b\uFFFDc"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Other programs write text, comments and fill bytes of their own.
func TestRecipesAreFoundAmongOtherWords(t *testing.T) {
	pic := image.NewGray(image.Rect(0, 0, 2, 1))
	var file bytes.Buffer
	if err := EncodeJPEG(&file, pic, 90, "b"); err != nil {
		t.Fatal(err)
	}
	data := "\xff\xd8\xff\xfe\x00\x04hi\xff\xfe\x00\x0brecipe: a\xff" + file.String()[2:]
	if got := mustDecode(t, []byte(data)).Meta.Recipe; got != "ab" {
		t.Errorf("jpeg: got %q, want ab", got)
	}

	file.Reset()
	if err := EncodePNG(&insertion{w: &file, at: 8 + 25, extra: recipeChunk("")}, pic, "a"); err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(file.String(), "Recipe", "Author", 1)
	if got := saidByPNG(&Source{Data: []byte(other), Size: int64(len(other))}).recipe; got != "a" {
		t.Errorf("png: got %q, want a", got)
	}
}

func FuzzPictureRecipe(f *testing.F) {
	for _, recipe := range recipes[:4] {
		f.Add(recipe, byte(0), uint16(40))
	}
	pic := screen(noise(5, 3))
	// Any text comes back; and where a byte of the file is another, whatever
	// is found there, nothing is read from outside of the file.
	f.Fuzz(func(t *testing.T, recipe string, flip byte, at uint16) {
		for name, format := range encoders {
			var file bytes.Buffer
			if err := format.encode(&file, pic, recipe); err != nil {
				t.Fatal(err)
			}
			data := file.Bytes()
			src := &Source{Data: data, Size: int64(len(data))}
			want, read := recipe, saidByJPEG
			if name == "png" {
				want, read = strings.ReplaceAll(strings.ToValidUTF8(recipe, "\uFFFD"), "\x00", " "), saidByPNG
			}
			if got := read(src).recipe; got != want {
				t.Fatalf("%s: got %q, want %q", name, got, want)
			}
			data[int(at)%len(data)] ^= flip
			if got := read(src).recipe; len(got) > len(data) {
				t.Fatalf("%s: got %d bytes of a file of %d", name, len(got), len(data))
			}
		}
	})
}
