package torch

// #cgo noescape gs_free_many
// #cgo nocallback gs_free_many
// #include "shim.h"
import "C"

import (
	"fmt"
	"iter"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// Session owns the tensors made in it and frees them when it ends. It belongs
// to the goroutine that runs it: other goroutines hand it plain slices.
type Session struct {
	device  Device
	live    []*handle
	scratch []unsafe.Pointer
	ended   bool

	generator C.ggen // of random draws; nil is the process's own
	recording bool   // see Record
}

// handle is the one Go object that knows a libtorch tensor.
type handle struct {
	c    unsafe.Pointer // at::Tensor*, nil once freed
	keep bool           // survives the Tidy that is closing
}

var liveHandles atomic.Int64

// LiveTensors returns the number of libtorch tensors that Go code holds, over
// all sessions and owned tensors of the process.
func LiveTensors() int64 { return liveHandles.Load() }

// Do runs f with a session on device, on the calling goroutine, and frees all
// that the session still holds when f returns. A failing op, or a fault such
// as the use of a freed tensor, stops f, and Do returns it as an error that
// says which op it was and on which shapes. Do nests; a tensor of one session
// is foreign to another.
func Do(device Device, f func(*Session)) (err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	useThreads()
	s := &Session{device: device}
	before := C.gs_use_device(C.int(device))
	defer func() {
		s.freeFrom(0)
		s.freeGenerator()
		C.gs_use_device(before)
		s.ended = true
		switch fault := recover().(type) {
		case nil:
		case stop:
			err = fault.err
		default:
			panic(fault)
		}
	}()
	f(s)
	return nil
}

// stop carries an error from where a session fails to its Do.
type stop struct{ err error }

// Error is what Go prints of a stop outside every Do.
func (s stop) Error() string { return s.err.Error() }

// Check stops the session with err, unless err is nil.
func (s *Session) Check(err error) {
	if err != nil {
		panic(stop{err})
	}
}

// Device returns the device that the session's new tensors are on.
func (s *Session) Device() Device { return s.device }

// Tidy marks where the session stands and returns a function that frees every
// tensor made since, except those that keep points to at that time. Use it
// with defer, so that it also runs when an op fails, and marks close in the
// reverse of the order they were made in.
func (s *Session) Tidy(keep ...*Tensor) func() {
	return s.TidyFunc(func(yield func(Tensor) bool) {
		for _, t := range keep {
			if !yield(*t) {
				return
			}
		}
	})
}

// TidyFunc is [Session.Tidy] where what to keep is known at the end only, such
// as the parts of a latent.
func (s *Session) TidyFunc(keep iter.Seq[Tensor]) func() {
	mark := len(s.live)
	return func() {
		for t := range keep {
			if t.h != nil {
				t.h.keep = true
			}
		}
		kept := min(mark, len(s.live)) // less where an earlier mark closed first
		for i := kept; i < len(s.live); i++ {
			if h := s.live[i]; h.keep {
				s.live[i], s.live[kept] = s.live[kept], h
				kept++
			}
		}
		s.freeFrom(kept)
		for t := range keep {
			if t.h != nil {
				t.h.keep = false
			}
		}
	}
}

// Scope runs f and frees every tensor that it made.
func (s *Session) Scope(f func()) {
	defer s.Tidy()()
	f()
}

// Tidy is [Session.Tidy] of the tensor's session.
func (x Tensor) Tidy(keep ...*Tensor) func() {
	if x.s == nil {
		panic(misuse("tidy", "the tensor belongs to no session: begin from one that does"))
	}
	return x.s.Tidy(keep...)
}

func (s *Session) freeFrom(mark int) {
	s.scratch = s.scratch[:0]
	for i, h := range s.live[mark:] {
		if h.c != nil {
			s.scratch = append(s.scratch, h.c)
			forget(h)
		}
		s.live[mark+i] = nil
	}
	s.live = s.live[:mark]
	freeMany(s.scratch)
}

func freeMany(cs []unsafe.Pointer) {
	if len(cs) > 0 {
		C.gs_free_many((*C.gt)(unsafe.Pointer(&cs[0])), C.int(len(cs)))
	}
}

func newHandle(c unsafe.Pointer) *handle {
	h := &handle{c: c}
	liveHandles.Add(1)
	if tracing.Load() {
		liveProfile().Add(h, 2) // from the caller of newHandle's caller on
	}
	return h
}

// forget marks the handle as freed; its C side is the caller's to free.
func forget(h *handle) {
	h.c = nil
	liveHandles.Add(-1)
	if tracing.Load() {
		liveProfile().Remove(h)
	}
}

// wrap gives the session a new libtorch tensor.
func (s *Session) wrap(c unsafe.Pointer) Tensor {
	if s.ended {
		freeMany([]unsafe.Pointer{c})
		panic(misuse("session", "it has ended, with the Do that made it"))
	}
	h := newHandle(c)
	s.live = append(s.live, h)
	return Tensor{s, h}
}

// Own returns the same tensor (they share memory) as one that belongs to no
// session: it lives until Free. It can be an operand in any session.
func (x Tensor) Own() Tensor {
	var out C.gt
	check("own", C.gs_alias(x.ptr("own"), &out), x)
	return Tensor{nil, newHandle(unsafe.Pointer(out))}
}

// Free frees a tensor that [Tensor.Own] made, or a session's tensor early.
// Freeing twice, or the zero Tensor, does nothing.
func (x Tensor) Free() {
	if x.h != nil && x.h.c != nil {
		c := x.h.c
		forget(x.h)
		freeMany([]unsafe.Pointer{c})
	}
}

// Use returns the same tensor as one of the session: where an op has only
// owned operands, it says in which session the result is to live.
func (s *Session) Use(x Tensor) Tensor {
	var out C.gt
	check("use", C.gs_alias(x.ptr("use"), &out), x)
	return s.wrap(unsafe.Pointer(out))
}

// session returns the session in which an op's result lives: that of its
// operands, of which those that are owned have none.
func session(op string, xs ...Tensor) *Session {
	var s *Session
	for _, x := range xs {
		if x.s == nil || x.s == s {
			continue
		}
		if s != nil {
			panic(misuse(op, "the operands belong to two sessions"))
		}
		s = x.s
	}
	if s == nil {
		xs[0].raw(op) // the zero Tensor and a freed one have a better message
		panic(misuse(op, "no operand belongs to a session: name one with Session.Use"))
	}
	return s
}

func misuse(op, what string) stop { return stop{fmt.Errorf("torch: %s: %s", op, what)} }
