package edit

import "strings"

// phrases finds the phrases of a book in a text, as looked does. At each word
// only the longest counts. denied tells that one stands after a word that
// denies it.
func phrases[T any](text string, book map[string]T, found func(phrase string, of T, denied bool)) {
	words := plainDenials(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '\'' && r < 128
	}))
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

// bookOf makes a book of lists of phrases, parted by |.
func bookOf[E, T any](list []E, of func(E) (words string, value T)) map[string][]T {
	book := map[string][]T{}
	for _, e := range list {
		words, value := of(e)
		for w := range strings.SplitSeq(words, "|") {
			if w != "" {
				book[w] = append(book[w], value)
			}
		}
	}
	return book
}

var (
	explicitBook = func() map[string][]int {
		all := make([]int, len(explicit))
		for i := range all {
			all[i] = i
		}
		return bookOf(all, func(i int) (string, int) { return explicit[i].words, i })
	}()
	saidBook = func() map[string][]int {
		all := make([]int, len(knownLights))
		for i := range all {
			all[i] = i
		}
		return bookOf(all, func(i int) (string, int) { return knownLights[i].said, i })
	}()
)

// singular takes the endings of the plural off a phrase's words.
func singular(phrase string) string {
	words := strings.Fields(phrase)
	for i, w := range words {
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
