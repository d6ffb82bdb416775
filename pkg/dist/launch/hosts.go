package launch

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// group is the numbers in a name that stands for several machines, and the
// first of them.
var group = regexp.MustCompile(`\[(\d+)[-,\d]*\]`)

// firstHost is the first machine of a list as Slurm writes it:
// "gpu[07-09,12],cpu3" begins with gpu07.
func firstHost(list string) (string, error) {
	if list == "" {
		return "", errors.New("neither MASTER_ADDR nor SLURM_JOB_NODELIST is set: want the host of rank 0")
	}
	host, _, _ := strings.Cut(group.ReplaceAllString(list, "$1"), ",")
	if host == "" || strings.ContainsAny(host, "[]") {
		return "", fmt.Errorf("the list of machines %q is not as Slurm writes it: set MASTER_ADDR", list)
	}
	return host, nil
}

// repeated is the end of a number that stands for that of several machines.
var repeated = regexp.MustCompile(`\(x(\d+)\)$`)

// tasksOf is how many tasks the machine of that number has, from a list as Slurm
// writes it: "4(x2),1" is 4 on the first two and 1 on the third. 0: unsaid.
func tasksOf(list, number string) int {
	node, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	for part := range strings.SplitSeq(list, ",") {
		machines := 1
		if times := repeated.FindStringSubmatch(part); times != nil {
			machines, _ = strconv.Atoi(times[1])
		}
		if node -= machines; node < 0 {
			n, _ := strconv.Atoi(repeated.ReplaceAllString(part, "")) // of another form: unsaid
			return n
		}
	}
	return 0
}
