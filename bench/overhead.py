"""An op on 4 elements; see overhead.go."""
import itertools

import torch

OPS_PER_STEP = 100


def prepare(spec, device):
    x = torch.randn(4, device=device)

    def relu(steps):
        op = torch.relu
        for _ in itertools.repeat(None, steps * OPS_PER_STEP):
            op(x)

    def add(steps):
        for _ in itertools.repeat(None, steps * OPS_PER_STEP):
            x + 1

    return {"relu": relu, "add": add}[spec["op"]], lambda: x.sum().item()
