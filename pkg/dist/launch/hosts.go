package launch

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// group is the numbers in a name that stands for several machines, and the
// first of them.
var group = regexp.MustCompile(`\[(\d+)[-,\d]*\]`)

// firstHost is the first machine of a list as Slurm writes it:
// "gpu[07-09,12],cpu3" begins with gpu07.
func firstHost(list string) (string, error) {
	if list == "" {
		return "", errors.New("neither MASTER_ADDR, SLURM_LAUNCH_NODE_IPADDR nor SLURM_JOB_NODELIST is set: want the host of rank 0")
	}
	host, _, _ := strings.Cut(group.ReplaceAllString(list, "$1"), ",")
	if host == "" || strings.ContainsAny(host, "[]") {
		return "", fmt.Errorf("the list of machines %q is not as Slurm writes it: set MASTER_ADDR", list)
	}
	return host, nil
}
