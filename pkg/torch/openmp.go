package torch

// libtorch's at::parallel_for is a loop in a header: it is shared out among
// threads only where the code that calls it is compiled for OpenMP. The library
// is libtorch's own libgomp.so.1, found beside it.

// #cgo CXXFLAGS: -fopenmp
// #cgo LDFLAGS: -lgomp
import "C"
