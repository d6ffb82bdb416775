package bpe

import (
	"fmt"
	"slices"
)

// minSize is what a vocabulary has before any merge: each byte alone and at a
// word's end, start and end.
const minSize = 2*256 + 2

// Train learns a vocabulary of at most size tokens from captions: over and
// over it merges the pair of neighbours seen most often, of equals the one
// first in byte order, until the size is reached or no pair is seen twice. The
// same captions in any order give the same vocabulary.
func Train(captions []string, size int) (*Vocabulary, error) {
	if size < minSize {
		return nil, fmt.Errorf("bpe: train: size is %d, want %d or more: each byte is a token, alone and at a word's end", size, minSize)
	}
	corpus := count(captions)
	var merges [][2]string
	for len(merges) < size-minSize {
		pair, seen := commonest(corpus)
		if seen < 2 {
			break
		}
		merges = append(merges, pair)
		for _, e := range corpus {
			e.merge(pair)
		}
	}
	return newVocabulary(number(merges), merges)
}

// entry is a word as its tokens so far, with how often it was seen.
type entry struct {
	tokens []string
	seen   int
}

func count(captions []string) []*entry {
	byWord := map[string]*entry{}
	var corpus []*entry
	for _, c := range captions {
		for _, w := range Words(Clean(c)) {
			if w == Start || w == End {
				continue
			}
			if byWord[w] == nil {
				byWord[w] = &entry{tokens: letters(w)}
				corpus = append(corpus, byWord[w])
			}
			byWord[w].seen++
		}
	}
	return corpus
}

func commonest(corpus []*entry) (best [2]string, seen int) {
	counts := map[[2]string]int{}
	for _, e := range corpus {
		for i := range len(e.tokens) - 1 {
			counts[[2]string{e.tokens[i], e.tokens[i+1]}] += e.seen
		}
	}
	for pair, n := range counts {
		if n > seen || n == seen && slices.Compare(pair[:], best[:]) < 0 {
			best, seen = pair, n
		}
	}
	return best, seen
}

func (e *entry) merge(pair [2]string) {
	n := 0
	for i := 0; i < len(e.tokens); i++ {
		t := e.tokens[i]
		if i+1 < len(e.tokens) && t == pair[0] && e.tokens[i+1] == pair[1] {
			t += pair[1]
			i++
		}
		e.tokens[n] = t
		n++
	}
	e.tokens = e.tokens[:n]
}

// number gives ids as CLIP does: bytes, bytes at a word's end, merges, start,
// end. Two merges can make one token, which has one id.
func number(merges [][2]string) map[string]int {
	ids := make(map[string]int, minSize+len(merges))
	add := func(token string) {
		if _, ok := ids[token]; !ok {
			ids[token] = len(ids)
		}
	}
	for _, c := range inOrder() {
		add(c)
	}
	for _, c := range inOrder() {
		add(c + wordEnd)
	}
	for _, m := range merges {
		add(m[0] + m[1])
	}
	add(Start)
	add(End)
	return ids
}
