// Command bench races the toolkit against PyTorch, and where it reads and
// writes maps against OpenCV and OpenEXR: two processes, one of each, do the
// same work in turns on the same machine, and a table says how the toolkit's
// time compares. README.md tells what each line means.
//
// bench/player.py and the Python file named like the Go one are the other side
// of every race. A race is a report: a missed target is printed, not an error.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"time"

	"github.com/clipenv/toolkit/pkg/torch"
)

func main() {
	log := func(err error) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "serve":
			if err := serve(os.Stdin, os.Stdout); err != nil {
				log(err)
			}
			return
		case "burn":
			burn()
		case "first":
			if err := first(os.Args[2:]); err != nil {
				log(err)
			}
			return
		}
	}
	if err := run(); err != nil {
		log(err)
	}
}

// options are what the command line says.
type options struct {
	python, scripts, device, only string
	sample, day, temp, toolkit    string
	threads, rounds               int
	leg                           time.Duration
	json, steady, small, tf32     bool
}

func run() error {
	var o options
	flag.StringVar(&o.python, "python", "python3", "a Python with what scripts/requirements.txt lists")
	flag.StringVar(&o.scripts, "scripts", "bench", "folder of player.py")
	flag.StringVar(&o.device, "device", "cpu", "where to race: cpu, cuda or cuda:N")
	flag.StringVar(&o.sample, "map", "examples/hdri/park.exr", "a map, of which the files that are raced with are made")
	flag.StringVar(&o.day, "day", "examples/world/city.exr", "a map by day, of which those of all sizes are made that are edited")
	flag.StringVar(&o.toolkit, "toolkit", "bin/toolkit", "the program whose edit is timed beside other work")
	flag.StringVar(&o.temp, "temp", memoryFolder(), "folder for the maps that are read and written")
	flag.StringVar(&o.only, "only", "", "race only what matches this regular expression")
	flag.IntVar(&o.threads, "threads", runtime.NumCPU(), "CPU threads for an op, on both sides")
	flag.IntVar(&o.rounds, "rounds", 9, "turns of each side")
	flag.DurationVar(&o.leg, "leg", 400*time.Millisecond, "about how long a turn is")
	flag.BoolVar(&o.json, "json", false, "print JSON instead of a table")
	flag.BoolVar(&o.steady, "steady", false, "do not race: check that repeated steps leave no tensor and no device memory behind")
	flag.BoolVar(&o.tf32, "tf32", false, "let a GPU round f32 products and convolutions to TF32's ten bits, on both sides; else on neither")
	flag.BoolVar(&o.small, "small", false, "race whole edits and fine-tunings of small networks, on any device: a rehearsal of what a GPU races")
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("unknown argument %q", flag.Arg(0))
	}
	if o.rounds < 1 || o.threads < 1 {
		return errors.New("rounds and threads must be 1 or more")
	}
	if _, err := torch.ParseDevice(o.device); err != nil {
		return err
	}
	only, err := regexp.Compile(o.only)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp(o.temp, "toolkit-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	var chosen []race
	for _, r := range races(o, temp) {
		if only.MatchString(r.Name) {
			chosen = append(chosen, r)
		}
	}
	if o.steady {
		return checkSteady(chosen, temp)
	}
	return raceAll(o, chosen, temp)
}

// memoryFolder is a folder in memory, where there is one: a disk would be raced
// too, and its writes are not the same work for both, since the toolkit waits
// for them and OpenCV does not.
func memoryFolder() string {
	const shm = "/dev/shm"
	if f, err := os.CreateTemp(shm, "toolkit-bench-"); err == nil {
		f.Close()
		if os.Remove(f.Name()) == nil {
			return shm
		}
	}
	return os.TempDir()
}

// raceAll keeps maps in the folder temp.
func raceAll(o options, races []race, temp string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	disk, err := os.MkdirTemp("", "toolkit-bench-") // weights are mapped, as a user's are, from the page cache of a disk
	if err != nil {
		return err
	}
	defer os.RemoveAll(disk)
	report := report{Date: time.Now().UTC().Format(time.DateOnly), Device: o.device, Threads: o.threads, Rounds: o.rounds,
		CPU: torch.CPUCapability(), Libtorch: torch.Version()}
	for _, r := range races {
		fmt.Fprintf(os.Stderr, "bench: %s\n", r.Name)
		switch r.Spec.Kind {
		case kindLoad:
			r.Spec.File = filepath.Join(disk, "weights.safetensors")
			err = makeWeights(o, "load.py", r.Spec.File)
		case kindInvert:
			r.Spec.File = filepath.Join(disk, "vit.safetensors")
			err = makeWeights(o, "invert.py", r.Spec.File)
		case kindVAE, kindTower:
			err = r.Spec.draw(disk)
		case kindDecode, kindEncode, kindResize:
			err = mapFilesIn(temp).make(o.sample)
		}
		if err != nil {
			return err
		}
		line, err := r.run(o, self, temp)
		if err != nil {
			return fmt.Errorf("%s: %w", r.Name, err)
		}
		report.Lines = append(report.Lines, line)
	}
	if o.json {
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(report)
	}
	return report.print(os.Stdout)
}

// makeWeights has a script write the file that both sides load.
func makeWeights(o options, script, file string) error {
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	out, err := exec.Command(o.python, filepath.Join(o.scripts, script), file).CombinedOutput()
	if err != nil {
		return fmt.Errorf("writing %s: %w\n%s", file, err, out)
	}
	return nil
}
