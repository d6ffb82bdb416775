"""Makes pkg/nn/testdata/layers.safetensors: what PyTorch's layers give.

    $(scripts/python.sh) scripts/golden/nn.py

For each case: CASE.x (and CASE.context, CASE.mask), CASE.w.NAME for the
weights under PyTorch's names, CASE.y, CASE.dy (the seed of the backward pass),
CASE.dx (and CASE.dcontext) and CASE.dw.NAME. init.NAME are the weights that
PyTorch draws from seed 5; ema.* is AveragedModel's mean over a few steps.
"""

from collections import OrderedDict
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.numpy import save_file
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.set_num_threads(1)
OUT = Path(__file__).resolve().parents[2] / "pkg/nn/testdata/layers.safetensors"
tensors = {}


def keep(name, t):
    tensors[name] = t.detach().clone().contiguous()


def case(name, module, x, *extra, **named):
    """Runs module(x, *extra) forward and backward; named are saved as inputs."""
    leaves = [t for t in (x, *extra) if t.is_floating_point()]
    for t in leaves:
        t.requires_grad_()
    y = module(x, *extra)
    dy = torch.randn_like(y) / y[0].numel() ** 0.5
    y.backward(dy)
    keep(f"{name}.x", x)
    keep(f"{name}.y", y)
    keep(f"{name}.dy", dy)
    if x.grad is not None:
        keep(f"{name}.dx", x.grad)
    for t in extra:
        keep(f"{name}.context", t)
        keep(f"{name}.dcontext", t.grad)
    for key, t in named.items():
        keep(f"{name}.{key}", t)
    if isinstance(module, nn.Module):
        for key, w in module.named_parameters():
            keep(f"{name}.w.{key}", w)
            keep(f"{name}.dw.{key}", w.grad)


def panorama_pad(x, p):
    """Each padded texel by itself: over a pole is half a turn away."""
    h, w = x.shape[-2:]
    rows = []
    for r in range(-p, h + p):
        over = r < 0 or r >= h
        row = -1 - r if r < 0 else 2 * h - 1 - r if r >= h else r
        columns = [(c + (w // 2 if over else 0)) % w for c in range(-p, w + p)]
        rows.append(x[..., row, :][..., columns])
    return torch.stack(rows, -2)


class PanoramaConv(nn.Conv2d):
    def __init__(self, c_in, c_out, kernel, stride=1, padding=0):
        super().__init__(c_in, c_out, kernel, stride)
        self.p = padding

    def forward(self, x):
        return super().forward(panorama_pad(x, self.p))


def panorama_upsample(mode, factor, reach):
    def forward(x):
        h, w = x.shape[-2] * factor, x.shape[-1] * factor
        c = reach * factor
        y = F.interpolate(panorama_pad(x, reach), scale_factor=factor, mode=mode)
        return y[..., c : c + h, c : c + w]

    return forward


class Attention(nn.MultiheadAttention):
    def __init__(self, d, heads, mask=None, causal=False):
        super().__init__(d, heads, batch_first=True)
        self.mask, self.causal = mask, causal
        nn.init.normal_(self.in_proj_bias, std=0.1)
        nn.init.normal_(self.out_proj.bias, std=0.1)

    def forward(self, x, context=None):
        context = x if context is None else context
        mask = self.mask
        if self.causal:
            mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        return super().forward(x, context, context, attn_mask=mask, need_weights=False)[0]


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class Block(nn.Module):
    """ResidualAttentionBlock of OpenAI's CLIP (model.py), batch first."""

    def __init__(self, d, heads, activation, causal=False):
        super().__init__()
        self.attn = Attention(d, heads, causal=causal)
        self.ln_1 = nn.LayerNorm(d)
        self.mlp = nn.Sequential(
            OrderedDict(c_fc=nn.Linear(d, 4 * d), gelu=activation, c_proj=nn.Linear(4 * d, d))
        )
        self.ln_2 = nn.LayerNorm(d)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):
    def __init__(self, layers, *args, **kwargs):
        super().__init__()
        self.resblocks = nn.Sequential(*[Block(*args, **kwargs) for _ in range(layers)])

    def forward(self, x):
        return self.resblocks(x)


def shake(module):
    """Norms begin as the identity, which hides faults."""
    for p in module.parameters():
        nn.init.normal_(p, mean=0.5)
    return module


torch.manual_seed(0)
case("linear", nn.Linear(6, 5), torch.randn(2, 3, 6))
case("projection", nn.Linear(6, 5, bias=False), torch.randn(4, 6))
case("embedding", nn.Embedding(9, 4), torch.randint(0, 9, (2, 5)))
case("group_norm", shake(nn.GroupNorm(2, 6)), torch.randn(2, 6, 3, 4))
case("layer_norm", shake(nn.LayerNorm(8)), torch.randn(2, 3, 8))

case("conv", nn.Conv2d(3, 4, 3, stride=2, padding=1), torch.randn(2, 3, 6, 8))
case("conv_groups", nn.Conv2d(4, 6, 3, padding=2, dilation=2, groups=2, bias=False), torch.randn(1, 4, 6, 8))
case("conv_panorama", PanoramaConv(3, 4, 3, padding=1), torch.randn(2, 3, 4, 8))
case("conv_panorama_5", PanoramaConv(2, 3, 5, stride=2, padding=2), torch.randn(1, 2, 4, 8))
case("conv_panorama_1", PanoramaConv(2, 3, 1), torch.randn(1, 2, 4, 8))

case("nearest", nn.Upsample(scale_factor=2), torch.randn(1, 2, 3, 4))
case("bilinear", nn.Upsample(scale_factor=3, mode="bilinear"), torch.randn(1, 2, 3, 4))
case("bilinear_panorama", panorama_upsample("bilinear", 2, 1), torch.randn(1, 2, 4, 8))
case("bicubic_panorama", panorama_upsample("bicubic", 4, 2), torch.randn(1, 1, 2, 4))

added, allowed = torch.randn(5, 5), torch.rand(5, 5) > 0.4
allowed.fill_diagonal_(True)  # every row looks somewhere
case("attention", Attention(8, 2), torch.randn(2, 5, 8))
case("attention_causal", Attention(8, 4, causal=True), torch.randn(2, 5, 8))
case("attention_added", Attention(8, 2, mask=added), torch.randn(2, 5, 8), mask=added)
# PyTorch's module takes a bool mask the other way: true where not to look.
case("attention_allowed", Attention(8, 2, mask=~allowed), torch.randn(2, 5, 8), mask=allowed)
case("attention_cross", Attention(8, 2), torch.randn(2, 3, 8), torch.randn(2, 6, 8))
case("block_quick", Block(8, 2, QuickGELU()), torch.randn(2, 5, 8))
case("transformer_causal", Transformer(2, 8, 2, nn.GELU(), causal=True), torch.randn(2, 4, 8))

torch.manual_seed(5)
fresh = nn.ModuleDict(
    OrderedDict(
        linear=nn.Linear(37, 11),
        conv=nn.Conv2d(6, 10, 3, groups=2),
        embedding=nn.Embedding(13, 7),
        attention=nn.MultiheadAttention(12, 3),
        norm=nn.GroupNorm(2, 4),
    )
)
for key, w in fresh.state_dict().items():
    keep(f"init.{key}", w)

model = nn.Linear(4, 3)
mean = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.9))
mean.update_parameters(model)  # the first one copies
keep("ema.w0.weight", model.weight)
keep("ema.w0.bias", model.bias)
for step in range(1, 4):
    for p in model.parameters():
        nn.init.normal_(p)
    keep(f"ema.w{step}.weight", model.weight)
    keep(f"ema.w{step}.bias", model.bias)
    mean.update_parameters(model)
keep("ema.mean.weight", mean.module.weight)
keep("ema.mean.bias", mean.module.bias)

save_file({k: t.numpy() for k, t in tensors.items()}, OUT)
print(OUT, OUT.stat().st_size, "bytes,", len(tensors), "tensors")
