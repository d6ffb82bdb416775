package torch

import (
	"os"
	"runtime/pprof"
	"sync"
	"sync/atomic"
)

// tracing is on when TOOLKIT_TRACE_TENSORS is set: each live tensor is then in
// the pprof profile "torch.tensors" with the stack that made it.
var tracing atomic.Bool

func init() { tracing.Store(os.Getenv("TOOLKIT_TRACE_TENSORS") != "") }

var liveProfile = sync.OnceValue(func() *pprof.Profile { return pprof.NewProfile("torch.tensors") })
