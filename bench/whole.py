"""A whole edit through a VAE and a vision transformer, and a step of fine-tuning
a CLIP; see whole.go, which leaves the weights in files."""
import json
import math

import torch
import torch.nn.functional as F
from safetensors import safe_open


class Weights(torch.nn.Module):
    """The weights of a file by their names, and its configuration."""

    def __init__(self, path, device):
        super().__init__()
        with safe_open(path, "pt") as f:
            self.config = json.loads(f.metadata()["config"])
            self.of = {name: torch.nn.Parameter(f.get_tensor(name).to(device)) for name in f.keys()}

    def linear(self, at, x):
        return F.linear(x, self.of[at + ".weight"], self.of[at + ".bias"])

    def norm(self, at, x):
        return F.layer_norm(x, x.shape[-1:], self.of[at + ".weight"], self.of[at + ".bias"])

    def conv(self, at, x):
        w = self.of[at + ".weight"]
        return F.conv2d(panorama_pad(x, w.shape[-1] // 2), w, self.of[at + ".bias"])


def panorama_pad(x, p):
    if p == 0:
        return x
    half = x.shape[3] // 2
    north, south = (edge.flip(2).roll(half, 3) for edge in (x[:, :, :p], x[:, :, -p:]))
    return F.pad(torch.cat((north, x, south), 2), (p, p, 0, 0), mode="circular")


class Decoder(Weights):
    """Z [N,D] to the code of its mean's map [N,3,H,W]; see pkg/vae."""

    def res(self, at, x):
        return x + self.conv(at + ".conv2", F.silu(self.conv(at + ".conv1", F.silu(x))))

    def forward(self, z):
        c = self.config
        channels, linear = c["channels"], c["linear"]
        fine = c["height"] // linear
        latent = self.linear("mu", z)
        base = self.linear("decoder.synthesis", latent).view(-1, 3, fine, 2 * fine)
        coarse = c["height"] >> len(channels)
        x = self.linear("decoder.fc", latent).view(-1, c["bottleneck"], coarse, 2 * coarse)
        x = self.res("decoder.first", self.conv("decoder.expand", x))
        for i in reversed(range(len(channels) - 1)):
            x = F.interpolate(x, scale_factor=2)
            if fine // 2 <= x.shape[2] <= fine:
                x = torch.cat((x, F.avg_pool2d(base, fine // x.shape[2])), 1)
            x = self.res(f"decoder.levels.{i}.block", self.conv(f"decoder.levels.{i}.up", x))
        code = F.pixel_shuffle(self.conv("decoder.out", F.silu(x)), 2)
        large = F.interpolate(panorama_pad(base, 1), scale_factor=linear, mode="bilinear")
        mu, top = c["coding"]["Mu"], self.top()
        code = (code + large[:, :, linear:-linear, linear:-linear]).clamp(-0.05, top + 0.05)
        return (code.clamp(0, top) * math.log1p(mu)).expm1() / mu

    def top(self):
        coding = self.config["coding"]
        return math.log1p(coding["Mu"] * coding["Max"]) / math.log1p(coding["Mu"])


class CLIP(Weights):
    """The two towers of OpenAI's CLIP, to unit vectors [N,E]."""

    def __init__(self, path, device):
        super().__init__(path, device)
        c = self.config["image"]
        self.mean, self.std = (torch.tensor(c[k], device=device).view(1, 3, 1, 1) for k in ("mean", "std"))

    def layers(self, at, x, size, causal):
        n, l, d = x.shape
        for i in range(size["layers"]):
            b = f"{at}.resblocks.{i}"
            qkv = F.linear(self.norm(b + ".ln_1", x), self.of[b + ".attn.in_proj_weight"], self.of[b + ".attn.in_proj_bias"])
            q, k, v = qkv.view(n, l, 3, size["heads"], -1).permute(2, 0, 3, 1, 4)
            y = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
            x = x + self.linear(b + ".attn.out_proj", y.transpose(1, 2).reshape(n, l, d))
            h = self.linear(b + ".mlp.c_fc", self.norm(b + ".ln_2", x))
            x = x + self.linear(b + ".mlp.c_proj", h * torch.sigmoid(1.702 * h))
        return x

    def image(self, picture):
        c = self.config["image"]
        if picture.shape[2:] != (c["height"], c["width"]):
            picture = F.interpolate(picture, (c["height"], c["width"]), mode="bilinear", antialias=True)
        x = F.conv2d((picture - self.mean) / self.std, self.of["visual.conv1.weight"], stride=c["patch"])
        x = x.flatten(2).permute(0, 2, 1)
        x = torch.cat((self.of["visual.class_embedding"].expand(len(x), 1, -1), x), 1) + self.of["visual.positional_embedding"]
        x = self.layers("visual.transformer", self.norm("visual.ln_pre", x), c["transformer"], False)
        return F.normalize(self.norm("visual.ln_post", x[:, 0]) @ self.of["visual.proj"], dim=-1)

    def text(self, ids):
        x = F.embedding(ids, self.of["token_embedding.weight"]) + self.of["positional_embedding"][: ids.shape[1]]
        x = self.norm("ln_final", self.layers("transformer", x, self.config["text"]["transformer"], True))
        return F.normalize(x[:, -1] @ self.of["text_projection"], dim=-1)  # all sentences end there

    def scale(self):
        return self.of["logit_scale"].exp().clamp(max=self.config["max_scale"])


def made(f, spec):
    return torch.compile(f) if spec.get("compile") else f


def tensors(path, device):
    with safe_open(path, "pt") as f:
        return {name: f.get_tensor(name).to(device) for name in f.keys()}


def prepare_edit(spec, device):
    given = tensors(spec["file"] + ".edit", device)
    decoder, clip = Decoder(spec["file"] + ".vae", device), CLIP(spec["file"] + ".clip", device)
    for w in [*decoder.of.values(), *clip.of.values()]:
        w.requires_grad_(False)
    n = spec["steps"]
    last = [0.0]

    def miss(offset):
        seen = decoder(given["hidden"] + offset).clamp(1e-5, 1) ** (1 / 2.2)
        return 1 - (clip.image(seen) * given["text"]).sum(1)

    miss = made(miss, spec)

    def step(steps):
        for _ in range(steps):
            offset = torch.zeros_like(given["hidden"], requires_grad=True)
            adam = torch.optim.AdamW([offset], weight_decay=0, fused=True)
            for i in range(n):
                fall = 0.1 + 0.45 * (1 + math.cos(math.pi * i / n))
                adam.param_groups[0]["lr"] = 0.05 * min(1, (i + 1) / 10) * fall
                offset.grad = None
                loss = miss(offset).sum()
                loss.backward()
                adam.step()
                last[0] = loss.item()

    return step, lambda: last[0]


def prepare_tune(spec, device):
    given = tensors(spec["file"] + ".tune", device)
    clip = CLIP(spec["file"] + ".clip", device)
    weights = list(clip.of.values())
    adam = torch.optim.AdamW(weights, lr=1e-5, betas=(0.9, 0.98), weight_decay=0.1, fused=True)
    want = torch.arange(spec["batch"], device=device)

    def forward():
        with torch.autocast(device.type, torch.bfloat16, enabled=spec.get("bf16", False)):
            images, texts = clip.image(given["pictures"]), clip.text(given["ids"])
        logits = clip.scale() * texts.float() @ images.float().T
        return (F.cross_entropy(logits, want) + F.cross_entropy(logits.T, want)) / 2

    forward = made(forward, spec)

    def descend():
        for w in weights:
            w.grad = None
        loss = forward()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1)
        adam.step()
        return loss

    first = descend().item()

    def step(steps):
        for _ in range(steps):
            descend()

    return step, lambda: first


def prepare(spec, device):
    return {"edit": prepare_edit, "tune": prepare_tune}[spec["kind"]](spec, device)
