"""A step of an inversion of plain pixels through transformers' ViT-B/32; see
invert.go. Run with a path, it writes the weights of the tower there, under
OpenAI's names."""
import math
import sys

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.numpy import save_file

from vae import picture, radiance

HEIGHT, WIDTH, MU, MOST = 128, 256, 50.0, 2e4
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


def names(model):
    """OpenAI's name of each weight, and the weights that are joined in it."""
    state = model.state_dict()
    one = {
        "visual.class_embedding": "vision_model.embeddings.class_embedding",
        "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
        "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
    }
    pairs = {"visual.ln_pre": "vision_model.pre_layrnorm", "visual.ln_post": "vision_model.post_layernorm"}
    joined = {}
    for i in range(model.config.num_hidden_layers):
        ours, theirs = f"visual.transformer.resblocks.{i}", f"vision_model.encoder.layers.{i}"
        pairs |= {
            f"{ours}.attn.out_proj": f"{theirs}.self_attn.out_proj",
            f"{ours}.ln_1": f"{theirs}.layer_norm1",
            f"{ours}.ln_2": f"{theirs}.layer_norm2",
            f"{ours}.mlp.c_fc": f"{theirs}.mlp.fc1",
            f"{ours}.mlp.c_proj": f"{theirs}.mlp.fc2",
        }
        for kind in ("weight", "bias"):
            joined[f"{ours}.attn.in_proj_{kind}"] = [f"{theirs}.self_attn.{x}_proj.{kind}" for x in "qkv"]
    one |= {f"{a}.{kind}": f"{b}.{kind}" for a, b in pairs.items() for kind in ("weight", "bias")}
    joined |= {a: [b] for a, b in one.items()}
    return {a: [state[b] for b in bs] for a, bs in joined.items()} | {"visual.proj": [state["visual_projection.weight"].T]}


def tower():
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    return CLIPVisionModelWithProjection(CLIPVisionConfig()).eval()


def prepare(spec, device):
    model = tower()
    with safe_open(spec["file"], "pt") as f:
        for name, parts in names(model).items():
            value, at = f.get_tensor(name), 0
            for part in parts:
                part.copy_(value[at : at + len(part)])
                at += len(part)
    model = model.to(device).requires_grad_(False)
    torch.manual_seed(1)
    pixels = torch.rand(spec["batch"], 3, HEIGHT, WIDTH, device=device).requires_grad_()
    text = F.one_hot(torch.tensor([0]), 512).float().to(device)
    adam = torch.optim.Adam([pixels], lr=1e-3, fused=True)
    mean, std = (torch.tensor(v, device=device).view(1, 3, 1, 1) for v in (MEAN, STD))
    top = math.log1p(MU * MOST) / math.log1p(MU)

    def backward():
        seen = F.interpolate(picture(radiance(pixels, MU, top)), (224, 224), mode="bilinear", antialias=True)
        with torch.autocast(device.type, torch.bfloat16, enabled=spec.get("bf16", False)):
            y = model((seen - mean) / std).image_embeds
        y = F.normalize(y.float(), dim=1)
        (1 - (y * text).sum(1)).sum().backward()

    backward()
    first = pixels.grad[:1].square().sum().item()

    def step(steps):
        for _ in range(steps):
            pixels.grad = None
            backward()
            adam.step()

    return step, lambda: first


if __name__ == "__main__":
    torch.manual_seed(1)
    model = tower()
    with torch.no_grad():  # as drawn by transformers, all layers are near the identity
        for name, w in model.named_parameters():
            if w.dim() == 1:
                w.add_(0.02 * torch.randn_like(w))
    save_file({name: torch.cat(parts).contiguous().numpy() for name, parts in names(model).items()}, sys.argv[1])
