// Package clip holds the networks that say how well a picture fits a sentence
// (Radford et al. 2021, arXiv:2103.00020).
//
//	EncodeImage: picture [N,3,H,W] in [0,1] -> unit vectors [N,E]
//	EncodeText:  N sentences                -> unit vectors [N,E]
//
// Their inner product is the cosine similarity. The picture is what package
// view makes of radiance; its normalisation and size are the tower's own
// affair.
//
// The image tower is a vision transformer with the structure and the names of
// OpenAI's checkpoints, at any size and for pictures of any shape, or a small
// convolutional net for panoramas. The text tower is OpenAI's transformer.
package clip
