// Package bpe turns a sentence into the numbers that CLIP's text tower reads:
// the byte-level byte-pair encoding of Radford et al. 2021
// (arXiv:2103.00020), on that of Sennrich et al. (arXiv:1508.07909).
//
//	Clean      text -> lower case, one space between words
//	Words      cleaned text -> words, numerals one by one, runs of marks
//	Vocabulary word -> tokens, by the merges learnt first
//	Tokenizer  text -> start token, tokens, end token: at most a context
//
// Every byte is a token of its own, so any text can be encoded. The last
// token of a word ends in "</w>", by which decoding knows where spaces were.
//
// The pipeline is github.com/sugarme/tokenizer's, with three parts of our own
// behind its interfaces: the Model, since its BPE never adds the end-of-word
// suffix; the Normalizer, since its NFC decomposes; and the truncation.
//
// The package is pure: it knows nothing of tensors.
package bpe
