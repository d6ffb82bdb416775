// Package c10d binds libtorch's collectives: the store by which processes find
// one another, and all-reduce, broadcast and all-gather over gloo (on the CPU)
// or NCCL (on CUDA). Package dist makes a group of them.
//
// The headers of gloo that libtorch's own include are not in its wheel; what
// they must say stands in headers/. NCCL's class needs the headers of CUDA and
// NCCL, and is therefore compiled apart, as a library that is opened at run
// time (nccl/plugin.cpp, scripts/plugins.sh).
package c10d

// #cgo CXXFLAGS: -I${SRCDIR}/headers -DUSE_C10D_GLOO -DUSE_DISTRIBUTED -DUSE_C10D
// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"errors"
	"regexp"
	"strings"
	"time"
	"unsafe"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Store is a dictionary that all processes share. Its calls may come from
// several goroutines.
type Store struct{ c C.cstore }

// OpenStore connects to the store at an address, and with serves keeps it
// there. It waits for the store so long. All keys begin with prefix.
func OpenStore(host string, port int, serves bool, prefix string, timeout time.Duration) (Store, error) {
	h, p := C.CString(host), C.CString(prefix)
	defer C.free(unsafe.Pointer(h))
	defer C.free(unsafe.Pointer(p))
	var s Store
	return s, failed(C.cd_store(h, C.int(port), cBool(serves), p, C.int64_t(timeout.Milliseconds()), &s.c))
}

// Under is the same store, all of whose keys begin with prefix. It is closed apart from it.
func (s Store) Under(prefix string) (Store, error) {
	p := C.CString(prefix)
	defer C.free(unsafe.Pointer(p))
	var under Store
	return under, failed(C.cd_store_under(s.c, p, &under.c))
}

// Opened tells whether s is a store, and not the zero one.
func (s Store) Opened() bool { return s.c != nil }

// Close leaves the store; that of the process that keeps it ends it.
func (s Store) Close() { C.cd_free_store(s.c) }

// Set gives a key its value.
func (s Store) Set(key, value string) error {
	k := C.CString(key)
	defer C.free(unsafe.Pointer(k))
	return failed(C.cd_store_set(s.c, k, unsafe.Pointer(unsafe.StringData(value)), C.size_t(len(value))))
}

// Get returns the value of a key that is set; it does not wait for one.
func (s Store) Get(key string) (value string, set bool, err error) {
	k := C.CString(key)
	defer C.free(unsafe.Pointer(k))
	var data *C.char
	var n C.size_t
	if err := failed(C.cd_store_get(s.c, k, &data, &n)); err != nil || data == nil {
		return "", false, err
	}
	defer C.free(unsafe.Pointer(data))
	return C.GoStringN(data, C.int(n)), true, nil
}

// Count adds one to the number at a key, from 0 on, and returns it: no two calls get
// the same.
func (s Store) Count(key string) (n int64, err error) {
	k := C.CString(key)
	defer C.free(unsafe.Pointer(k))
	var counted C.int64_t
	err = failed(C.cd_store_count(s.c, k, &counted))
	return int64(counted), err
}

// Backend is one process's end of a group of them. The processes make the same
// calls in the same order, with tensors alike in shape and type.
type Backend struct{ c C.cbackend }

// Gloo joins a group for tensors on the CPU. interfaces are the network's, by
// commas; "": the one of this machine's own name. A call that takes longer than
// timeout is an error.
func Gloo(s Store, rank, size int, interfaces string, timeout time.Duration) (Backend, error) {
	i := C.CString(interfaces)
	defer C.free(unsafe.Pointer(i))
	var b Backend
	return b, failed(C.cd_gloo(s.c, C.int(rank), C.int(size), i, C.int64_t(timeout.Milliseconds()), &b.c))
}

// NCCL joins a group for tensors on CUDA, through the library at a path.
func NCCL(plugin string, s Store, rank, size int, timeout time.Duration) (Backend, error) {
	p := C.CString(plugin)
	defer C.free(unsafe.Pointer(p))
	var b Backend
	return b, failed(C.cd_nccl(p, s.c, C.int(rank), C.int(size), C.int64_t(timeout.Milliseconds()), &b.c))
}

// Opened tells whether b is a backend, and not the zero one.
func (b Backend) Opened() bool { return b.c != nil }

// Error says, of NCCL, why a collective broke off that had been begun: its call had
// returned before, and what it left is no sum.
func (b Backend) Error() error { return failed(C.cd_error(b.c)) }

// Abort ends, of NCCL, what is on its way, which may wait for a process that is gone.
// Nothing but Close follows.
func (b Backend) Abort() error { return failed(C.cd_abort(b.c)) }

// Close leaves the group.
func (b Backend) Close() { C.cd_free_backend(b.c) }

// AllReduce puts the sum of all processes' x into each, or their largest.
func (b Backend) AllReduce(x torch.Tensor, largest bool) error {
	return failed(C.cd_all_reduce(b.c, C.ct(x.Pointer()), cBool(largest)))
}

// Broadcast puts the root's x into all others'.
func (b Backend) Broadcast(x torch.Tensor, root int) error {
	return failed(C.cd_broadcast(b.c, C.ct(x.Pointer()), C.int(root)))
}

// AllGather writes all processes' x to out, whose first dimension is the
// number of processes.
func (b Backend) AllGather(out, x torch.Tensor) error {
	return failed(C.cd_all_gather(b.c, C.ct(x.Pointer()), C.ct(out.Pointer())))
}

// Barrier waits until all processes have come to it.
func (b Backend) Barrier() error { return failed(C.cd_barrier(b.c)) }

// AverageGradients puts into each of the weights the mean of its gradients in
// all processes, zero where one has none. They travel by data, in buckets of so
// many bytes; host is for what the processes have to agree on before.
func AverageGradients(host, data Backend, weights []torch.Tensor, bucket int) error {
	return failed(C.cd_average_gradients(host.c, data.c, pointers(weights), C.int(len(weights)), C.size_t(bucket)))
}

// Sending is gradients on their way, while the backward pass makes others.
type Sending struct{ c C.csending }

// SendGradients has the gradients of the next backward pass leave by data, in buckets
// of so many bytes, each as soon as its last is there. The pass adds to each
// weight's gradient once, after which it is whole.
func SendGradients(data Backend, weights []torch.Tensor, bucket int) (Sending, error) {
	var s Sending
	return s, failed(C.cd_send_gradients(data.c, pointers(weights), C.int(len(weights)), C.size_t(bucket), &s.c))
}

// Average is AverageGradients of what was sent; the backward pass is over.
func (s Sending) Average(host Backend) error { return failed(C.cd_sent_gradients(s.c, host.c)) }

// Opened tells whether s is a sending, and not the zero one.
func (s Sending) Opened() bool { return s.c != nil }

// Close forgets what was sent.
func (s Sending) Close() { C.cd_free_sending(s.c) }

func pointers(xs []torch.Tensor) *C.ct {
	cs := make([]unsafe.Pointer, len(xs))
	for i, x := range xs {
		cs[i] = x.Pointer()
	}
	return (*C.ct)(unsafe.Pointer(unsafe.SliceData(cs)))
}

// where is the place in libtorch's source that some messages begin with.
var where = regexp.MustCompile(`^\[[^\]]*\] `)

// failed makes an error of a message, its first line.
func failed(message C.cerror) error {
	if message == nil {
		return nil
	}
	defer C.free(unsafe.Pointer(message))
	text, _, _ := strings.Cut(strings.TrimSpace(C.GoString(message)), "\n")
	text, _, _ = strings.Cut(text, ". This may indicate a possible application crash")
	return errors.New(strings.TrimSuffix(where.ReplaceAllString(text, ""), "."))
}

func cBool(on bool) C.int {
	if on {
		return 1
	}
	return 0
}
