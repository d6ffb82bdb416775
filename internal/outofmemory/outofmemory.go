// Package outofmemory has the program that imports it say in one line that
// memory or threads have run out, and end with status 1.
//
// Go's runtime ends such a process with a stack and the status of a wrong
// command line, and nothing in Go can catch that: a limit on the address space
// (ulimit -v) ends it before main. In a program with cgo the runtime asks by way
// of the C library's mmap, as sanitizers need it, and of pthread_create. The C
// file beside this one is these two.
package outofmemory

// #cgo LDFLAGS: -ldl
import "C"
