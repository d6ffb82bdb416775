"""CLIP's residual attention block forward and backward; see transformer.go."""
import torch
import torch.nn.functional as F
from torch import nn

from conv import grad_norm


class Attend(nn.Module):
    def __init__(self, d, heads, causal):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.norm = nn.LayerNorm(d)
        self.into = nn.Linear(d, 3 * d)
        self.out = nn.Linear(d, d)

    def forward(self, x):
        n, l, d = x.shape
        qkv = self.into(self.norm(x)).view(n, l, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], is_causal=self.causal)
        return x + self.out(y.transpose(1, 2).reshape(n, l, d))


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class MLP(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.up = nn.Linear(d, 4 * d)
        self.act = QuickGELU()
        self.down = nn.Linear(4 * d, d)

    def forward(self, x):
        return x + self.down(self.act(self.up(self.norm(x))))


def prepare(spec, device):
    n, l, d = spec["batch"], spec["tokens"], spec["width"]
    halves = [Attend(d, spec["heads"], spec.get("causal", False))]
    if spec["kind"] == "layer":
        halves.append(MLP(d))
    model = nn.Sequential(*halves).to(device)
    # The draws of transformer.go, in its order.
    torch.manual_seed(1)
    x = torch.randn(n, l, d, device=device).requires_grad_()
    seed = torch.randn(n, l, d, device=device)
    with torch.no_grad():
        for m in model.modules():
            if isinstance(m, nn.Linear):
                m.weight.copy_(torch.randn(*m.weight.shape, device=device) / m.in_features**0.5)
                m.bias.copy_(torch.randn(*m.bias.shape, device=device) * 0.02)
    leaves = [x, *model.parameters()]
    bf16 = spec.get("bf16", False)

    def step(steps):
        for _ in range(steps):
            for p in leaves:
                p.grad = None
            with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
                y = model(x)
            y.backward(seed)

    return step, lambda: grad_norm(leaves)
