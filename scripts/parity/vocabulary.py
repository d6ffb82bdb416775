"""CLIP's vocabulary, as open_clip's package ships it, in Hugging Face's tokenizer."""

import gzip
import json
import pathlib
import tempfile

START, END = "<|startoftext|>", "<|endoftext|>"


def published():
    """The 48,894 merges of OpenAI's CLIP, the first learnt first."""
    import open_clip

    path = pathlib.Path(open_clip.__file__).parent / "bpe_simple_vocab_16e6.txt.gz"
    lines = gzip.open(path, "rt", encoding="utf-8").read().split("\n")
    return lines[1 : 49152 - 256 - 2 + 1]


def alphabet():
    """A printable character for each byte, in CLIP's order of ids."""
    keep = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAC + 1), *range(0xAE, 0xFF + 1)]
    return [chr(b) for b in keep] + [chr(256 + i) for i in range(256 - len(keep))]


def tokenizer(merges):
    """Hugging Face's tokenizer of CLIP's kind, with these merges."""
    from transformers import CLIPTokenizerFast

    base = alphabet()
    tokens = list(dict.fromkeys(base + [c + "</w>" for c in base] + ["".join(m.split()) for m in merges])) + [START, END]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}))
        (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(m + "\n" for m in merges))
        return CLIPTokenizerFast(str(folder / "vocab.json"), str(folder / "merges.txt"))
