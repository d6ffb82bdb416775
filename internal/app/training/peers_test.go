package training

import (
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/dist/launch"
	"github.com/clipenv/toolkit/pkg/torch"
)

// The processes of a machine take its GPUs in turn, and one too many is told which
// it is and how many there are.
func TestEachProcessOfAMachineTakesAGPU(t *testing.T) {
	for local := range 2 {
		if d, err := deviceOf(launch.Place{Rank: 4 + local, Local: local}, 0, 2); err != nil || d != torch.Device(local) {
			t.Errorf("process %d: got %v, %v, want cuda:%d", local, d, err, local)
		}
	}
	if d, err := deviceOf(launch.Place{Rank: 6, Local: 2}, torch.CPU, 2); err != nil || d != torch.CPU {
		t.Errorf("on the CPU: got %v, %v, want the CPU", d, err)
	}
	_, err := deviceOf(launch.Place{Rank: 6, Local: 2}, 0, 2)
	if err == nil || !strings.Contains(err.Error(), "rank 6 is process 2 of its machine, from 0, and there are 2 CUDA devices") {
		t.Errorf("one too many: got %v", err)
	}
}
