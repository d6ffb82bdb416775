package nn

import (
	"fmt"
	"io"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Digest writes every weight's name and bytes to w, in the order of creation:
// what a hash of a model is taken over.
func (p *Params) Digest(w io.Writer) error {
	return torch.Do(torch.CPU, func(s *torch.Session) {
		for name, weight := range p.Each {
			s.Scope(func() {
				fmt.Fprintln(w, name)
				_, err := w.Write(s.Use(weight).Detach().ToDevice(torch.CPU).Bytes())
				s.Check(err)
			})
		}
	})
}
