"""Makes what the ops of pkg/torch are compared with: for each case its inputs,
its outputs, and the gradients of the outputs' weighed sum.

    "$(scripts/python.sh)" scripts/golden/ops.py

Writes pkg/torch/testdata/ops.safetensors. A case is named for the Go method or
function it covers, with a variant after a slash; its tensors are

    CASE#in0 …     the inputs
    CASE#out0 …    the outputs
    CASE#seed0 …   the weights of the outputs that are differentiated
    CASE#grad0 …   the gradients of Σ seed·out, for inputs that have one

Everything comes from fixed seeds; random ops are seeded with 7 before the case.
"""

import math
import pathlib

import torch
import torch.nn.functional as F
from safetensors import serialize_file

OUT = pathlib.Path(__file__).resolve().parents[2] / "pkg/torch/testdata/ops.safetensors"
NAMES = {
    torch.float32: "float32", torch.bfloat16: "bfloat16", torch.float16: "float16", torch.float64: "float64",
    torch.int64: "int64", torch.int32: "int32", torch.uint8: "uint8", torch.bool: "bool",
}  # fmt: skip

torch.set_num_threads(1)
gen = torch.Generator().manual_seed(20)
tensors = {}


def normal(*shape):
    return torch.randn(shape, generator=gen)


def positive(*shape):
    return torch.rand(shape, generator=gen) + 0.5


def whole(high, *shape):
    return torch.randint(0, high, shape, generator=gen)


def case(name, f, *inputs):
    leaves = [x.clone().requires_grad_(x.is_floating_point()) for x in inputs]
    torch.manual_seed(7)
    outs = f(*leaves)
    outs = list(outs) if isinstance(outs, (tuple, list)) else [outs]
    total = 0
    for i, x in enumerate(inputs):
        tensors[f"{name}#in{i}"] = x
    for i, y in enumerate(outs):
        tensors[f"{name}#out{i}"] = y.detach()
        if y.requires_grad:
            seed = normal(*y.shape)
            tensors[f"{name}#seed{i}"] = seed
            total = total + (y.float() * seed).sum()
    if isinstance(total, torch.Tensor):
        for i, x in enumerate(leaves):
            if x.requires_grad:
                (g,) = torch.autograd.grad(total, x, retain_graph=True, allow_unused=True)
                if g is not None:
                    tensors[f"{name}#grad{i}"] = g


def elementwise():
    x = torch.cat([normal(3, 5), torch.zeros(1, 5), 30 * normal(1, 5)])
    case("Abs", torch.abs, x)
    case("Neg", torch.neg, x)
    case("Exp", torch.exp, normal(4, 3))
    case("Expm1", torch.expm1, 1e-3 * normal(4, 3))
    case("Log", torch.log, positive(4, 3))
    case("Log1p", torch.log1p, 1e-3 * normal(4, 3))
    case("Sqrt", torch.sqrt, positive(4, 3))
    case("Square", torch.square, x)
    case("Sin", torch.sin, x)
    case("Cos", torch.cos, x)
    case("Tanh", torch.tanh, x)
    case("Sigmoid", torch.sigmoid, x)
    case("ReLU", F.relu, x)
    case("SiLU", F.silu, x)
    case("QuickGELU", lambda x: x * torch.sigmoid(1.702 * x), x)
    case("GELU", F.gelu, x)
    odd = torch.tensor([0.0, 1.0, math.inf, -math.inf, math.nan])
    case("IsFinite", torch.isfinite, odd)

    a, b, row = normal(2, 3, 4), positive(2, 3, 4), positive(3, 1)
    for name, f in [("Add", torch.add), ("Sub", torch.sub), ("Mul", torch.mul), ("Div", torch.div)]:
        case(name, f, a, b)
        case(name + "/broadcast", f, a, row)
    case("AddScaled", lambda x, y: torch.add(x, y, alpha=-0.3), a, row)
    case("Lerp", lambda x, y: torch.lerp(x, y, 0.7), a, b)
    case("AddScalar", lambda x: x + 1.5, a)
    case("MulScalar", lambda x: x * -2.5, a)
    case("PowScalar", lambda x: x**2.5, b)
    case("PowScalar/whole", lambda x: x**3, a)
    case("Clamp", lambda x: x.clamp(-0.5, 0.8), a)
    case("ClampMin", lambda x: x.clamp_min(0.1), a)
    case("ClampMax", lambda x: x.clamp_max(0.1), a)
    case("Greater", lambda x: x > 0.2, a)


def layers():
    case("MatMul", torch.matmul, normal(3, 4), normal(4, 5))
    case("MatMul/batch", torch.matmul, normal(2, 3, 4), normal(4, 5))
    case("Linear", F.linear, normal(2, 3, 4), normal(5, 4), normal(5))
    case("Linear/no bias", F.linear, normal(2, 4), normal(5, 4))
    case("Embedding", lambda i, w: F.embedding(i, w), whole(6, 2, 3), normal(6, 4))
    x = normal(2, 4, 6, 7)
    case("Conv2d", lambda x, w, b: F.conv2d(x, w, b, padding=1), x, normal(3, 4, 3, 3), normal(3))
    case("Conv2d/stride", lambda x, w: F.conv2d(x, w, stride=2), x, normal(3, 4, 2, 2))
    case("Conv2d/groups", lambda x, w, b: F.conv2d(x, w, b, padding=2, dilation=2, groups=2), x, normal(6, 2, 3, 3), normal(6))
    case("GroupNorm", lambda x, w, b: F.group_norm(x, 2, w, b, 1e-5), x, normal(4), normal(4))
    case("GroupNorm/plain", lambda x: F.group_norm(x, 4, None, None, 1e-6), x)
    case("LayerNorm", lambda x, w, b: F.layer_norm(x, (7,), w, b, 1e-5), normal(2, 3, 7), normal(7), normal(7))
    case("LayerNorm/plain", lambda x: F.layer_norm(x, (7,), None, None, 1e-6), normal(3, 7))
    case("Normalize", lambda x: F.normalize(x, dim=1, eps=1e-6), normal(3, 5))
    case("Normalize/zero", lambda x: F.normalize(x, dim=-1, eps=1e-6).detach(), torch.zeros(2, 3))
    case("LogSoftmax", lambda x: x.log_softmax(0), 50 * normal(3, 4))
    q, k, v = normal(2, 3, 5, 8), normal(2, 3, 6, 8), normal(2, 3, 6, 8)
    attend = F.scaled_dot_product_attention
    case("Attention", attend, q, k, v)
    case("Attention/scale", lambda q, k, v: attend(q, k, v, scale=0.2), q, k, v)
    case("Attention/causal", lambda q, k, v: attend(q, k, v, is_causal=True), q, normal(2, 3, 5, 8), normal(2, 3, 5, 8))
    case("Attention/mask", lambda q, k, v, m: attend(q, k, v, m), q, k, v, normal(5, 6))
    keep = whole(2, 2, 1, 1, 6).bool()
    keep[..., 0] = True
    case("Attention/keep", lambda q, k, v, m: attend(q, k, v, m), q, k, v, keep)
    case("CrossEntropy", F.cross_entropy, normal(4, 5), whole(5, 4))
    case("CrossEntropy/soft", F.cross_entropy, normal(4, 5), normal(4, 5).softmax(-1))
    case("MSE", F.mse_loss, normal(3, 4), normal(3, 4))

    def svd(x):
        u, s, vh = torch.linalg.svd(x, full_matrices=False)
        return (u * s) @ vh, s, u.abs().detach(), vh.abs().detach()

    def qr(x):
        q, r = torch.linalg.qr(x)
        return q @ r, r.abs().detach()

    case("SVD", svd, normal(5, 3))
    case("QR", qr, normal(5, 3))
    case("AvgPool2d", lambda x: F.avg_pool2d(x, 2), x)
    case("AvgPool2dStride", lambda x: F.avg_pool2d(x, 3, 2), x)
    case("PixelShuffle", lambda x: F.pixel_shuffle(x, 2), x)
    for mode, more in [("nearest", {}), ("bilinear", {}), ("bicubic", {}), ("bilinear", {"antialias": True})]:
        name = f"Resize/{mode}" + (" antialias" if more else "")
        case(name + " up", lambda x: F.interpolate(x, size=(9, 15), mode=mode, **more), x)
        case(name + " down", lambda x: F.interpolate(x, size=(4, 3), mode=mode, **more), x)


def reductions():
    x = normal(2, 3, 4)
    for name, f in [("Sum", torch.sum), ("Mean", torch.mean), ("Max", torch.amax), ("Min", torch.amin), ("Norm", torch.linalg.vector_norm)]:
        case(name, lambda x: f(x), x)
        case(name + "/dims", lambda x: f(x, dim=(0, -1)), x)
    case("MeanKeep", lambda x: x.mean((0, 1), keepdim=True), x)
    case("Var", lambda x: x.var(), x)
    case("Var/dims", lambda x: x.var((0, 2)), x)
    case("LogSumExp", lambda x: x.logsumexp(1), 40 * x)
    case("TopK", lambda x: tuple(x.topk(2, dim=-1)), x)


def shapes():
    x = normal(2, 3, 4)
    case("Reshape", lambda x: x.reshape(4, -1), x)
    case("Flatten", lambda x: x.flatten(1), x)
    case("Permute", lambda x: x.permute(2, 0, 1), x)
    case("Transpose", lambda x: x.transpose(0, -1), x)
    case("Unsqueeze", lambda x: x.unsqueeze(1), x)
    case("Squeeze", lambda x: x.squeeze(1), normal(2, 1, 3))
    case("Expand", lambda x: x.expand(5, 2, 3), normal(2, 1))
    case("Narrow", lambda x: x.narrow(2, 1, 2), x)
    case("Select", lambda x: x.select(1, -1), x)
    case("IndexSelect", lambda x, i: x.index_select(2, i), x, torch.tensor([3, 0, 3]))
    case("Gather", lambda x, i: x.gather(1, i), x, whole(3, 2, 2, 4))
    case("Cat", lambda a, b: torch.cat([a, b], 1), x, normal(2, 2, 4))
    case("Stack", lambda a, b: torch.stack([a, b], -1), x, normal(2, 3, 4))
    case("Chunk", lambda x: x.chunk(2, -1), x)
    case("Roll", lambda x: x.roll(-1, 2), x)
    case("Flip", lambda x: x.flip(0, 2), x)
    case("Tril", lambda x: x.tril(-1), x)
    case("Contiguous", lambda x: x.transpose(0, 2).contiguous(), x)
    case("Clone", torch.clone, x)
    case("Detach", lambda x: x.detach() * x, x)
    for name, dtype in [("bf16", torch.bfloat16), ("f16", torch.float16), ("f64", torch.float64)]:
        case("To/" + name, lambda x: x.to(dtype), x)
    case("To/i64", lambda x: (10 * x).long(), x)


def creation():
    case("Session.Zeros", lambda: torch.zeros(2, 3))
    case("Session.Ones", lambda: torch.ones(2, 0))
    case("Session.Full", lambda: torch.full((2,), 7, dtype=torch.int32))
    case("Session.Scalar", lambda: torch.tensor(0.1))
    case("Session.Eye", lambda: torch.eye(3))
    case("Session.Arange", lambda: torch.arange(-1, 1, 0.3))
    case("Session.Arange/whole", lambda: torch.arange(2, 11, 3))
    case("ZerosLike", torch.zeros_like, whole(3, 2, 2))
    case("OnesLike", torch.ones_like, normal(2, 2))
    case("RandnLike", torch.randn_like, normal(3, 7))
    case("Session.Rand", lambda: torch.rand(5, 5))
    case("Session.Randn", lambda: torch.randn(5, 5))
    case("Session.RandPerm", lambda: torch.randperm(11))
    case("Session.Uniform", lambda: torch.empty(4, 5).uniform_(-2, 3))


def training():
    """What works on weights: the inputs are a parameter and its gradients."""

    def adamw(p, *grads):
        p = p.detach().clone().requires_grad_()
        opt = torch.optim.AdamW([p], lr=0.1, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.05, fused=True)
        for g in grads:
            p.grad = g.detach().clone()
            opt.step()
        state = opt.state[p]
        return p.detach(), state["exp_avg"], state["exp_avg_sq"], state["step"]

    def clip(p, q, g, h):
        p, q = p.detach().requires_grad_(), q.detach().requires_grad_()
        p.grad, q.grad = g.detach().clone(), h.detach().clone()
        norm = torch.nn.utils.clip_grad_norm_([p, q], 0.5)
        return p.grad, q.grad, norm

    shape = (3, 4)
    case("AdamWStep", adamw, normal(*shape), normal(*shape), normal(*shape), normal(*shape))
    case("ClipGradNorm", clip, normal(*shape), normal(5), normal(*shape), normal(5))
    case("ScaleGrad", lambda p, g: 0.25 * g.detach(), normal(*shape), normal(*shape))
    case("LerpInto", lambda p, q: torch.lerp(p, q, 0.1).detach(), normal(*shape), normal(*shape))


for part in [elementwise, layers, reductions, shapes, creation, training]:
    part()


def raw(t):
    t = t.detach().contiguous()
    data = bytes(t.flatten().view(torch.uint8).tolist()) if t.numel() else b""
    return {"dtype": NAMES[t.dtype], "shape": list(t.shape), "data": data}


OUT.parent.mkdir(parents=True, exist_ok=True)
serialize_file({k: raw(t) for k, t in tensors.items()}, str(OUT), metadata={"torch": torch.__version__.split("+")[0]})
print(OUT, OUT.stat().st_size, "bytes,", len({k.split("#")[0] for k in tensors}), "cases")
