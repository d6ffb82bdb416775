"""What is noted of a CLIP that a library made, and the names of its weights."""

import json

import open_clip
import torch
from safetensors.torch import save_file

TEXTS = ["a photo of a sunset", "Fog in a forest, at dawn!", "night"]


def reference(image, text, side, out, mean=open_clip.OPENAI_DATASET_MEAN, std=open_clip.OPENAI_DATASET_STD):
    """Writes what the functions of normalised pictures, and the sentences, give."""
    torch.manual_seed(11)
    picture = torch.rand(2, 3, side, side, requires_grad=True)
    channels = lambda values: torch.tensor(values).view(1, 3, 1, 1)
    unit = lambda y: y / y.norm(dim=-1, keepdim=True)
    a, b = unit(image((picture - channels(mean)) / channels(std))), unit(text())
    (gradient,) = torch.autograd.grad(a[0] @ b[0] - a[1] @ b[1], picture)
    save_file({"picture": picture.detach(), "image": a.detach(), "text": b.detach(), "gradient": gradient}, out / "want.safetensors", {"texts": json.dumps(TEXTS)})


# Hugging Face's names, and OpenAI's, which open_clip and the toolkit have too.
NAMES = (
    ("vision_model.embeddings.class_embedding", "visual.class_embedding"),
    ("vision_model.embeddings.patch_embedding.", "visual.conv1."),
    ("vision_model.embeddings.position_embedding.weight", "visual.positional_embedding"),
    ("vision_model.pre_layrnorm.", "visual.ln_pre."),
    ("vision_model.post_layernorm.", "visual.ln_post."),
    ("visual_projection.weight", "visual.proj"),
    ("vision_model.encoder.layers.", "visual.transformer.resblocks."),
    ("text_model.embeddings.token_embedding.", "token_embedding."),
    ("text_model.embeddings.position_embedding.weight", "positional_embedding"),
    ("text_model.encoder.layers.", "transformer.resblocks."),
    ("text_model.final_layer_norm.", "ln_final."),
    ("text_projection.weight", "text_projection"),
    (".self_attn.q_proj.", ".attn.in_proj_"),
    (".self_attn.out_proj.", ".attn.out_proj."),
    (".layer_norm1.", ".ln_1."),
    (".layer_norm2.", ".ln_2."),
    (".mlp.fc1.", ".mlp.c_fc."),
    (".mlp.fc2.", ".mlp.c_proj."),
)
