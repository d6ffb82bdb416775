package main

import (
	"bufio"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dist/disttest"
	"github.com/clipenv/toolkit/pkg/torch"
)

// The scripts run the program itself, and it with two verbs that no user has.
func TestMain(m *testing.M) {
	with := func(v *cli.Command) func() {
		return func() { os.Exit(execute([]*cli.Command{v}, os.Args, os.Stdout, os.Stderr)) }
	}
	testscript.Main(m, map[string]func(){
		"toolkit": main,
		"toolkit-bug": with(&cli.Command{Name: "bug", Action: func(*cli.Context) error {
			panic("index 3 is out of range")
		}}),
		"toolkit-wait": with(&cli.Command{Name: "wait", Action: waitForSignal}),
	})
}

func waitForSignal(c *cli.Context) error {
	bar := run.Progress(io.Discard, 10, "wait")
	bar.Add(3, "")
	fmt.Fprintln(c.App.Writer, "ready")
	<-c.Context.Done()
	return bar.Interrupted(c.Context, "add --resume to go on")
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata",
		Setup:              setUp,
		Cmds:               map[string]func(*testscript.TestScript, bool, []string){"status": status, "install": install},
		RequireUniqueNames: true,
	})
}

// setUp gives a script a home and a Poly Haven of its own, and the loaded
// libtorch's folder.
func setUp(env *testscript.Env) error {
	home := filepath.Join(env.WorkDir, "home")
	env.Setenv("HOME", home)
	env.Setenv("LIBTORCH_FOLDER", filepath.Dir(filepath.Dir(torch.LibraryPath())))
	examples, err := filepath.Abs(filepath.Join(root, "examples", "hdri"))
	if err != nil {
		return err
	}
	env.Setenv("EXAMPLES", examples)
	env.Setenv("LD_LIBRARY_PATH", os.Getenv("LD_LIBRARY_PATH"))
	env.Setenv("CUDA_VISIBLE_DEVICES", "-1") // what a script sees must not hang on the machine
	env.Setenv("GLOO_SOCKET_IFNAME", "lo")
	env.Setenv("FREE_PORT", strconv.Itoa(disttest.FreePort(env.T().(testing.TB))))
	env.Setenv("OMP_NUM_THREADS", "1") // waiting threads would only take time from the other scripts
	if err := errors.Join(serveHaven(env), serveHub(env)); err != nil {
		return err
	}
	return os.MkdirAll(home, 0o755)
}

// install makes what `make build` leaves in bin: install FOLDER LIBTORCH, the
// latter being where setup found one.
func install(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: install folder libtorch")
	}
	folder := ts.MkAbs(args[0])
	launcher := filepath.Join(folder, "toolkit")
	build := exec.Command("go", "build", "-ldflags", linkFlags(ts)+" -X main.built="+args[1], "-o", launcher, "../launcher")
	if out, err := build.CombinedOutput(); err != nil {
		ts.Fatalf("%v: %v\n%s", build, err, out)
	}
	ts.Check(positionIndependent(launcher))
	program, err := exec.LookPath("toolkit")
	ts.Check(err)
	ts.Check(os.Symlink(program, filepath.Join(folder, "toolkit-program")))
}

// linkFlags are those that `make build` links both programs with.
func linkFlags(ts *testscript.TestScript) string {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	ts.Check(err)
	for line := range strings.Lines(string(makefile)) {
		if flags, ok := strings.CutPrefix(line, "LINK := "); ok {
			return strings.TrimSpace(flags)
		}
	}
	ts.Fatalf("the Makefile has no LINK")
	return ""
}

// positionIndependent tells whether the system may load a program anywhere, and
// without writing to its code.
func positionIndependent(path string) error {
	f, err := elf.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if f.Type != elf.ET_DYN {
		return fmt.Errorf("%s is %v, want %v", path, f.Type, elf.ET_DYN)
	}
	if writes, err := f.DynValue(elf.DT_TEXTREL); err != nil || len(writes) > 0 {
		return fmt.Errorf("%s has relocations in its code: %v, %v", path, writes, err)
	}
	return nil
}

// What `make build` left, where it has run.
func TestTheBuiltProgramsArePositionIndependent(t *testing.T) {
	for _, name := range []string{"toolkit", "toolkit-program"} {
		path := filepath.Join(root, "bin", name)
		if _, err := os.Stat(path); err != nil {
			t.Skip("nothing is built")
		}
		if err := positionIndependent(path); err != nil {
			t.Error(err, "(an old build: `make build`)")
		}
	}
}

// status runs a program and wants the exit status: status 2 toolkit frob.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status number program [argument...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("got exit status %d, want %d", got, want)
	}
}

func TestSignalEndsTheWorkWithWords(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		cmd := exec.Command("toolkit-wait", "wait")
		var said strings.Builder
		cmd.Stderr = &said
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
			t.Fatalf("got %q, %v, want ready", line, err)
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // its status is looked at
		if got := cmd.ProcessState.ExitCode(); got != statusInterrupted {
			t.Errorf("%v: got exit status %d, want %d", signal, got, statusInterrupted)
		}
		if got, want := said.String(), "toolkit: wait: interrupted after 3 of 10 steps; add --resume to go on\n"; got != want {
			t.Errorf("%v: got %q, want %q", signal, got, want)
		}
	}
}

// A signal that the parent ignores stays ignored: nohup, and a shell's
// `trap ” INT`, mean it.
func TestIgnoredSignalsStayIgnored(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGHUP} {
		name := map[syscall.Signal]string{syscall.SIGINT: "INT", syscall.SIGHUP: "HUP"}[signal]
		cmd := exec.Command("bash", "-c", "trap '' "+name+" && exec toolkit-wait wait")
		stdout, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
			t.Fatalf("got %q, %v, want ready", line, err)
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			t.Errorf("%v: it ended with %v, want it to go on", signal, err)
			continue
		case <-time.After(300 * time.Millisecond):
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		<-ended
	}
}
