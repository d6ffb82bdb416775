package edit

import "strings"

// phrases finds the phrases of a book in a text, as looked does. At each word
// only the longest counts. denied tells that one stands after a word that
// denies it.
func phrases[T any](text string, book map[string]T, found func(phrase string, of T, denied bool)) {
	words := plainDenials(wordsOf(text))
	const longest = 8
	denied := 0
	for i := 0; i < len(words); i++ {
		denied--
		matched := false
		for n := min(longest, len(words)-i); n > 0 && !matched; n-- {
			phrase := strings.Join(words[i:i+n], " ")
			if of, ok := looked(book, phrase); ok {
				found(phrase, of, denied > 0)
				denied, matched = 0, true
				i += n - 1
			}
		}
		if w := words[min(i, len(words)-1)]; !matched && denier(w) {
			denied = reachOfDenial
		}
	}
}

// explicitBook and saidBook find the places of explicit and knownLights by the
// phrases that they have, parted by |.
var (
	explicitBook = bookOf(len(explicit), func(i int) string { return explicit[i].words })
	saidBook     = bookOf(len(knownLights), func(i int) string { return knownLights[i].said })
)

func bookOf(n int, words func(i int) string) map[string][]int {
	book := map[string][]int{}
	for i := range n {
		for w := range strings.SplitSeq(words(i), "|") {
			if w != "" {
				w = bookKey(w)
				book[w] = append(book[w], i)
			}
		}
	}
	return book
}

// bookKey is a phrase as phrases looks it up.
func bookKey(phrase string) string {
	return strings.Join(plainDenials(wordsOf(phrase)), " ")
}

// unaccented writes letters as English keyboards have them.
var unaccented = strings.NewReplacer("’", "'", "á", "a", "à", "a", "â", "a", "ä", "a", "å", "a", "ã", "a", "ç", "c", "é", "e", "è", "e", "ê", "e",
	"ë", "e", "í", "i", "ï", "i", "î", "i", "ñ", "n", "ó", "o", "ô", "o", "ö", "o", "ø", "o", "ú", "u", "û", "u", "ü", "u")

// wordsOf takes a text apart, in lower case and without its marks.
func wordsOf(text string) []string {
	return strings.FieldsFunc(unaccented.Replace(strings.ToLower(text)), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '\'' && r < 128
	})
}

// singular takes the endings of the plural and of the genitive off a phrase's
// words.
func singular(phrase string) string {
	words := strings.Fields(phrase)
	for i, w := range words {
		w = strings.TrimSuffix(w, "'s")
		words[i] = w
		switch {
		case len(w) < 4 || !strings.HasSuffix(w, "s") || strings.HasSuffix(w, "ss") || strings.HasSuffix(w, "us"):
		case strings.HasSuffix(w, "ies"):
			words[i] = strings.TrimSuffix(w, "ies") + "y"
		default:
			words[i] = strings.TrimSuffix(w, "s")
		}
	}
	return strings.Join(words, " ")
}

// verbs are the forms that a word may be the past or the participle of:
// "glowing" and "glowed" of "glow", "blazing" of "blaze", "skipped" of "skip".
func verbs(word string) (forms []string) {
	for _, ending := range []string{"ing", "ed"} {
		stem, cut := strings.CutSuffix(word, ending)
		n := len(stem)
		if !cut || n < 3 {
			continue
		}
		forms = append(forms, stem+"e")
		vowel := func(i int) bool { return strings.IndexByte("aeiou", stem[i]) >= 0 }
		switch {
		case stem[n-1] == stem[n-2]:
			forms = append(forms, stem, stem[:n-1])
		case n < 4 || vowel(n-1) || !vowel(n-2) || vowel(n-3) || stem[n-1] == 'w':
			forms = append(forms, stem) // else the stem would have doubled: "stared" is of no star
		}
	}
	return forms
}
