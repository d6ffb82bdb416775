package store

import (
	"strings"

	"github.com/clipenv/toolkit/internal/run"
)

// Suffix ends the name of a file of maps.
const Suffix = ".safetensors"

func ours(name string) bool { return strings.HasSuffix(name, Suffix) }

// Sweep removes from a folder the files of maps that killed processes were
// writing, and no other's.
func Sweep(folder string) { run.SweepShared(folder, ours) }
