// Command launcher is what users start as toolkit. It needs no library: it
// finds the libtorch that the program is to run on, says in words what is
// missing, and becomes toolkit-program, which lies beside it.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/clipenv/toolkit/internal/cachedir"
	"github.com/clipenv/toolkit/internal/libtorch"
	_ "github.com/clipenv/toolkit/internal/outofmemory"
	"github.com/clipenv/toolkit/internal/quote"
)

// programName is cmd/toolkit, as `make build` names it.
const programName = "toolkit-program"

// built is the folder of the libtorch that setup found, set by the linker.
var built string

func main() {
	// It returns only where it fails. What it says names folders, whoever named them.
	lines := strings.Split(start().Error(), "\n")
	for i, line := range lines {
		lines[i] = quote.Text(line)
	}
	fmt.Fprintln(os.Stderr, "toolkit:", strings.Join(lines, "\n"))
	os.Exit(1)
}

func start() error {
	self, err := os.Executable() // links are followed: the program lies beside the file itself
	if err != nil {
		return fmt.Errorf("finding the folder of the program: %w", err)
	}
	folder := filepath.Dir(self)
	program := filepath.Join(folder, programName)
	if _, err := os.Stat(program); err != nil {
		return fmt.Errorf("no %s beside %s; the two belong together: `make build` makes both", programName, self)
	}
	lib, err := libtorch.Find(libtorch.Places{
		Named:  os.Getenv("LIBTORCH"),
		Prefix: filepath.Dir(folder),
		Built:  built,
		Cache:  cachedir.Path(),
	})
	if err != nil {
		return err
	}
	if err := libtorch.CheckLoads(program, lib); err != nil {
		return err
	}
	env := libtorch.Environment(os.Environ(), lib, libtorch.TooOld(program))
	return fmt.Errorf("starting %s: %w", program, syscall.Exec(program, os.Args, libtorch.Yielding(env)))
}
