package torch_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// golden is one case of scripts/golden/ops.py, run through this package. It is
// named for the method or function it covers, with a variant after a slash.
type golden func(s *torch.Session, x []torch.Tensor) []torch.Tensor

// tolerance is how far a value may be off on the CPU, as a share of the largest
// of its tensor, or absolutely where all are below 1. A small value may be what
// is left of large terms, and kernels for other instructions, or more threads,
// add them in another order: docs/adr/0011 has the figures.
const tolerance = 1e-6

// random names the cases whose numbers come from a generator: CUDA has another.
func random(name string) bool {
	method, _, _ := strings.Cut(strings.TrimPrefix(name, "Session."), "/")
	return method == "Uniform" || strings.HasPrefix(method, "Rand")
}

func TestOpsEqualPyTorch(t *testing.T) {
	f := torchtest.Open(t, "testdata/ops.safetensors")
	for _, e := range f.Entries() {
		if name, _, _ := strings.Cut(e.Name, "#"); goldens[name] == nil {
			t.Fatalf("%s is in the file, but has no case", e.Name)
		}
	}
	device := torchtest.Device(t)
	defer torch.SetThreads(torch.Threads())
	torch.SetThreads(1) // as the script: more threads sum in another order
	for name, run := range goldens {
		t.Run(name, func(t *testing.T) {
			if device != torch.CPU && random(name) {
				t.Skip("CUDA's generator draws other numbers")
			}
			torchtest.NoLeaks(t)
			err := torch.Do(device, func(s *torch.Session) { compareGolden(t, s, f, name, run) })
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func compareGolden(t *testing.T, s *torch.Session, f *safetensors.File, name string, run golden) {
	stored := func(kind string, i int) (torch.Tensor, bool) {
		key := fmt.Sprintf("%s#%s%d", name, kind, i)
		if _, ok := f.Entry(key); !ok {
			return torch.Tensor{}, false
		}
		return f.Tensor(s, key), true
	}
	var in []torch.Tensor
	for x, ok := stored("in", 0); ok; x, ok = stored("in", len(in)) {
		_, leaf := stored("grad", len(in))
		in = append(in, x.Clone().SetRequiresGrad(leaf))
	}
	s.Seed(7)
	out := run(s, in)
	if _, more := stored("out", len(out)); more || len(out) == 0 {
		t.Fatalf("got %d outputs, want more", len(out))
	}
	limit := torchtest.Tolerance(t, tolerance)
	var loss torch.Tensor
	for i, got := range out {
		want, ok := stored("out", i)
		if !ok {
			t.Fatalf("got %d outputs, want %d", len(out), i)
		}
		near(t, fmt.Sprintf("output %d", i), got, want, limit)
		if seed, ok := stored("seed", i); ok {
			part := got.To(torch.Float32).Mul(seed).Sum()
			if loss.IsZero() {
				loss = part
			} else {
				loss = loss.Add(part)
			}
		}
	}
	for i, x := range in {
		if want, ok := stored("grad", i); ok {
			near(t, fmt.Sprintf("gradient %d", i), torch.GradWith(loss, s.Scalar(1), true, x)[0], want, limit)
		}
	}
}

// near compares shape, type and values; NaN equals NaN.
func near(t *testing.T, what string, got, want torch.Tensor, limit float64) {
	t.Helper()
	if got.String() != want.String() {
		t.Errorf("%s: got %v, want %v", what, got, want)
		return
	}
	g, w := got.To(torch.Float64).Floats(), want.To(torch.Float64).Floats()
	size := 1.
	for _, v := range w {
		if b := math.Abs(float64(v)); !math.IsInf(b, 0) && b > size {
			size = b
		}
	}
	for i := range w {
		a, b := float64(g[i]), float64(w[i])
		same := a == b || math.IsNaN(a) && math.IsNaN(b)
		if !same && !(math.Abs(a-b) <= limit*size) {
			t.Errorf("%s: element %d: got %v, want %v, within %v", what, i, a, b, limit*size)
			return
		}
	}
}

// exempt are the exported names that give or change tensors and yet have no
// golden numbers, and why.
var exempt = map[string]string{
	"Backward":            "the gradients of every case come by Grad; TestBackwardIsGrad compares the two",
	"BackwardWith":        "as Backward",
	"Bytes":               "TestBytesComeBack",
	"CopyFrom":            "TestCopyFrom",
	"Become":              "moves a handle, no numbers: package nn tests it",
	"DType":               "says, computes nothing",
	"Device":              "says, computes nothing",
	"Floats":              "TestBytesComeBack",
	"Free":                "memory",
	"Ints":                "TestBytesComeBack",
	"Pointer":             "an address: package c10d tests what is done with it",
	"Strided":             "package torchfile holds it to PyTorch's files",
	"IsZero":              "says, computes nothing",
	"Item":                "TestBytesComeBack",
	"Memory":              "TestMemoryIsTheElements",
	"Numel":               "says, computes nothing",
	"Own":                 "memory: TestOwnedTensorOutlivesItsSession",
	"RequiresGrad":        "says, computes nothing",
	"Session":             "says, computes nothing",
	"SetRequiresGrad":     "every case with gradients",
	"Shape":               "says, computes nothing",
	"Size":                "says, computes nothing",
	"String":              "says, computes nothing",
	"Tidy":                "memory: TestTidy…",
	"ToDevice":            "the golden cases on CUDA; on the CPU it returns its operand",
	"Grad":                "TestBackwardIsGrad",
	"GradWith":            "the gradients of every case",
	"ZeroGrad":            "TestBackwardIsGrad",
	"PanoramaPad":         "pkg/nn's conv_panorama cases, TestPanoramaPad…",
	"ChannelsLast":        "TestPanoramaPadKeepsTheLayout: it only moves elements",
	"Conv2dBlocks":        "TestMapsInBlocks…",
	"GroupNormBlocks":     "TestMapsInBlocks…",
	"InBlocks":            "says, computes nothing",
	"Rows":                "TestMapsInBlocks…",
	"TakesBlocks":         "says, computes nothing",
	"Session.Autocast":    "TestAutocast…",
	"Session.Check":       "errors",
	"Session.Constant":    "TestAConstantIsItsNumbers",
	"Session.Record":      "TestARecordedStepIsTheStep",
	"Session.Device":      "says, computes nothing",
	"Session.FromBytes":   "TestBytesComeBack",
	"Session.FromFloats":  "TestBytesComeBack",
	"Session.FromInts":    "TestBytesComeBack",
	"Session.FromMapping": "the inputs of every case",
	"Session.GradOf":      "TestBackwardIsGrad, ClipGradNorm, ScaleGrad",
	"Session.NoGrad":      "TestGradModeNestsAndSurvivesAFailure",
	"Session.Scope":       "memory",
	"Session.Seed":        "every random case",
	"Session.Synchronize": "waits, computes nothing",
	"Session.Tidy":        "memory: TestTidy…",
	"Session.TidyFunc":    "memory: TestTidy…",
	"Session.Use":         "memory: TestOwnedTensorOutlivesItsSession",
}

func TestEveryOpHasAGolden(t *testing.T) {
	covered := map[string]bool{}
	for name := range goldens {
		method, _, _ := strings.Cut(name, "/")
		covered[method] = true
	}
	exported := map[string]bool{}
	for m := range reflect.TypeFor[torch.Tensor]().Methods() {
		exported[m.Name] = true
	}
	for m := range reflect.TypeFor[*torch.Session]().Methods() {
		exported["Session."+m.Name] = true
	}
	for _, name := range functionsOnTensors(t) {
		exported[name] = true
	}
	for name := range exported {
		if covered[name] == (exempt[name] != "") {
			t.Errorf("%s: got golden %v and exemption %q, want one of the two", name, covered[name], exempt[name])
		}
	}
	for name := range exempt {
		if !exported[name] {
			t.Errorf("%s is exempt, but there is no such op", name)
		}
	}
	for name := range covered {
		if !exported[name] {
			t.Errorf("%s has a golden, but there is no such op", name)
		}
	}
}

// functionsOnTensors lists the package's exported functions that take or give
// a Tensor; reflection cannot.
func functionsOnTensors(t *testing.T) []string {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.IsExported() && mentionsTensor(f.Type) {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}

func mentionsTensor(f *ast.FuncType) (found bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == "Tensor"
		return true
	})
	return found
}
