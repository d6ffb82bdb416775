"""The other side of every race: speaks JSON lines as serve.go does."""
import importlib
import json
import sys
import time

# The file of each kind of work. Those of maps do without PyTorch.
TORCH_KINDS = {kind: kind for kind in ("overhead", "conv", "load", "invert", "vae", "tower")} | {
    kind: "transformer" for kind in ("attention", "layer")
} | {kind: "whole" for kind in ("edit", "tune")}
MAP_KINDS = {"decode": "maps", "encode": "maps", "resize": "maps", "folder": "maps"}


def peak_bytes():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def ready_torch(spec):
    """Returns the work's step and check, what waits for the device, and the most memory used there."""
    import torch

    device = torch.device(spec["device"])
    torch.set_num_threads(spec["threads"])
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = spec.get("tf32", False)
    torch.manual_seed(1)
    step, check = importlib.import_module(TORCH_KINDS[spec["kind"]]).prepare(spec, device)
    if device.type == "cuda":
        return step, check, lambda: torch.cuda.synchronize(device), lambda: torch.cuda.max_memory_allocated(device)
    return step, check, lambda: None, lambda: 0


def ready_maps(spec):
    step, check = importlib.import_module(MAP_KINDS[spec["kind"]]).prepare(spec)
    return step, check, lambda: None, lambda: 0


def main():
    spec = json.loads(sys.stdin.readline())
    ready = ready_torch if spec["kind"] in TORCH_KINDS else ready_maps
    step, check, wait, device_bytes = ready(spec)
    step(1)
    checked = check()

    def answer(seconds, cpu_seconds):
        reply = {"seconds": seconds, "cpu_seconds": cpu_seconds, "check": checked}
        print(json.dumps(reply | {"peak_bytes": peak_bytes(), "device_bytes": device_bytes()}), flush=True)

    answer(0, 0)
    for line in sys.stdin:
        steps = json.loads(line)["steps"]
        wait()
        start, cpu = time.perf_counter(), time.process_time()
        step(steps)
        wait()
        answer(time.perf_counter() - start, time.process_time() - cpu)


main()
