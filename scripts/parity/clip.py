"""Makes a folder of CLIPs with random weights, in every layout that they are
published in, and what transformers and open_clip compute with them: unit vectors
of pictures and sentences, and the gradient of a similarity to the picture.

    $(scripts/python.sh parity) scripts/parity/clip.py FOLDER          ViT-B/32, 3 GB
    $(scripts/python.sh parity) scripts/parity/clip.py --small FOLDER  pkg/clip/testdata/openclip
"""

import json
import pathlib
import sys

import open_clip
import torch
from torch import nn
from transformers import CLIPConfig, CLIPModel, CLIPTokenizerFast

import vocabulary
from reference import NAMES, TEXTS, reference

def openai_names(state):
    """transformers' state under OpenAI's names, q, k and v in one."""
    out = {}
    for name, x in state.items():
        if ".k_proj." in name or ".v_proj." in name or "position_ids" in name:
            continue
        if ".q_proj." in name:
            x = torch.cat([state[name.replace("q_proj", f"{letter}_proj")] for letter in "qkv"])
        if name in ("visual_projection.weight", "text_projection.weight"):
            x = x.T.contiguous()
        for a, b in NAMES:
            name = name.replace(a, b)
        out[name] = x
    return out


class Part(nn.Module):
    def forward(self):
        return 0


def scripted(state):
    top = Part()
    for name, x in state.items():
        *path, last = name.split(".")
        m = top
        for step in path:
            if step not in dict(m.named_children()):
                m.add_module(step, Part())
            m = dict(m.named_children())[step]
        m.register_parameter(last, nn.Parameter(x, requires_grad=False))
    for name, n in (("input_resolution", 224), ("context_length", 77), ("vocab_size", 49408)):
        top.register_buffer(name, torch.tensor(n))
    return torch.jit.script(top.eval())


def hugging_face(out, tokenizer):
    torch.manual_seed(5)
    model = CLIPModel(CLIPConfig()).eval()
    with torch.no_grad():  # biases and norms that do something
        for p in model.parameters():
            if p.dim() == 1:
                p.add_(0.05 * torch.randn_like(p))
    ids = tokenizer(TEXTS, padding=True, return_tensors="pt")
    state = model.state_dict()
    for name, save in {
        "safetensors": lambda f: model.save_pretrained(f),
        "sharded": lambda f: model.save_pretrained(f, max_shard_size="200MB"),
        "bin": lambda f: torch.save(state, f / "pytorch_model.bin"),
        "legacy": lambda f: torch.save(state, f / "pytorch_model.bin", _use_new_zipfile_serialization=False),
        "openai": lambda f: torch.jit.save(scripted(openai_names(state)), f / "ViT-B-32.pt"),
    }.items():
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        save(folder)
        if name in ("bin", "legacy"):
            model.config.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    image = lambda x: model.get_image_features(pixel_values=x)
    text = lambda: model.get_text_features(**ids)
    reference(image, text, 224, out)


def open_clips(out, config, tokenizer):
    torch.manual_seed(6)
    model = open_clip.CLIP(config["embed_dim"], config["vision_cfg"], config["text_cfg"], quick_gelu=config.get("quick_gelu", False)).eval()
    with torch.no_grad():
        for p in model.parameters():
            p.copy_((p + (0.05 * torch.randn_like(p) if p.dim() == 1 else 0)).half())
    out.mkdir(parents=True, exist_ok=True)
    torch.save({k: v.half() for k, v in model.state_dict().items()}, out / "open_clip_pytorch_model.bin")
    (out / "open_clip_config.json").write_text(json.dumps({"model_cfg": config, "preprocess_cfg": {"mean": open_clip.OPENAI_DATASET_MEAN, "std": open_clip.OPENAI_DATASET_STD}}, indent=1) + "\n")
    tokenizer.save(str(out / "tokenizer.json"))
    rows = [tokenizer.encode(t).ids for t in TEXTS]
    ids = torch.tensor([row + [0] * (config["text_cfg"]["context_length"] - len(row)) for row in rows])
    reference(model.encode_image, lambda: model.encode_text(ids), config["vision_cfg"]["image_size"], out)


SMALL = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "patch_size": 16, "head_width": 8},
    "text_cfg": {"context_length": 24, "vocab_size": 514, "width": 16, "heads": 2, "layers": 1},
}
FULL = {
    "embed_dim": 512,
    "vision_cfg": {"image_size": 224, "layers": 12, "width": 768, "patch_size": 32},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12},
}

torch.set_num_threads(1)
if sys.argv[1] == "--small":
    open_clips(pathlib.Path(sys.argv[2]), SMALL, vocabulary.tokenizer([]).backend_tokenizer)
else:
    out, tokenizer = pathlib.Path(sys.argv[1]), vocabulary.tokenizer(vocabulary.published())
    hugging_face(out, tokenizer)
    open_clips(out / "open_clip", FULL, tokenizer.backend_tokenizer)
