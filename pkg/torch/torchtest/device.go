package torchtest

import (
	"os"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Device returns the device that TOOLKIT_TEST_DEVICE names, the CPU where it
// is not set: parity tests run there.
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
