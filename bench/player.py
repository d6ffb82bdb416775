"""PyTorch's side of every race: speaks JSON lines as serve.go does."""
import json
import sys
import time

import torch

import conv
import load
import overhead
import transformer

kinds = {
    "overhead": overhead.prepare,
    "conv": conv.prepare,
    "attention": transformer.prepare,
    "layer": transformer.prepare,
    "load": load.prepare,
}


def peak_bytes():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def main():
    spec = json.loads(sys.stdin.readline())
    device = torch.device(spec["device"])
    on_cuda = device.type == "cuda"
    torch.set_num_threads(spec["threads"])
    torch.manual_seed(1)
    step, check = kinds[spec["kind"]](spec, device)
    step(1)
    checked = check()

    def answer(seconds, cpu_seconds):
        device_bytes = torch.cuda.max_memory_allocated(device) if on_cuda else 0
        reply = {"seconds": seconds, "cpu_seconds": cpu_seconds, "check": checked}
        print(json.dumps(reply | {"peak_bytes": peak_bytes(), "device_bytes": device_bytes}), flush=True)

    def wait():
        if on_cuda:
            torch.cuda.synchronize(device)

    answer(0, 0)
    for line in sys.stdin:
        steps = json.loads(line)["steps"]
        wait()
        start, cpu = time.perf_counter(), time.process_time()
        step(steps)
        wait()
        answer(time.perf_counter() - start, time.process_time() - cpu)


main()
