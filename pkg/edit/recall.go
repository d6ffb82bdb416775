package edit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Recall returns numbers that were made under a name before, or makes them and
// keeps them. nil makes them each time.
type Recall func(name string, make func() []float32) []float32

// vectors recalls n vectors, [N,E]. What they hang on is the name's: the same
// name is the same vectors, to the bit.
func (r Recall) vectors(s *torch.Session, n int, name string, make func() torch.Tensor) torch.Tensor {
	if r == nil {
		return make()
	}
	values := r(name, func() []float32 { return make().Floats() })
	if len(values) == 0 || len(values)%n != 0 {
		return make()
	}
	return s.FromFloats(values, int64(n), int64(len(values)/n))
}

// said are a CLIP's vectors of sentences, [N,E].
func (r Recall) said(s *torch.Session, m Encoder, texts []string) torch.Tensor {
	return r.vectors(s, len(texts), digest("sentences", m.Hash(), texts), func() torch.Tensor { return m.EncodeText(s, texts) })
}

// seen are a CLIP's vectors of pictures [N,3,H,W], [N,E].
func (r Recall) seen(s *torch.Session, m Encoder, pictures torch.Tensor) torch.Tensor {
	if r == nil {
		return m.EncodeImage(pictures)
	}
	shape := pictures.Shape()
	return r.vectors(s, int(shape[0]), digest("pictures", m.Hash(), shape, pictures.Floats()), func() torch.Tensor { return m.EncodeImage(pictures) })
}

// digest is a name for what hangs on these values: strings, numbers, and lists
// of them.
func digest(values ...any) string {
	sum := sha256.New()
	for _, v := range values {
		if floats, ok := v.([]float32); ok {
			fmt.Fprintf(sum, "%d\n", len(floats))
			_ = binary.Write(sum, binary.LittleEndian, floats) // a hash takes all
			continue
		}
		fmt.Fprintf(sum, "%q\n", v)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
