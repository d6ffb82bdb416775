package launch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/dist/launch"
)

// environment is variables in words: "RANK=1 WORLD_SIZE=2".
func environment(words string) func(string) (string, bool) {
	set := map[string]string{}
	for _, word := range strings.Fields(words) {
		name, value, _ := strings.Cut(word, "=")
		set[name] = value
	}
	return func(name string) (string, bool) {
		value, ok := set[name]
		return value, ok
	}
}

func TestPlaces(t *testing.T) {
	const two = "RANK=1 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=29500 "
	const step = "SLURM_PROCID=3 SLURM_NTASKS=4 SLURM_LOCALID=1 SLURM_STEP_ID=0 SLURM_JOB_ID=1234567 "
	for _, c := range []struct {
		name, set string
		want      launch.Place
	}{
		{"nothing", "", launch.Place{}},
		{"plain", two, launch.Place{Rank: 1, Size: 2, Host: "a", Port: 29500}},
		{"a job of one", "RANK=0 WORLD_SIZE=1", launch.Place{Size: 1}},
		{
			"torchrun", two + "LOCAL_RANK=1 LOCAL_WORLD_SIZE=2 TORCHELASTIC_RUN_ID=x TORCHELASTIC_USE_AGENT_STORE=True TORCHELASTIC_RESTART_COUNT=3",
			launch.Place{Rank: 1, Size: 2, Local: 1, Here: 2, Host: "a", Port: 29500, Agent: true, Attempt: "3"},
		},
		{"torchrun in a step", two + step + "TORCHELASTIC_RUN_ID=x", launch.Place{Rank: 1, Size: 2, Host: "a", Port: 29500}},
		{
			"srun", step + "SLURM_JOB_NODELIST=gpu[07-08] SLURM_STEP_TASKS_PER_NODE=2(x2) SLURM_NODEID=1 SLURM_NTASKS_PER_NODE=2",
			launch.Place{Rank: 3, Size: 4, Local: 1, Here: 2, Host: "gpu07", Port: 34567, Attempt: "0"},
		},
		{
			"srun from a login node", step + "SLURM_LAUNCH_NODE_IPADDR=10.0.0.7 SLURM_JOB_NODELIST=gpu[07-09] SLURM_STEP_NODELIST=gpu[08-09]",
			launch.Place{Rank: 3, Size: 4, Local: 1, Host: "gpu08", Port: 34567, Attempt: "0"},
		},
		{
			"srun of a part of the job", step + "SLURM_NTASKS=8 SLURM_NTASKS_PER_NODE=8 SLURM_STEP_NUM_TASKS=4 SLURM_STEP_TASKS_PER_NODE=4 SLURM_NODEID=0 SLURM_JOB_NODELIST=gpu[07-09,12] MASTER_PORT=5000",
			launch.Place{Rank: 3, Size: 4, Local: 1, Here: 4, Host: "gpu07", Port: 5000},
		},
		{
			"srun of unlike machines", step + "SLURM_STEP_TASKS_PER_NODE=1(x2),2 SLURM_NODEID=2 SLURM_JOB_NODELIST=a,b,c",
			launch.Place{Rank: 3, Size: 4, Local: 1, Here: 2, Host: "a", Port: 34567, Attempt: "0"},
		},
		{"a batch script", "SLURM_PROCID=0 SLURM_NTASKS=4 SLURM_JOB_ID=1 SLURM_LOCALID=0", launch.Place{}},
		{"a batch script that prepares srun", "SLURM_PROCID=0 SLURM_NTASKS=4 SLURM_JOB_ID=1 MASTER_ADDR=gpu1", launch.Place{}},
		{"variables of another's", "TORCHELASTIC_USE_AGENT_STORE=True RANK= WORLD_SIZE=", launch.Place{}},
	} {
		if got, err := launch.FromEnvironment(environment(c.set)); got != c.want || err != nil {
			t.Errorf("%s: got %+v, %v, want %+v", c.name, got, err, c.want)
		}
	}
}

func TestHalfAPlaceIsAnError(t *testing.T) {
	for set, want := range map[string]string{
		"RANK=1":                      "WORLD_SIZE is not set",
		"WORLD_SIZE=2":                "RANK is not set",
		"LOCAL_RANK=0":                "RANK is not set",
		"MASTER_ADDR=a MASTER_PORT=1": "MASTER_ADDR is set and RANK is not",
		"TORCHELASTIC_RUN_ID=x":       "RANK is not set",
		"RANK=2 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=1":                                     `RANK is "2", want 0 to 1 (WORLD_SIZE is 2)`,
		"RANK=one WORLD_SIZE=2":                                                               `RANK is "one", want 0 to 1`,
		"RANK=0 WORLD_SIZE=2":                                                                 "MASTER_ADDR is not set, want the host of rank 0",
		"RANK=0 WORLD_SIZE=2 MASTER_ADDR=a":                                                   "MASTER_PORT is not set, want a free port on a",
		"RANK=0 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=99999":                                 `MASTER_PORT is "99999", want 1 to 65535`,
		"RANK=0 WORLD_SIZE=2 LOCAL_RANK=2 MASTER_ADDR=a MASTER_PORT=1":                        `LOCAL_RANK is "2", want 0 to 1`,
		"RANK=0 WORLD_SIZE=2 LOCAL_RANK=1 LOCAL_WORLD_SIZE=1 MASTER_ADDR=a MASTER_PORT=1":     `LOCAL_WORLD_SIZE is "1", want 2 to 2`,
		"RANK=1 WORLD_SIZE=2 SLURM_PROCID=0 SLURM_STEP_ID=0 MASTER_ADDR=a MASTER_PORT=1":      "RANK is 1 and SLURM_PROCID is 0",
		"SLURM_PROCID=0 SLURM_STEP_ID=0":                                                      "SLURM_NTASKS is not set",
		"SLURM_PROCID=0 SLURM_NTASKS=2 SLURM_STEP_ID=0":                                       "neither MASTER_ADDR nor SLURM_JOB_NODELIST is set",
		"SLURM_PROCID=0 SLURM_NTASKS=2 SLURM_STEP_ID=0 SLURM_JOB_NODELIST=a[1 SLURM_JOB_ID=1": `"a[1" is not as Slurm writes it`,
		"SLURM_PROCID=0 SLURM_NTASKS=2 SLURM_STEP_ID=0 SLURM_JOB_NODELIST=a":                  `SLURM_JOB_ID is ""`,
	} {
		if got, err := launch.FromEnvironment(environment(set)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %+v, error %v, want %q", set, got, err, want)
		}
	}
}

// Slurm's lists of machines, as scontrol show hostnames spells them out.
func TestTheFirstMachine(t *testing.T) {
	for list, want := range map[string]string{
		"n1": "n1", "n1,n2": "n1", "gpu[07-09,12]": "gpu07", "gpu[3,5]-ib": "gpu3-ib", "a[1-2],b[3-4]": "a1", "a,b[3-4]": "a",
		"rack[1-2]node[3-4]": "rack1node3", "rack[1-2]node[3-4],b7": "rack1node3", "tux[2,4].lab": "tux2.lab",
	} {
		set := fmt.Sprintf("SLURM_PROCID=0 SLURM_NTASKS=2 SLURM_STEP_ID=0 SLURM_JOB_ID=1 SLURM_JOB_NODELIST=%s", list)
		if got, err := launch.FromEnvironment(environment(set)); got.Host != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", list, got.Host, err, want)
		}
	}
}
