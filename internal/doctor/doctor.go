// Package doctor says what the program runs on and whether it works: versions,
// libraries, devices, memory, models, disk, and a convolution forward and
// backward on every device, compared with plain Go.
//
// It stands beside the commands: everything that a report of a fault should
// hold, and nothing that another package needs.
package doctor

import (
	"fmt"
	"os"

	"github.com/clipenv/toolkit/internal/libtorch"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Report is what doctor found. Its JSON keys stay as they are; memory, sizes
// and free room are in bytes.
type Report struct {
	OK        bool      `json:"ok"`
	Versions  Versions  `json:"versions"`
	Libraries Libraries `json:"libraries"`
	Processor Processor `json:"processor"`
	Devices   []Device  `json:"devices"`
	Models    []Model   `json:"models"`
	Cache     Cache     `json:"cache"`
	Checks    []Check   `json:"checks"`
}

// Versions are those of the program and of the libraries it runs on.
type Versions struct {
	run.Versions
	OpenEXR string `json:"openexr"`
}

// Libraries tells where libtorch comes from and what came of opening CUDA.
type Libraries struct {
	Libtorch string `json:"libtorch"`   // path of libtorch_cpu.so
	CUDA     string `json:"cuda"`       // path of libtorch_cuda.so, empty where there is none
	Message  string `json:"cuda_error"` // what dlopen said, empty where it opened
}

// Processor is the host's.
type Processor struct {
	Model      string `json:"model"`
	Capability string `json:"capability"`    // the vector instructions that libtorch uses
	Cores      int    `json:"cores"`         // that this process may use
	Threads    int    `json:"threads"`       // that one op uses
	Small      int    `json:"threads_small"` // that one op of small models uses
	Waiting    string `json:"waiting"`       // how those threads wait for work
}

// Device is one on which tensors can be.
type Device struct {
	Name        string `json:"name"` // as --device takes it
	Model       string `json:"model"`
	MemoryTotal int64  `json:"memory_total"`
	MemoryFree  int64  `json:"memory_free"`
}

// Check is one thing that was looked at.
type Check struct {
	Name  string `json:"name"`
	State State  `json:"state"`
	Found string `json:"found"`
	Hint  string `json:"hint"` // the way out, empty where all is well
}

// State is how a check came out.
type State string

// A Note is worth knowing and stops nothing; what is Broken stops commands.
const (
	Good   State = "ok"
	Note   State = "note"
	Broken State = "broken"
)

// Subject is what the caller knows and doctor cannot find out.
type Subject struct {
	Versions Versions
	Models   []Model // those found; see FindModels
	CacheDir string  // see cachedir.Path
}

// Examine looks at everything. What it finds broken is in the report; it has
// no error of its own.
func Examine(s Subject) Report {
	host := machine{os.DirFS("/")}
	path, cudaErr := torch.CUDALibrary()
	r := Report{
		Versions:  s.Versions,
		Libraries: Libraries{Libtorch: torch.LibraryPath(), CUDA: path},
		Processor: Processor{
			Model:      host.processor(),
			Capability: torch.CPUCapability(),
			Cores:      host.cores(),
			Threads:    torch.Threads(),
			Small:      torch.ThreadsFor(0),
			Waiting:    libtorch.Waiting(),
		},
		Models: append([]Model{}, s.Models...), // [] in JSON, not null
	}
	if cudaErr != nil {
		r.Libraries.Message = cudaErr.Error()
	}
	total, free := host.memory()
	r.Devices = []Device{{torch.CPU.String(), r.Processor.Model, total, free}}
	r.add(checkVersion(s.Versions.Libtorch), checkConvolution(torch.CPU), checkMemory(free))

	found := look(host)
	r.add(checkCUDA(found))
	for i := range found.devices {
		d := torch.Device(i)
		found, err := torch.DescribeCUDA(i)
		if err != nil {
			r.add(Check{d.String(), Broken, err.Error(), "see whether nvidia-smi works, and whether the driver is new enough for CUDA 13"})
		}
		r.Devices = append(r.Devices, Device{d.String(), found.Name, found.Total, found.Free})
		r.add(checkConvolution(d))
	}
	var check Check
	r.Cache, check = checkCache(s.CacheDir)
	r.add(check, checkModels(s.Models))

	r.OK = len(r.Broken()) == 0
	return r
}

// Broken returns the checks that found something broken.
func (r Report) Broken() []Check {
	var broken []Check
	for _, c := range r.Checks {
		if c.State == Broken {
			broken = append(broken, c)
		}
	}
	return broken
}

func (r *Report) add(checks ...Check) { r.Checks = append(r.Checks, checks...) }

func checkVersion(version string) Check {
	c := Check{Name: "libtorch", State: Good, Found: version}
	if version != libtorch.Version {
		c.State = Broken
		c.Hint = fmt.Sprintf("the program needs libtorch %s; set LIBTORCH to the folder of one", libtorch.Version)
	}
	return c
}

// enoughMemory is what an edit at the shipped models' size takes at most.
const enoughMemory = 3 << 29

func checkMemory(free int64) Check {
	c := Check{Name: "memory", State: Good, Found: run.Bytes(free) + " free"}
	if free < enoughMemory {
		c.State = Note
		c.Hint = "an edit takes up to " + run.Bytes(enoughMemory) + "; close other programs, or edit smaller maps"
	}
	return c
}

func checkModels(models []Model) Check {
	c := Check{Name: "models", State: Good, Found: fmt.Sprintf("%d in the program", len(models))}
	if len(models) == 0 {
		c.State, c.Found = Note, "none in the program"
		c.Hint = "build it from a checkout that has models/mini, or name models with --models"
	}
	return c
}
