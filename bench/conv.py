"""A convolution forward and backward; see conv.go."""
import torch
import torch.nn.functional as F


def grad_norm(leaves):
    return torch.nn.utils.get_total_norm([p.grad for p in leaves]).item()


def prepare(spec, device):
    x = torch.randn(1, 64, 64, 128, device=device).requires_grad_()
    w = (torch.randn(64, 64, 3, 3, device=device) * 0.05).requires_grad_()
    b = torch.randn(64, device=device).requires_grad_()
    seed = torch.randn(1, 64, 64, 128, device=device)

    def step(steps):
        for _ in range(steps):
            x.grad = w.grad = b.grad = None
            F.conv2d(x, w, b, padding=1).backward(seed)

    return step, lambda: grad_norm([x, w, b])
