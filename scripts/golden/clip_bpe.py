"""Makes pkg/clip/bpe/testdata/small.json: a small byte-pair vocabulary trained
on a few captions, and texts encoded with it, by code that follows the papers
and OpenAI's simple_tokenizer.py and shares nothing with the Go package.

    python scripts/golden/clip_bpe.py

Needs Python 3.11 or later and nothing else.
"""

import collections
import json
import pathlib
import unicodedata

OUT = pathlib.Path(__file__).resolve().parents[2] / "pkg/clip/bpe/testdata/small.json"
START, END = "<|startoftext|>", "<|endoftext|>"
SIZE, CONTEXT = 560, 16

CAPTIONS = [
    "a photo of a forest at sunset, cloudy sky",
    "sunset over the sea, sandy beach",
    "overcast sky, grass field with trees",
    "it's a sunny day at the beach, clear sky, sand terrain",
    "night sky with stars over the forest",
    "dark environment, at night time, with trees in a forest",
    "an indoor scene of a hangar",
    "photo studio with softbox lights",
    "partly cloudy sky, trees on the horizon",
    "a sunset environment, nature scene with clear sky, scenic sun",
    "snow covered ground, overcast",
    "naïve café at 10 o'clock, 日本",
]

TEXTS = CAPTIONS + [
    "",
    "   ",
    "Sunset IN a\tForest,\n cloudy",
    "skyline,sky;skies",
    "don't stop, they've said we'll see I'd'm",
    "'''s !!! ...and -- more",
    "3.14159 in 2024",
    "e\u0301cole caf\u00e9 \u00c5ngstro\u0308m",
    "a\u00a0b\u2003c\u3000d\u0085e\u000bf",
    "日本語 テスト \U0001f305 \U0001f3d4\ufe0f",
    "½ ² Ⅳ ٣",
    "İstanbul ΣΟΦΟΣ straße",
    "<|startoftext|> in the middle <|endoftext|>",
    "x" * 40,
    "trees trees trees trees trees trees trees trees trees trees",
]


def alphabet():
    """Byte -> printable character, in CLIP's order of ids."""
    keep = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAC + 1), *range(0xAE, 0xFF + 1)]
    table = {b: chr(b) for b in keep}
    for i, b in enumerate(b for b in range(256) if b not in table):
        table[b] = chr(256 + i)
    return table


BYTES = alphabet()


def clean(text):
    text = unicodedata.normalize("NFC", text)
    text = "".join(" " if c.isspace() and not "\x1c" <= c <= "\x1f" else c for c in text)
    return "".join(c.lower() for c in " ".join(w for w in text.split(" ") if w))


def words(text):
    out, i = [], 0
    kind = lambda c: unicodedata.category(c)[0]
    mark = lambda c: kind(c) not in "LN" and not (c.isspace() and not "\x1c" <= c <= "\x1f")
    while i < len(text):
        special = next((s for s in (START, END, "'s", "'t", "'re", "'ve", "'m", "'ll", "'d") if text.startswith(s, i)), None)
        j = i + 1
        if special:
            j = i + len(special)
        elif kind(text[i]) == "L":
            while j < len(text) and kind(text[j]) == "L":
                j += 1
        elif kind(text[i]) == "N":
            pass
        elif mark(text[i]):
            while j < len(text) and mark(text[j]):
                j += 1
        else:
            i = j
            continue
        out.append(text[i:j])
        i = j
    return out


def symbols(word):
    s = [BYTES[b] for b in word.encode()]
    return s[:-1] + [s[-1] + "</w>"]


def fuse(seq, pair):
    out = []
    while seq:
        if tuple(seq[:2]) == pair:
            out.append(seq[0] + seq[1])
            seq = seq[2:]
        else:
            out.append(seq[0])
            seq = seq[1:]
    return out


def train(captions, size):
    corpus = collections.Counter(w for c in captions for w in words(clean(c)))
    split = {w: symbols(w) for w in corpus}
    merges = []
    while len(merges) < size - 514:
        pairs = collections.Counter()
        for w, n in corpus.items():
            for p in zip(split[w], split[w][1:]):
                pairs[p] += n
        if not pairs:
            break
        top = min(pairs, key=lambda p: (-pairs[p], p[0].encode(), p[1].encode()))
        if pairs[top] < 2:
            break
        merges.append(top)
        split = {w: fuse(s, top) for w, s in split.items()}
    base = list(BYTES.values())
    tokens = base + [c + "</w>" for c in base] + ["".join(m) for m in merges] + [START, END]
    return {t: i for i, t in enumerate(tokens)}, merges


def encode(text, vocab, merges):
    ids = []
    for w in words(clean(text)):
        if w in (START, END):
            ids.append(vocab[w])
            continue
        s = symbols(w)
        for m in merges:
            s = fuse(s, m)
        ids += [vocab[x] for x in s]
    return [vocab[START]] + ids[: CONTEXT - 2] + [vocab[END]]


vocab, merges = train(CAPTIONS, SIZE)
golden = {
    "captions": CAPTIONS,
    "size": SIZE,
    "context": CONTEXT,
    "vocab": vocab,
    "merges": merges,
    "texts": [{"text": t, "ids": encode(t, vocab, merges)} for t in TEXTS],
}
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n")
