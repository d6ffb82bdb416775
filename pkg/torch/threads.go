package torch

// #include "shim.h"
import "C"

import (
	"os"
	"sync/atomic"
)

// threads is what SetThreads was last told, 0 for libtorch's own choice.
var threads atomic.Int32

// SetThreads sets how many CPU threads one op may use, here and in every
// session that begins after it; below 1 it is 1.
func SetThreads(n int) {
	threads.Store(int32(max(n, 1)))
	useThreads()
}

// useThreads tells the calling OS thread: OpenMP keeps the number for each.
func useThreads() {
	if n := threads.Load(); n > 0 {
		check("set threads", C.gs_set_threads(C.int(n)))
	}
}

// Threads returns how many CPU threads one op may use: what was set, whichever OS
// thread asks.
func Threads() int {
	if n := threads.Load(); n > 0 {
		return int(n)
	}
	return int(C.gs_threads())
}

// smallModel is how many weights a model may have whose ops are over before a
// second thread has helped: the models in the program have 9 million together,
// the smallest CLIP that was ever published 150 million.
const smallModel = 32 << 20

// ThreadsFor returns how many threads suit ops of models with so many weights in
// all: one for small models, as many as are set for others. The threads of an op
// wait for the slowest of them, thousands of times a second where ops are small,
// so that beside other work two of them take longer than one. What else the
// machine does has no say: the number of threads decides how sums are rounded,
// and the same work is to give the same bytes. A number in the environment stays.
func ThreadsFor(weights int64) int {
	if weights <= smallModel && !threadsInEnvironment() {
		return 1
	}
	return Threads()
}

// threadsInEnvironment tells whether the user chose a number of threads by a
// variable that libtorch or one of its libraries heeds.
func threadsInEnvironment() bool {
	for _, name := range []string{"OMP_NUM_THREADS", "MKL_NUM_THREADS"} {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}
