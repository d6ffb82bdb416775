"""Makes pkg/optim/testdata/adamw.safetensors and schedules.json.

    $(scripts/python.sh) scripts/golden/optim.py

For each case: ten steps of torch.optim.AdamW (Adam where nothing decays), from
w0.NAME along gradients g.STEP.NAME to w.NAME with state m.NAME, v.NAME.
"""

import json
from pathlib import Path

import torch
from safetensors.numpy import save_file
from torch import nn
from torch.optim import lr_scheduler as sched

torch.set_num_threads(1)
OUT = Path(__file__).resolve().parents[2] / "pkg/optim/testdata"
SHAPES = {"encoder.weight": (4, 3), "encoder.bias": (4,), "encoder2.weight": (5,), "head.weight": (2, 2, 3)}
STEPS = 10
tensors = {}


def case(name, make, clip=None, rates=None, accumulate=1):
    weights = {k: nn.Parameter(torch.randn(s)) for k, s in SHAPES.items()}
    for k, w in weights.items():
        tensors[f"{name}.w0.{k}"] = w.detach().clone()
    opt = make(weights)
    scales = [g["lr"] for g in opt.param_groups]
    for step in range(STEPS):
        for part in range(accumulate):
            for k, w in weights.items():
                g = torch.randn_like(w)
                tensors[f"{name}.g.{step * accumulate + part}.{k}"] = g.clone()
                (w * g).sum().div(accumulate).backward()
        for group, scale in zip(opt.param_groups, scales):
            group["lr"] = scale * (rates(step) if rates else 1)
        if clip:
            norm = nn.utils.clip_grad_norm_(weights.values(), clip)
            tensors[f"{name}.norm.{step}"] = norm.detach().clone()
        opt.step()
        opt.zero_grad()
    for k, w in weights.items():
        tensors[f"{name}.w.{k}"] = w.detach().clone()
        tensors[f"{name}.m.{k}"] = opt.state[w]["exp_avg"].clone()
        tensors[f"{name}.v.{k}"] = opt.state[w]["exp_avg_sq"].clone()


def grouped(weights):
    part = lambda prefix: [w for k, w in weights.items() if k.startswith(prefix)]
    return torch.optim.AdamW(
        [
            {"params": part("encoder."), "lr": 1e-3, "weight_decay": 0.3},
            {"params": part("encoder2.") + part("head."), "lr": 1e-2},
        ],
        betas=(0.9, 0.98),
        eps=1e-6,
        weight_decay=0.1,
    )


torch.manual_seed(0)
case("adam", lambda w: torch.optim.Adam(w.values(), lr=0.1))
case("adamw", lambda w: torch.optim.AdamW(w.values(), lr=1e-2, weight_decay=0.2))
case("groups", grouped, clip=1.0)
case("ramped", lambda w: torch.optim.AdamW(w.values(), lr=1e-2), rates=lambda i: 1 / (1 + i))
case("accumulated", lambda w: torch.optim.AdamW(w.values(), lr=1e-2), clip=0.5, accumulate=3)
save_file({k: t.numpy() for k, t in tensors.items()}, OUT / "adamw.safetensors")


def rates(schedule_of, steps, lr):
    opt = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=lr)
    schedule = schedule_of(opt)
    out = []
    for _ in range(steps):
        out.append(opt.param_groups[0]["lr"])
        opt.step()
        schedule.step()
    return out


def warmup_cosine(opt, floor, warmup, total):
    up = sched.LinearLR(opt, 1 / warmup, 1, warmup - 1)
    down = sched.CosineAnnealingLR(opt, total - warmup, floor)
    return sched.SequentialLR(opt, [up, down], [warmup])


def hold_cosine(opt, floor, hold, total):
    flat = sched.ConstantLR(opt, 1, hold)
    down = sched.CosineAnnealingLR(opt, total - hold, floor)
    return sched.SequentialLR(opt, [flat, down], [hold])


schedules = {
    "constant": rates(lambda o: sched.ConstantLR(o, 1, 1), 5, 0.02),
    "warmup_cosine": rates(lambda o: warmup_cosine(o, 1e-5, 10, 60), 61, 1e-3),
    "hold_cosine": rates(lambda o: hold_cosine(o, 0.0, 21, 60), 61, 1e-3),
}
(OUT / "schedules.json").write_text(json.dumps(schedules, indent=1) + "\n")
for f in sorted(OUT.iterdir()):
    print(f, f.stat().st_size, "bytes")
