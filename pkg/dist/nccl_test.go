package dist

import (
	"maps"
	"testing"
)

// What libtorch's watch over NCCL is told is what the group needs, and what a user
// says comes before it.
func TestNCCLsEnvironmentIsTheUsersFirst(t *testing.T) {
	set := map[string]string{"TORCH_NCCL_ASYNC_ERROR_HANDLING": "1"}
	lookup := func(name string) (string, bool) {
		value, is := set[name]
		return value, is
	}
	ncclEnvironment(lookup, func(name, value string) error {
		set[name] = value
		return nil
	})
	want := map[string]string{"TORCH_NCCL_ASYNC_ERROR_HANDLING": "1", "TORCH_NCCL_DUMP_ON_TIMEOUT": "0", "TORCH_NCCL_WAIT_TIMEOUT_DUMP_MILSEC": "0"}
	if !maps.Equal(set, want) {
		t.Errorf("got %v, want %v", set, want)
	}
}
