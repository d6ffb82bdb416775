"""Brings a vision transformer's CLIP that `toolkit finetune-clip` trained to open_clip and
to transformers, as folders that each of them, and the toolkit, opens again.

    $(scripts/python.sh parity) scripts/parity/export.py out/clip/best.safetensors FROM FOLDER

FROM is the folder of the published CLIP that `from:` named: its tokenizer.json is
taken along. FOLDER/open_clip and FOLDER/transformers are made. Both libraries open what
was written and must compute the same, which FOLDER/want.safetensors notes.
"""

import json
import pathlib
import sys

import open_clip
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import CLIPConfig, CLIPModel, CLIPTokenizerFast

from reference import NAMES, TEXTS, reference


def hugging_face_names(state):
    """OpenAI's state under transformers' names, q, k and v apart."""
    out = {}
    for name, x in state.items():
        if name in ("visual.proj", "text_projection"):
            x = x.T.contiguous()
        for a, b in NAMES:
            if b.startswith(".") and b in name or name.startswith(b):
                name = name.replace(b, a, 1)
        if ".q_proj." in name:
            for letter, part in zip("qkv", x.chunk(3)):
                out[name.replace("q_proj", f"{letter}_proj")] = part.contiguous()
        else:
            out[name] = x
    return out


def towers(config):
    """The toolkit's configuration, as open_clip and transformers have it."""
    image, text = config["image"], config["text"]
    a, b = image["transformer"], text["transformer"]
    if image["kind"] != "vit" or text.get("pool") != "end" or a["activation"] != b["activation"]:
        sys.exit(f"export: want a vision transformer that was published, not {config}")
    quick = a["activation"] != "gelu"
    theirs = {
        "embed_dim": config["embed"],
        "vision_cfg": {"image_size": image["height"], "layers": a["layers"], "width": a["dim"], "patch_size": image["patch"], "head_width": a["dim"] // a["heads"], "mlp_ratio": a["hidden"] / a["dim"]},
        "text_cfg": {"context_length": text["context"], "vocab_size": text["vocabulary"], "width": b["dim"], "heads": b["heads"], "layers": b["layers"], "mlp_ratio": b["hidden"] / b["dim"]},
        "quick_gelu": quick,
    }
    tower = lambda t: {"hidden_size": t["dim"], "intermediate_size": t["hidden"], "num_hidden_layers": t["layers"], "num_attention_heads": t["heads"], "hidden_act": "quick_gelu" if quick else "gelu"}
    hugging = CLIPConfig(
        projection_dim=config["embed"],
        vision_config=tower(a) | {"image_size": image["height"], "patch_size": image["patch"]},
        text_config=tower(b) | {"vocab_size": text["vocabulary"], "max_position_embeddings": text["context"], "eos_token_id": text["vocabulary"] - 1},
    )
    return theirs, hugging


def main(weights, source, out):
    with safe_open(weights, "pt") as f:
        config = json.loads(f.metadata()["config"])
    state = load_file(weights)
    theirs, hugging = towers(config)
    tokens = Tokenizer.from_file(str(source / "tokenizer.json"))
    one, two = out / "open_clip", out / "transformers"
    one.mkdir(parents=True, exist_ok=True)

    save_file(state, one / "open_clip_model.safetensors")
    preprocess = {key: config["image"][key] for key in ("mean", "std")}
    (one / "open_clip_config.json").write_text(json.dumps({"model_cfg": theirs, "preprocess_cfg": preprocess}, indent=1) + "\n")
    tokens.save(str(one / "tokenizer.json"))
    made = CLIPModel(hugging)
    made.load_state_dict(hugging_face_names(state))
    made.save_pretrained(two)
    CLIPTokenizerFast(tokenizer_object=tokens).save_pretrained(two)
    size = {"height": config["image"]["height"], "width": config["image"]["width"]}
    (two / "preprocessor_config.json").write_text(json.dumps({"image_processor_type": "CLIPImageProcessor", "image_mean": preprocess["mean"], "image_std": preprocess["std"], "crop_size": size, "size": {"shortest_edge": size["height"]}}, indent=1) + "\n")

    a = open_clip.create_model(f"local-dir:{one}").eval()
    b = CLIPModel.from_pretrained(two).eval()
    rows = [tokens.encode(t).ids for t in TEXTS]
    ids = torch.tensor([row + [0] * (config["text"]["context"] - len(row)) for row in rows])
    picture = torch.rand(2, 3, size["height"], size["width"], generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        for what, x, y in (("pictures", a.encode_image(picture), b.get_image_features(pixel_values=picture)), ("sentences", a.encode_text(ids), b.get_text_features(input_ids=ids))):
            off = (x - y).abs().max().item() / x.abs().max().item()
            if not off < 1e-5:
                sys.exit(f"export: {what}: open_clip and transformers differ by {off:.2g} of the largest value, want 1e-5 at most")
            print(f"{what}: open_clip and transformers agree to {off:.1g}")
    reference(a.encode_image, lambda: a.encode_text(ids), size["height"], out, preprocess["mean"], preprocess["std"])


torch.set_num_threads(1)
main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
