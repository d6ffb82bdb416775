package exr

import (
	"os"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

func TestAFullDiskIsSaid(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	defer full.Close()
	for _, c := range []hdr.Compression{hdr.ZIP, hdr.DWAB, hdr.Uncompressed} {
		err := encode(full, hdr.New(64, 32), hdr.WriteOptions{Compression: c})
		if err == nil || !strings.Contains(err.Error(), "no space left on device") {
			t.Errorf("%s: got error %v, want one of a full disk", c, err)
		}
	}
}
