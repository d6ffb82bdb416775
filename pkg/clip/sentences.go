package clip

import "github.com/clipenv/toolkit/pkg/torch"

// Sentences are N sentences as a model's text tower reads them: tensors of N rows,
// which are all that is known of them.
type Sentences []torch.Tensor

// Narrow are n of the sentences, from the first on.
func (x Sentences) Narrow(first, n int) Sentences {
	some := make(Sentences, len(x))
	for i, t := range x {
		some[i] = t.Narrow(0, int64(first), int64(n))
	}
	return some
}

// Rows says how sentences are looked up.
type Rows struct {
	Step  int            // the rows are as long as the longest sentence, or the next multiple of this; 0: 1
	Noise func() float32 // is added to each number of a word's vector, where the model reads words; nil: nothing
}

// length is that of rows for sentences of at most longest, and never more than most.
func (r Rows) length(longest, most int) int {
	step := max(r.Step, 1)
	return max(longest, min((longest+step-1)/step*step, most))
}

// LookUp looks sentences up. With noise, what is learnt of a word is learnt of the words
// about it too. What passes the context is not read.
func (m *Model) LookUp(s *torch.Session, texts []string, r Rows) Sentences {
	if m.Words != nil {
		return m.words.read(s, texts, r)
	}
	lengths, rows := make([]int, len(texts)), make([][]int, len(texts))
	longest := 0
	for i, text := range texts {
		row, err := m.Tokenizer.Encode(text)
		s.Check(err)
		rows[i], lengths[i] = row, len(row)
		longest = max(longest, len(row))
	}
	longest = r.length(longest, int(m.Config.Text.Context))
	ids := make([]int64, len(texts)*longest) // padded with 0
	for i, row := range rows {
		for j, id := range row {
			ids[i*longest+j] = int64(id)
		}
	}
	N, L := int64(len(texts)), int64(longest)
	return Sentences{s.FromInts(ids, N, L), s.FromFloats(m.text.pooled(lengths, longest), N, L)}
}

// EncodeSentences returns the unit vectors [N,E] of what was read.
func (m *Model) EncodeSentences(x Sentences) (y torch.Tensor) {
	defer x[0].Tidy(&y)()

	if m.Words != nil {
		y = m.words.Forward(x)
	} else {
		y = m.text.Forward(x[0], x[1])
	}
	return y.Normalize(-1, 1e-12)
}
