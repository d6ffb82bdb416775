"""Makes pkg/edit/testdata/invert.safetensors: ten steps of D'Orazio's inversion
by plain PyTorch, through a tiny VAE and the tiny tower of clip.py, from the same
weights, words and noise.

    $(scripts/python.sh) scripts/golden/invert.py

vae.* and visual.* are weights under the toolkit's names, maps is linear radiance,
text unit vectors, noise that of each step. For each VARIABLE.REGULARISER there
are the cosines before each step [steps,N] and the latents' means at the end.
"""

import math
import pathlib
import sys

import torch
from safetensors.numpy import save_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(pathlib.Path(__file__).parent)]
from clip import HEIGHT, MEAN, STD, WIDTH, Visual  # noqa: E402
from vae import VAE, Size, picture, radiance  # noqa: E402

OUT = ROOT / "pkg/edit/testdata/invert.safetensors"
MAPS, LATENT, EMBED, STEPS, RATE, WEIGHT = 2, 12, 16, 10, 0.05, 1.0
MU, MOST = 50.0, 2e4
TOP = math.log1p(MU * MOST) / math.log1p(MU)


def rate(i):
    return RATE * min(1, (i + 1) / 10) * (0.1 + 0.45 * (1 + math.cos(math.pi * i / STEPS)))


def variation(seen):
    across = (seen - seen.roll(1, 3)).abs().mean((1, 2, 3))
    return across + (seen[:, :, 1:] - seen[:, :, :-1]).abs().mean((1, 2, 3))


def divergence(mean, logvar):
    return -0.5 * (1 + logvar - mean.square() - logvar.exp()).mean(1)


def invert(vae, tower, maps, text, noise, variable, regulariser):
    """The cosines before each step, [steps,N], and the means after the last."""
    with torch.no_grad():
        code = (maps.clamp(0, MOST) * MU).log1p() / math.log1p(MU)
        hidden = vae.encoder(code)
        start = vae.heads(hidden)
    if variable == "fc":
        free = [hidden.clone().requires_grad_()]
        latent = lambda: vae.heads(free[0])  # noqa: E731
    else:
        free = [part.clone().requires_grad_() for part in start]
        latent = lambda: free  # noqa: E731
    adam = torch.optim.Adam(free)
    curve = []
    for i in range(STEPS):
        mean, logvar = latent()
        z = mean if variable == "fc" else mean + (0.5 * logvar).exp() * noise[i]
        seen = picture(radiance(vae.decoder(z, TOP), MU, TOP))
        found = tower((seen - MEAN) / STD)
        cosine = (found / found.norm(dim=1, keepdim=True) * text).sum(1)
        curve.append(cosine.detach())
        loss = 1 - cosine
        if regulariser == "tv":
            loss = loss + WEIGHT * variation(seen)
        if regulariser == "kl":
            loss = loss + WEIGHT * divergence(mean, logvar)
        adam.zero_grad()
        loss.sum().backward()
        adam.param_groups[0]["lr"] = rate(i)
        adam.step()
    return torch.stack(curve), latent()[0].detach()


def main():
    torch.manual_seed(11)
    torch.set_num_threads(1)
    vae, tower = VAE(Size(HEIGHT, LATENT, (6, 8), 4, 2)), Visual()
    for p in (*vae.parameters(), *tower.parameters()):
        p.requires_grad_(False)
        if p.dim() == 1:  # biases and norms that do something
            p.add_(0.1 * torch.randn_like(p))
    vae.logvar.bias.sub_(3)  # some noise, not all
    maps = torch.rand(MAPS, 3, HEIGHT, WIDTH) ** 2 * 3
    text = torch.nn.functional.normalize(torch.randn(MAPS, EMBED), dim=1)
    noise = torch.randn(STEPS, MAPS, LATENT)
    out = {"maps": maps, "text": text, "noise": noise}
    out |= {f"vae.{k}": v for k, v in vae.state_dict().items()}
    out |= {f"visual.{k}": v for k, v in tower.state_dict().items()}
    for variable in ("fc", "mulogvar"):
        for regulariser in ("none", "tv", "kl"):
            if (variable, regulariser) == ("fc", "kl"):  # has no distribution to hold
                continue
            curve, mean = invert(vae, tower, maps, text, noise, variable, regulariser)
            out[f"{variable}.{regulariser}.similarity"], out[f"{variable}.{regulariser}.mean"] = curve, mean
            print(variable, regulariser, curve[:, 0].tolist()[:: STEPS - 1])
    OUT.parent.mkdir(exist_ok=True)
    save_file({k: v.detach().contiguous().numpy() for k, v in out.items()}, OUT)
    print(OUT, OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
