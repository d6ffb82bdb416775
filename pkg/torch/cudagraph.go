package torch

// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"unsafe"
)

// graphLibrary is what scripts/plugins.sh leaves beside the program.
const graphLibrary = "libtoolkit_graph.so"

// openGraphs opens the library of CUDA graphs, once.
var openGraphs = sync.OnceValue(func() error {
	path := os.Getenv("TOOLKIT_GRAPH")
	if path == "" {
		path = graphLibrary
		if self, err := os.Executable(); err == nil {
			path = filepath.Join(filepath.Dir(self), graphLibrary)
		}
	}
	c := C.CString(path)
	defer C.free(unsafe.Pointer(c))
	if message := C.gs_graph_open(c); message != nil {
		return fmt.Errorf("%s; scripts/plugins.sh builds it where CUDA's headers are", firstLine(takeString(message)))
	}
	return nil
})

// CanRecord says why steps cannot be recorded on a device, nil where they can:
// on a GPU with the library of CUDA graphs, and on the CPU (see [Graph]).
func CanRecord(d Device) error {
	if d == CPU {
		return nil
	}
	return openGraphs()
}

// Graph is what a function queued on a GPU, recorded, to be queued again as a
// whole: one call in place of hundreds. The CPU queues nothing; there a Graph is
// the function, and serves to test what records one.
type Graph struct {
	c     unsafe.Pointer
	again func()
}

// StepsBefore are how many steps are made before one is recorded: what is made at
// first use, by libtorch and by CUDA, is to be there.
const StepsBefore = 3

// Record records f and does nothing of it. What f queues has to be the same each
// time and to lie at the same places: it reads and writes tensors made before,
// and leaves what is wanted of it in some of them (CopyFrom). It may draw from
// the session's generator, and not copy from or to the processor's memory. It
// must have run once before, in the same lane, so that what is made at first use
// is there. A failing f, or a device that cannot record it, is an error, after
// which all can go on without the recording.
//
// What f makes lies in memory of the recording's own, or in that of another
// beside it, which is not freed and played in the same lane; nil is none. Since
// nothing of f outlives it, recordings that share memory may be played in any order.
func (s *Session) Record(f func(), beside *Graph) (g *Graph, err error) {
	if s.device == CPU {
		return &Graph{again: f}, nil
	}
	g = &Graph{}
	var shared unsafe.Pointer
	if beside != nil {
		shared = beside.c
	}
	if message := C.gs_graph_begin(C.ggen(s.generator), shared, &g.c); message != nil {
		return nil, newError("record", takeString(message), nil)
	}
	s.recording = true
	defer func() {
		s.recording = false
		if fault := recover(); fault != nil {
			C.gs_graph_abandon(g.c)
			stopped, ok := fault.(stop)
			if !ok {
				panic(fault)
			}
			g, err = nil, stopped.err
		}
	}()
	s.Scope(f)
	check("record", C.gs_graph_end(g.c))
	return g, nil
}

// Replay queues what was recorded.
func (g *Graph) Replay() {
	if g.again != nil {
		g.again()
		return
	}
	check("replay", C.gs_graph_replay(g.c))
}

// Free frees a recording and its memory; nil has none.
func (g *Graph) Free() {
	if g != nil && g.c != nil {
		C.gs_graph_free(g.c)
		g.c = nil
	}
}

// Lane leads what the calling thread queues on a GPU aside, to a stream on which
// it can be recorded, until leave is called by the same goroutine. On the CPU it
// does nothing.
func Lane(d Device) (leave func(), err error) {
	if d == CPU {
		return func() {}, nil
	}
	if err := openGraphs(); err != nil {
		return nil, err
	}
	runtime.LockOSThread()
	var lane unsafe.Pointer
	if message := C.gs_graph_enter(C.int(d), &lane); message != nil {
		runtime.UnlockOSThread()
		return nil, newError("lane", takeString(message), nil)
	}
	return func() {
		defer runtime.UnlockOSThread()
		check("lane", C.gs_graph_leave(lane))
	}, nil
}
