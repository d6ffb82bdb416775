// Package words reads sentences as rows of a table of word vectors, which were
// distilled from a language model: a sentence's meaning is near the sum of its
// words' rows (scripts/words, models/mini/words.safetensors).
//
//	Parse   file     -> table of V words, each a vector of D
//	Read    sentence -> its words: row, and whether it is negated
//	Embed   sentence -> their sum, D numbers
//	Unknown sentence -> the words that no row stands for
//
// A word is a run of letters; case, accents and marks do not matter. A form
// that the table lacks falls back to its stem, "foggiest" to "foggy" or "fog", or to the two words
// that it is put together of, "heatwave" to "heat" and "wave".
//
// "No", "not", "without" and their like have no row of their own: they negate
// the words after them, to the end of the phrase (negate). So "no clouds",
// "without any clouds" and "cloudless" where that is no word of the table read
// alike: the word cloud, negated. What a negated word means is the reader's
// affair; Embed takes its row away.
//
// The package is pure: it knows nothing of tensors.
package words
