"""Makes pkg/clip/testdata/vit.safetensors: a tiny CLIP with random weights,
written after OpenAI's model.py with PyTorch's own modules, the vectors and
logits that it gives for two pictures and three sentences, and the gradient of
a logit to the pictures. The same weights are in the file once more under the
names of Hugging Face's transformers.

    $(scripts/python.sh) scripts/golden/clip.py
"""

import pathlib

import torch
from safetensors.numpy import save_file
from torch import nn

OUT = pathlib.Path(__file__).resolve().parents[2] / "pkg/clip/testdata/vit.safetensors"
HEIGHT, WIDTH, PATCH = 16, 32, 8
DIM, LAYERS, HEADS, EMBED = 32, 2, 4, 16
TEXT_DIM, TEXT_LAYERS, TEXT_HEADS = 24, 2, 3
VOCAB, CONTEXT = 520, 12
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(1, 3, 1, 1)
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(1, 3, 1, 1)


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.attn = nn.MultiheadAttention(dim, heads)
        self.ln_1 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential()
        self.mlp.add_module("c_fc", nn.Linear(dim, 4 * dim))
        self.mlp.add_module("gelu", QuickGELU())
        self.mlp.add_module("c_proj", nn.Linear(4 * dim, dim))
        self.ln_2 = nn.LayerNorm(dim)

    def forward(self, x, mask):  # [L,N,D], as in OpenAI's code
        h = self.ln_1(x)
        x = x + self.attn(h, h, h, need_weights=False, attn_mask=mask)[0]
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):
    def __init__(self, dim, layers, heads):
        super().__init__()
        self.resblocks = nn.ModuleList(Block(dim, heads) for _ in range(layers))

    def forward(self, x, mask=None):
        x = x.permute(1, 0, 2)
        for block in self.resblocks:
            x = block(x, mask)
        return x.permute(1, 0, 2)


class Visual(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, DIM, PATCH, PATCH, bias=False)
        self.class_embedding = nn.Parameter(torch.randn(DIM))
        self.positional_embedding = nn.Parameter(torch.randn((HEIGHT // PATCH) * (WIDTH // PATCH) + 1, DIM))
        self.ln_pre = nn.LayerNorm(DIM)
        self.transformer = Transformer(DIM, LAYERS, HEADS)
        self.ln_post = nn.LayerNorm(DIM)
        self.proj = nn.Parameter(torch.randn(DIM, EMBED))

    def forward(self, x):
        x = self.conv1(x)
        x = x.reshape(x.shape[0], x.shape[1], -1).permute(0, 2, 1)
        x = torch.cat([self.class_embedding + torch.zeros(x.shape[0], 1, x.shape[-1]), x], dim=1)
        x = self.ln_pre(x + self.positional_embedding)
        return self.ln_post(self.transformer(x)[:, 0, :]) @ self.proj


class CLIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.visual = Visual()
        self.token_embedding = nn.Embedding(VOCAB, TEXT_DIM)
        self.positional_embedding = nn.Parameter(torch.randn(CONTEXT, TEXT_DIM))
        self.transformer = Transformer(TEXT_DIM, TEXT_LAYERS, TEXT_HEADS)
        self.ln_final = nn.LayerNorm(TEXT_DIM)
        self.text_projection = nn.Parameter(torch.randn(TEXT_DIM, EMBED))
        self.logit_scale = nn.Parameter(torch.tensor(2.5))

    def encode_image(self, picture):
        y = self.visual((picture - MEAN) / STD)
        return y / y.norm(dim=1, keepdim=True)

    def encode_text(self, ids):
        mask = torch.full((CONTEXT, CONTEXT), float("-inf")).triu_(1)
        x = self.ln_final(self.transformer(self.token_embedding(ids) + self.positional_embedding, mask))
        y = x[torch.arange(len(ids)), ids.argmax(dim=-1)] @ self.text_projection
        return y / y.norm(dim=1, keepdim=True)


def hugging_face(state):
    """The names of transformers.CLIPModel, and its split of q, k and v."""
    out = {
        "logit_scale": state["logit_scale"],
        "visual_projection.weight": state["visual.proj"].T,
        "text_projection.weight": state["text_projection"].T,
        "vision_model.embeddings.class_embedding": state["visual.class_embedding"],
        "vision_model.embeddings.patch_embedding.weight": state["visual.conv1.weight"],
        "vision_model.embeddings.position_embedding.weight": state["visual.positional_embedding"],
        "vision_model.embeddings.position_ids": torch.arange(len(state["visual.positional_embedding"]))[None],
        "text_model.embeddings.token_embedding.weight": state["token_embedding.weight"],
        "text_model.embeddings.position_embedding.weight": state["positional_embedding"],
        "text_model.embeddings.position_ids": torch.arange(CONTEXT)[None],
    }
    for kind in ("weight", "bias"):
        out[f"vision_model.pre_layrnorm.{kind}"] = state[f"visual.ln_pre.{kind}"]
        out[f"vision_model.post_layernorm.{kind}"] = state[f"visual.ln_post.{kind}"]
        out[f"text_model.final_layer_norm.{kind}"] = state[f"ln_final.{kind}"]
        for ours, theirs, layers in (("visual.", "vision_model", LAYERS), ("", "text_model", TEXT_LAYERS)):
            for i in range(layers):
                a, b = f"{ours}transformer.resblocks.{i}", f"{theirs}.encoder.layers.{i}"
                qkv = state[f"{a}.attn.in_proj_{kind}"].chunk(3)
                for letter, part in zip("qkv", qkv):
                    out[f"{b}.self_attn.{letter}_proj.{kind}"] = part
                for x, y in (("attn.out_proj", "self_attn.out_proj"), ("ln_1", "layer_norm1"), ("ln_2", "layer_norm2"), ("mlp.c_fc", "mlp.fc1"), ("mlp.c_proj", "mlp.fc2")):
                    out[f"{b}.{y}.{kind}"] = state[f"{a}.{x}.{kind}"]
    return out


def main():
    torch.manual_seed(7)
    torch.set_num_threads(1)
    model = CLIP()
    with torch.no_grad():  # biases and norms that do something
        for p in model.parameters():
            if p.dim() == 1:
                p.add_(0.1 * torch.randn_like(p))

    picture = torch.rand(2, 3, HEIGHT, WIDTH, requires_grad=True)
    ids = torch.zeros(3, CONTEXT, dtype=torch.long)
    for row, n in zip(ids, (2, 5, CONTEXT)):
        row[0], row[n - 1] = VOCAB - 2, VOCAB - 1
        row[1 : n - 1] = torch.randint(0, VOCAB - 2, (n - 2,))
    image, text = model.encode_image(picture), model.encode_text(ids)
    logits = model.logit_scale.exp() * image @ text.T
    (gradient,) = torch.autograd.grad(logits[0, 1] - logits[1, 2], picture)

    state = {k: v.detach().clone() for k, v in model.state_dict().items()}
    out = {f"openai.{k}": v for k, v in state.items()}
    out |= {f"hf.{k}": v.contiguous().clone() for k, v in hugging_face(state).items()}
    out |= {"picture": picture, "ids": ids, "image": image, "text": text, "logits": logits, "gradient": gradient}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    save_file({k: v.detach().contiguous().numpy() for k, v in out.items()}, OUT)


if __name__ == "__main__":
    main()
