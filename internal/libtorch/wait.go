package libtorch

import (
	"os"
	"strconv"
	"strings"
)

// The variables by which libgomp is told how its threads wait for work: for
// how many turns of a loop they look for it before they sleep.
const (
	policyVariable = "OMP_WAIT_POLICY"
	spinsVariable  = "GOMP_SPINCOUNT"
)

// spins is some tens of microseconds. libgomp's own choice, 300,000, lets the
// threads of an op keep the processors from one another and from all else where
// there are fewer processors than threads that run; 0 puts them to sleep between
// any two ops, which costs half as much again on a quiet machine.
const spins = "1000"

// Yielding is env with a wait after which threads leave their processor to
// others, unless the user has said how they wait. libgomp reads it once, when it
// is loaded.
func Yielding(env []string) []string {
	var out []string
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case name != policyVariable && name != spinsVariable:
			out = append(out, pair)
		case value != "":
			return env
		}
	}
	return append(out, spinsVariable+"="+spins)
}

// Waiting says how this process was told to let its threads wait.
func Waiting() string {
	var said []string
	for _, name := range []string{policyVariable, spinsVariable} {
		if value := os.Getenv(name); value != "" {
			if quoted := strconv.Quote(value); quoted != `"`+value+`"` { // it is shown on terminals
				value = quoted
			}
			said = append(said, name+"="+value)
		}
	}
	if len(said) == 0 {
		return "the default of libgomp"
	}
	return strings.Join(said, " ")
}
