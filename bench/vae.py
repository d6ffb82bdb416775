"""A training step of the shipped VAE; see vae.go. The network has the names of
the file that both sides load. scripts/golden/invert.py makes a tiny one."""
import json
import math

import torch
import torch.nn.functional as F
from safetensors import safe_open
from torch import nn

from conv import grad_norm


class Size:
    """The architecture, as a model's file tells it."""

    def __init__(self, height, latent, channels, bottleneck, linear, **_):
        self.height, self.latent, self.channels, self.bottleneck, self.linear = height, latent, channels, bottleneck, linear
        self.coarse, self.fine = height >> len(channels), height // linear

    def sees_linear(self, height):
        return self.fine // 2 <= height <= self.fine



def panorama_pad(x, p):
    w = x.shape[-1]
    north = x[:, :, :p].flip(2).roll(w // 2, 3)
    south = x[:, :, -p:].flip(2).roll(w // 2, 3)
    return F.pad(torch.cat((north, x, south), 2), (p, p, 0, 0), mode="circular")


class Conv(nn.Conv2d):
    """A convolution that looks across the seam and the poles."""

    def __init__(self, c_in, c_out, kernel, stride=1):
        super().__init__(c_in, c_out, kernel, stride)

    def forward(self, x):
        p = self.kernel_size[0] // 2
        return super().forward(panorama_pad(x, p) if p else x)


class Res(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv1, self.conv2 = Conv(c, c, 3), Conv(c, c, 3)

    def forward(self, x):
        return x + self.conv2(F.silu(self.conv1(F.silu(x))))


class Down(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.down, self.block = Conv(c_in, c_out, 3, 2), Res(c_out)

    def forward(self, x):
        return self.block(self.down(x))


class Encoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.linear = c.linear
        sizes = (3, *c.channels)
        self.levels = nn.ModuleList(Down(a, b) for a, b in zip(sizes, sizes[1:]))
        self.squeeze = Conv(c.channels[-1], c.bottleneck, 1)
        self.fc = nn.Linear(c.bottleneck * c.coarse * 2 * c.coarse, c.latent)
        self.analysis = nn.Linear(3 * c.fine * 2 * c.fine, c.latent)

    def forward(self, code):
        x = code
        for level in self.levels:
            x = level(x)
        z = self.fc(F.silu(self.squeeze(F.silu(x))).flatten(1))
        return z + self.analysis(F.avg_pool2d(code, self.linear).flatten(1))


class Up(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.up, self.block = Conv(c_in, c_out, 3), Res(c_out)

    def forward(self, x):
        return self.block(self.up(x))


class Decoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.fc = nn.Linear(c.latent, c.bottleneck * c.coarse * 2 * c.coarse)
        self.expand = Conv(c.bottleneck, c.channels[-1], 1)
        self.first = Res(c.channels[-1])
        self.levels = nn.ModuleList(
            Up(c.channels[i + 1] + (3 if c.sees_linear(c.height >> (i + 1)) else 0), c.channels[i])
            for i in range(len(c.channels) - 1)
        )
        self.out = Conv(c.channels[0], 12, 3)
        self.synthesis = nn.Linear(c.latent, 3 * c.fine * 2 * c.fine)

    def forward(self, latent, top):
        c, n = self.c, len(latent)
        base = self.synthesis(latent).view(n, 3, c.fine, 2 * c.fine)
        x = self.fc(latent).view(n, c.bottleneck, c.coarse, 2 * c.coarse)
        x = self.first(self.expand(x))
        for level in reversed(self.levels):
            x = F.interpolate(x, scale_factor=2)
            if c.sees_linear(x.shape[2]):
                x = torch.cat((x, F.avg_pool2d(base, c.fine // x.shape[2])), 1)
            x = level(x)
        code = F.pixel_shuffle(self.out(F.silu(x)), 2)
        large = F.interpolate(panorama_pad(base, 1), scale_factor=c.linear, mode="bilinear")
        code = code + large[:, :, c.linear : -c.linear, c.linear : -c.linear]
        return code.clamp(-0.05, top + 0.05)


class VAE(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.encoder, self.decoder = Encoder(c), Decoder(c)
        self.mu, self.logvar = nn.Linear(c.latent, c.latent), nn.Linear(c.latent, c.latent)

    def heads(self, z):
        return self.mu(z), self.logvar(z).clamp(-9, 3)

    def forward(self, code, noise, top):
        mean, logvar = self.heads(self.encoder(code))
        return mean, logvar, self.decoder(mean + (0.5 * logvar).exp() * noise, top)


def radiance(code, mu, top):
    return (code.clamp(0, top) * math.log1p(mu)).expm1() / mu


def picture(radiance):
    """The light rule: what the eye sees of linear radiance."""
    return radiance.clamp(1e-5, 1) ** (1 / 2.2)


def row_weights(h):
    edge = torch.arange(h + 1, dtype=torch.float64) * math.pi / h
    area = edge[:-1].cos() - edge[1:].cos()
    return (area / area.mean()).float().view(1, 1, h, 1)


def training_step(weights, adam, backward):
    """Steps that clip the gradient that backward leaves and descend, and the first one's norm."""
    backward()
    first = grad_norm(weights)

    def step(steps):
        for _ in range(steps):
            backward()
            nn.utils.clip_grad_norm_(weights, 1)
            adam.step()

    return step, lambda: first


def prepare(spec, device):
    with safe_open(spec["file"], "pt") as f:
        config = json.loads(f.metadata()["config"])
        state = {name: f.get_tensor(name) for name in f.keys()}
    size, coding = Size(**config), config["coding"]
    mu = coding["Mu"]
    top = math.log1p(mu * coding["Max"]) / math.log1p(mu)
    model = VAE(size).to(device)
    model.load_state_dict(state)
    weights = list(model.parameters())
    adam = torch.optim.AdamW(weights, lr=1e-4, betas=(0.9, 0.98), weight_decay=0, fused=True)
    n = spec["batch"]
    torch.manual_seed(1)
    code = torch.rand(n, 3, size.height, 2 * size.height, device=device)
    noise = torch.randn(n, size.latent, device=device)
    w = row_weights(size.height).to(device)
    bf16 = spec.get("bf16", False)
    network = torch.compile(model) if spec.get("compile") else model

    def backward():
        for p in weights:
            p.grad = None
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
            mean, logvar, again = network(code, noise, top)
        mean, logvar, again = mean.float(), logvar.float(), again.float()
        seen = ((picture(radiance(again, mu, top)) - picture(radiance(code, mu, top))).square() * w).mean()
        coded = ((again - code).abs() * w).mean()
        kl = -0.5 * (1 + logvar - mean.square() - logvar.exp()).sum(1).mean()
        (4 * seen + 0.25 * coded + 2e-6 * kl).backward()

    return training_step(weights, adam, backward)
