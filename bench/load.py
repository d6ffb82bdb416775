"""Loads 600 MB of safetensors; see load.go. Run with a path, it writes them."""
import sys

import numpy
import torch
from safetensors import safe_open
from safetensors.numpy import save_file


def load_file(path, device):
    """What safetensors.torch.load_file does, without the packages it imports."""
    with safe_open(path, framework="pt", device=str(device)) as f:
        return {name: f.get_tensor(name) for name in f.offset_keys()}


def prepare(spec, device):
    weights = {name: t.clone() for name, t in load_file(spec["file"], device).items()}

    def just_open(steps):
        for _ in range(steps):
            load_file(spec["file"], device)

    def copy(steps):
        for _ in range(steps):
            for name, t in load_file(spec["file"], device).items():
                weights[name].copy_(t)

    return {"open": just_open, "copy": copy}[spec["op"]], lambda: sum(w.square().sum().item() for w in weights.values())


if __name__ == "__main__":
    rng = numpy.random.default_rng(1)
    save_file({f"layers.{i}.weight": rng.standard_normal((1024, 1024), numpy.float32) for i in range(143)}, sys.argv[1])
