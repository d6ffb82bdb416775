package doctor

import (
	"io/fs"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// machine reads what Linux says about itself under /proc and /sys.
type machine struct{ root fs.FS }

// processor returns the model's name, or the architecture where /proc/cpuinfo
// has none.
func (m machine) processor() string {
	for line := range strings.Lines(m.read("proc/cpuinfo")) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.Join(strings.Fields(value), " ")
		}
	}
	return runtime.GOARCH
}

// cores counts those that the process may use: its affinity, which NumCPU
// knows, and its control group's quota, which GOMAXPROCS also heeds.
func (m machine) cores() int { return min(runtime.NumCPU(), runtime.GOMAXPROCS(0)) }

// memory returns the bytes that the process could ever have, and those that it
// could have at present, both within its control group's limit.
func (m machine) memory() (total, free int64) {
	text := m.read("proc/meminfo")
	total, free = kibibytes(text, "MemTotal"), kibibytes(text, "MemAvailable")
	limit, err := strconv.ParseInt(m.read("sys/fs/cgroup/memory.max"), 10, 64)
	if err != nil || limit <= 0 || limit >= total { // "max": no limit
		return total, free
	}
	used, _ := strconv.ParseInt(m.read("sys/fs/cgroup/memory.current"), 10, 64)
	return limit, max(0, min(free, limit-used))
}

func kibibytes(meminfo, key string) int64 {
	for line := range strings.Lines(meminfo) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == key+":" {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			return n << 10
		}
	}
	return 0
}

// hasNVIDIA tells whether the machine has NVIDIA's driver, under Windows' Linux
// too.
func (m machine) hasNVIDIA() bool {
	for _, path := range []string{"proc/driver/nvidia/version", "dev/nvidiactl", "usr/lib/wsl/lib/libcuda.so.1"} {
		if _, err := fs.Stat(m.root, path); err == nil {
			return true
		}
	}
	return false
}

// driver returns the version of NVIDIA's driver, as "580.65.06", empty where
// the kernel does not say one.
func (m machine) driver() string {
	return driverVersion.FindString(m.read("proc/driver/nvidia/version"))
}

// It stands behind "NVRM version: NVIDIA UNIX x86_64 Kernel Module", before the date.
var driverVersion = regexp.MustCompile(`\b\d{3,}\.\d+(\.\d+)?\b`)

func (m machine) read(path string) string {
	text, err := fs.ReadFile(m.root, path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
