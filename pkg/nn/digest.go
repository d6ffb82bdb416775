package nn

import (
	"crypto/sha256"
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Digest writes to w, in the order of creation, a line for every weight: its
// name, type and shape, and the SHA-256 of its elements. It is what a hash of a
// model is taken over. The weights are hashed several at a time.
func (p *Params) Digest(w io.Writer) error {
	lines := make([]string, len(p.list))
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		limit := make(chan struct{}, runtime.GOMAXPROCS(0))
		var wg sync.WaitGroup
		defer wg.Wait() // before the session frees what is read
		for i, weight := range p.list {
			host := s.Use(weight.tensor).Detach().ToDevice(torch.CPU).Contiguous()
			elements := host.Memory()
			limit <- struct{}{}
			wg.Go(func() {
				lines[i] = fmt.Sprintf("%s %v %v %x\n", weight.name, host.DType(), host.Shape(), sha256.Sum256(elements))
				<-limit
			})
		}
	})
	if err != nil {
		return err
	}
	for _, line := range lines {
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	return nil
}
