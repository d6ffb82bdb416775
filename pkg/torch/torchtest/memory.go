package torchtest

import (
	"bytes"
	"os"
	"strconv"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
)

// SoakSteps returns how long a test of memory trains: so many steps as
// TOOLKIT_SOAK_STEPS says, else quick.
func SoakSteps(t testing.TB, quick int) int {
	t.Helper()
	text := os.Getenv("TOOLKIT_SOAK_STEPS")
	if text == "" {
		return quick
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 100 {
		t.Fatalf("TOOLKIT_SOAK_STEPS is %q, want 100 or more", text)
	}
	return n
}

// Memory is what a process holds, in bytes.
type Memory struct {
	Resident int64 // of the process, in the host's memory
	OnDevice int64 // for tensors on the tests' device, 0 where that is the CPU
}

// HeldMemory returns what the process holds. It skips the test where the
// system does not tell.
func HeldMemory(t testing.TB) (m Memory) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc/self/statm here")
	}
	pages, err := strconv.ParseInt(string(bytes.Fields(text)[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	m.Resident = pages * int64(os.Getpagesize())
	if d := Device(t); d != torch.CPU {
		if m.OnDevice, _, err = torch.CUDAMemory(d); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// Flat fails the test where more is held than before: above 5 % more resident
// memory, or a single byte on the device.
func (m Memory) Flat(t testing.TB, after Memory) {
	t.Helper()
	t.Logf("resident: %.1f MB, then %.1f MB; on the device: %d bytes, then %d",
		float64(m.Resident)/1e6, float64(after.Resident)/1e6, m.OnDevice, after.OnDevice)
	if after.Resident > m.Resident+m.Resident/20 {
		t.Errorf("got %d bytes resident, want at most 5 %% above the %d of before", after.Resident, m.Resident)
	}
	if after.OnDevice > m.OnDevice {
		t.Errorf("got %d bytes on the device, want the %d of before", after.OnDevice, m.OnDevice)
	}
}
