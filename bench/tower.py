"""A training step of the shipped CLIP's image tower; see tower.go."""
import json

import torch
import torch.nn.functional as F
from safetensors import safe_open
from torch import nn

from vae import Conv, training_step


class Res(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm, self.conv1, self.conv2 = nn.GroupNorm(8, c), Conv(c, c, 3), Conv(c, c, 3)

    def forward(self, x):
        return x + self.conv2(F.silu(self.conv1(F.silu(self.norm(x)))))


class Stage(nn.Module):
    def __init__(self, c_in, c_out, blocks):
        super().__init__()
        if c_in:
            self.down = Conv(c_in, c_out, 3, 2)
        self.blocks = nn.ModuleList(Res(c_out) for _ in range(blocks))

    def forward(self, x):
        x = self.down(x) if hasattr(self, "down") else x
        for block in self.blocks:
            x = block(x)
        return x


class Tower(nn.Module):
    def __init__(self, c, embed):
        super().__init__()
        channels = c["channels"]
        self.stem = Conv(3, channels[0], 5, 4)
        self.stages = nn.ModuleList(map(Stage, [0, *channels], channels, c["blocks"]))
        rows = c["height"] // (4 << (len(channels) - 1))
        self.hidden = nn.Linear(2 * channels[-1] * rows, c["hidden"])
        self.out = nn.Linear(c["hidden"], embed)

    def forward(self, x):
        x = self.stem(x)
        for stage in self.stages:
            x = stage(x)
        x = F.silu(x)
        x = torch.cat((x.mean(3), 0.3 * x.logsumexp(3)), 1).flatten(1)
        return self.out(F.silu(self.hidden(x)))


def prepare(spec, device):
    with safe_open(spec["file"], "pt") as f:
        config = json.loads(f.metadata()["config"])
        state = {name.removeprefix("visual."): f.get_tensor(name) for name in f.keys() if name.startswith("visual.")}
    c = config["image"]
    model = Tower(c, config["embed"]).to(device)
    model.load_state_dict(state)
    weights = list(model.parameters())
    adam = torch.optim.AdamW(weights, lr=1e-4, betas=(0.9, 0.98), weight_decay=0.02, fused=True)
    n = spec["batch"]
    torch.manual_seed(1)
    picture = torch.rand(n, 3, c["height"], c["width"], device=device)
    text = F.normalize(torch.randn(n, config["embed"], device=device), dim=1)
    mean, std = (torch.tensor(c[k], device=device).view(1, 3, 1, 1) for k in ("mean", "std"))
    labels = torch.arange(n, device=device)

    def backward():
        for p in weights:
            p.grad = None
        with torch.autocast(device.type, torch.bfloat16, enabled=spec.get("bf16", False)):
            y = model((picture - mean) / std)
        logits = 14 * text @ F.normalize(y.float(), dim=1).T
        ((F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2).backward()

    return training_step(weights, adam, backward)
