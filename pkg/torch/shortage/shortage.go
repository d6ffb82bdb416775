// Package shortage reads what libtorch says when a device has no memory left.
//
//	"CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has …" -> Shortage
//
// It needs no libtorch itself.
package shortage

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Shortage is a device that had no room for what was wanted. Sizes are in
// bytes, 0 where libtorch did not say them.
type Shortage struct {
	Device string // "cpu", "cuda:0", or "cuda" where it is not said which
	Wanted int64  // by the allocation that failed
	Free   int64
	Total  int64
	Used   int64 // by this process, CUDA's own libraries included
}

// What libtorch's allocators and CUDA's libraries say when memory runs out.
var (
	ofHost    = regexp.MustCompile(`DefaultCPUAllocator: .*you tried to allocate (\d+) bytes`)
	ofDevice  = regexp.MustCompile(`CUDA out of memory\. Tried to allocate (` + size + `)`)
	gpu       = regexp.MustCompile(`GPU (\d+) has a total capacity of (` + size + `) of which (` + size + `) is free`)
	used      = regexp.MustCompile(`this process has (` + size + `) memory in use`)
	ofLibrary = regexp.MustCompile(`CUDA error: out of memory|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED|CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED`)
)

const size = `[\d.]+ (?:bytes|KiB|MiB|GiB)`

// Parse finds a shortage in a message of libtorch's, where it tells of one.
func Parse(message string) (s Shortage, ok bool) {
	if m := ofHost.FindStringSubmatch(message); m != nil {
		return Shortage{Device: "cpu", Wanted: bytes(m[1] + " bytes")}, true
	}
	if m := ofDevice.FindStringSubmatch(message); m != nil {
		s = Shortage{Device: "cuda", Wanted: bytes(m[1])}
		if m := gpu.FindStringSubmatch(message); m != nil {
			s.Device, s.Total, s.Free = "cuda:"+m[1], bytes(m[2]), bytes(m[3])
		}
		if m := used.FindStringSubmatch(message); m != nil {
			s.Used = bytes(m[1])
		}
		return s, true
	}
	if ofLibrary.MatchString(message) {
		return Shortage{Device: "cuda"}, true
	}
	if strings.Contains(message, "std::bad_alloc") {
		return Shortage{Device: "cpu"}, true
	}
	return Shortage{}, false
}

// bytes reads "1.44 GiB", as c10's allocators write a size.
func bytes(text string) int64 {
	number, unit, _ := strings.Cut(text, " ")
	n, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0
	}
	return int64(n * map[string]float64{"bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}[unit])
}

func gibibytes(n int64) string { return strconv.FormatFloat(float64(n)/(1<<30), 'f', 2, 64) + " GiB" }

// Error says what is missing where, without a way out: that is known to who
// chose the size of the work.
func (s Shortage) Error() string {
	where := s.Device
	switch where {
	case "cpu":
		where = "the cpu"
	case "cuda":
		where = "the cuda device"
	}
	text := "out of memory on " + where
	if s.Wanted > 0 {
		text += fmt.Sprintf(": %s wanted", gibibytes(s.Wanted))
	}
	if s.Total > 0 {
		text += fmt.Sprintf(", %s of %s free", gibibytes(s.Free), gibibytes(s.Total))
		// What another process holds is no fault of this work's size.
		if others := s.Total - s.Free - s.Used; s.Used > 0 && others > s.Total/20 {
			text += fmt.Sprintf(", %s held by other processes", gibibytes(others))
		}
	}
	return text
}

// Fit returns how much of n, of which the work's memory hangs on in proportion,
// to try next: half, or less where even half would not have had room. It is 0
// where n is 1 or less.
func (s Shortage) Fit(n int) int {
	share := .5
	if s.Total > 0 && s.Used > 0 {
		// What other processes hold stays theirs. A tenth is kept for what the
		// step would still have wanted.
		share = min(share, .9*float64(s.Used+s.Free)/float64(s.Used+s.Wanted))
	}
	if n <= 1 {
		return 0
	}
	return max(1, int(float64(n)*share))
}
