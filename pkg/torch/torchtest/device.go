package torchtest

import (
	"os"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Device returns the device that TOOLKIT_TEST_DEVICE names, the CPU where it
// is not set: the tests of whatever computes run there.
func Device(t testing.TB) torch.Device {
	t.Helper()
	name := os.Getenv("TOOLKIT_TEST_DEVICE")
	if name == "" {
		name = "cpu"
	}
	device, err := torch.ParseDevice(name)
	if err != nil {
		t.Fatalf("TOOLKIT_TEST_DEVICE: %v", err)
	}
	return device
}

// ToleranceCUDA is the least that a value of the order of 1 is allowed to be
// off on CUDA, where sums of f32 run in another order. It does not cover TF32,
// whose products have 10 bits: scripts/gpu-check.sh switches that off.
const ToleranceCUDA = 1e-4

// Tolerance returns what a value may be off on the tests' device, cpu being
// what it may be off on the CPU.
func Tolerance(t testing.TB, cpu float64) float64 {
	t.Helper()
	if Device(t) == torch.CPU {
		return cpu
	}
	return max(cpu, ToleranceCUDA)
}
