package doctor

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/clipenv/toolkit/pkg/torch"
)

// oldestDriver is the first release of NVIDIA's driver for CUDA 13.
const oldestDriver = 580

// isOld tells whether a driver, "550.54.14", is too old for CUDA 13.
func isOld(version string) bool {
	release, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(release)
	return err == nil && n < oldestDriver
}

// cuda is what is known about it.
type cuda struct {
	library string // libtorch_cuda.so, empty where there is none
	err     error  // why it did not open
	devices int
	driver  bool   // the kernel has NVIDIA's driver
	version string // of the driver, "580.65.06"; empty where it is not known
	hidden  bool   // CUDA_VISIBLE_DEVICES names none
}

// checkCUDA finds CUDA broken only where there is a driver, and with it most
// likely a GPU, that the program cannot use.
func checkCUDA(c cuda) Check {
	check := Check{Name: "cuda", State: Good}
	bad := func(found, hint string) {
		check.State, check.Found, check.Hint = Broken, found, hint
		if !c.driver {
			check.State = Note
		}
	}
	switch {
	case c.devices == 1:
		check.Found = "1 device"
	case c.devices > 1:
		check.Found = fmt.Sprintf("%d devices", c.devices)
	case c.hidden:
		check.Found = "hidden by CUDA_VISIBLE_DEVICES: everything runs on the CPU"
	case c.err != nil:
		bad(c.err.Error(), "`make setup CUDA=1` brings the libraries that are missing; or set LIBTORCH to a libtorch that has them")
	case c.library == "" && c.driver:
		check.State, check.Found = Note, "this machine has a GPU driver, this libtorch no CUDA library"
		check.Hint = "`make setup CUDA=1` brings it; or set LIBTORCH to a libtorch that has it"
	case c.library == "":
		check.Found = "none, and no GPU driver: everything runs on the CPU"
	case isOld(c.version):
		bad("the driver "+c.version+" is too old and shows no device", fmt.Sprintf("CUDA 13 needs a driver of %d or newer", oldestDriver))
	case c.driver:
		bad("the library opened, and the driver shows no device", "see whether nvidia-smi works, and whether the driver is new enough for CUDA 13")
	default:
		check.Found = "the library opened; no GPU driver: everything runs on the CPU"
	}
	return check
}

// look finds out what is known about CUDA on this machine.
func look(host machine) cuda {
	path, err := torch.CUDALibrary()
	return cuda{path, err, torch.CUDADevices(), host.hasNVIDIA(), host.driver(), torch.HidesCUDA()}
}

// WhyNoGPU says why a GPU that this machine most likely has cannot be used, and the
// way out; "" where one can be, or there is none.
func WhyNoGPU() string { return whyNone(look(machine{os.DirFS("/")})) }

func whyNone(c cuda) string {
	if !c.driver || c.devices > 0 || c.hidden {
		return ""
	}
	check := checkCUDA(c)
	return check.Found + "; " + check.Hint
}
