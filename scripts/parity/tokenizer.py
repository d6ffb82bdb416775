"""Makes strings, and the ids that Hugging Face's CLIPTokenizerFast gives them.

    $(scripts/python.sh parity) scripts/parity/tokenizer.py FOLDER   with CLIP's own vocabulary:
                                                   tokenizer.json and ids.json.gz, 20,000 strings
    $(scripts/python.sh parity) scripts/parity/tokenizer.py          pkg/clip/bpe/testdata/published.json.gz:
                                                   its first 6,000 merges, 5,000 strings
"""

import gzip
import html
import html.entities
import json
import pathlib
import random
import sys
import unicodedata

import vocabulary

OUT = pathlib.Path(__file__).resolve().parents[2] / "pkg/clip/bpe/testdata/published.json.gz"

WORDS = """a an the of in on at by photo painting forest sunset sunrise overcast foggy misty harbour night dawn
dusk golden hour blue noon midday cloudy clouds sky sea beach mountain river city street alley hangar studio
softbox lights dark environment bright light rain snow winter autumn naïve café façade über straße Ångström
İstanbul ΣΟΦΟΣ ΑΘΗΝΑ москва Київ 東京 日本語 中文 한국어 العربية עברית ไทย हिन्दी ქართული Հայաստան
cyberpunk neon panorama HDRI environment-map 16k 4096x2048 f/2.8 1/125s ISO100 5500K it's don't we'll they've
I'd'm you're can't y'all 'tis rock'n'roll O'Brien MASSES'S x's ''' e.g. i.e. U.S.A. c++ C# @user #tag
http://example.com/a?b=c&d=e foo@bar.org 3.14159 1,000,000 ½ ² Ⅳ ٣ ① ﬁne ﬂow""".split()
EMOJI = ["🌅", "🏔️", "👨‍👩‍👧‍👦", "👍🏽", "🇩🇪", "☀", "☀️", "❤️‍🔥", "🏴‍☠️", "1️⃣", "🫠", "🧑🏿‍🚀"]
MARKS = ["...", "!", "?!", "--", "—", "…", "«", "»", "“", "”", "(", ")", "[]", "{}", "<b>", "</b>", "/", "\\", "|", "~", "`", "'", '"', "$", "€", "%", "^", "&", "*", "_", "+", "=", ";", ":", ",", "<|startoftext|>", "<|endoftext|>", "<|ENDOFTEXT|>", "<|", "|>", "</w>", "a</w>", "Ġ"]
SPACES = [" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u0085", "\u000b", "\u000c", "\u2028", "\u200b", "\u200d", "\ufeff", "\u1680", "\u180e", "\x1c", "\x1f", ""]
CONTROLS = ["\x00", "\x01", "\x07", "\x08", "\x1b[31m", "\x7f", "\x80", "\x9f", "\u202e", "\u2066", "\ufffd", "\ufffe", "\U0001f3fb", "\u0301", "\u0345", "\u0327"]


def strings(n):
    r = random.Random(17)
    entities = sorted(html.entities.html5)
    letters = [chr(c) for c in range(1, 0x11000) if not 0xD800 <= c < 0xE000 and unicodedata.category(chr(c)) != "Cn"]
    seen = {}

    def add(text):
        seen.setdefault(text, None)

    for text in ["", " ", *WORDS, *EMOJI, *MARKS, *SPACES, *CONTROLS]:
        add(text)
    makers = [
        lambda: " ".join(r.choices(WORDS, k=r.randint(1, 9))),
        lambda: "".join(r.choice(WORDS) + r.choice(SPACES) for _ in range(r.randint(1, 6))),
        lambda: "".join(r.choice(WORDS) + r.choice(MARKS + EMOJI) for _ in range(r.randint(1, 5))),
        lambda: "".join(r.choices(letters, k=r.randint(1, 12))),
        lambda: "".join(r.choices(EMOJI + MARKS + SPACES + CONTROLS, k=r.randint(1, 8))),
        lambda: "&" + r.choice(entities) + " " + html.escape(r.choice(MARKS)) + r.choice(WORDS) + f"&#{r.randint(32, 9000)};&#x{r.randint(32, 9000):x};",
        lambda: unicodedata.normalize(r.choice(["NFC", "NFD", "NFKC", "NFKD"]), " ".join(r.choices(WORDS, k=3))),
        lambda: r.choice(WORDS).upper() + r.choice(["'s", "'S", "'ll", "'LL", "’s", "'re", "'ve", "'m", "'d", "'t"]) + r.choice(WORDS).title(),
        lambda: str(r.random() * 10 ** r.randint(-9, 9)) + r.choice(["K", "°", "mm", "%", "lx"]),
    ]
    while len(seen) < n - 20:
        add(r.choice(makers)())
    for i in range(40):
        if len(seen) < n:
            add(r.choice(makers)() * r.randint(20, 60))
    return list(seen)[:n]


def main():
    if len(sys.argv) > 1:
        folder, merges, n = pathlib.Path(sys.argv[1]), vocabulary.published(), 20000
        folder.mkdir(parents=True, exist_ok=True)
        out = folder / "ids.json.gz"
    else:
        folder, merges, n, out = None, vocabulary.published()[:6000], 5000, OUT
    tokenizer = vocabulary.tokenizer(merges).backend_tokenizer
    tokenizer.no_truncation()
    texts = strings(n)
    golden = {"merges": merges, "texts": texts, "ids": [tokenizer.encode(t).ids for t in texts]}
    if folder:
        tokenizer.save(str(folder / "tokenizer.json"))
        del golden["merges"]
    with open(out, "wb") as file, gzip.GzipFile("", "wb", 9, file, 0) as z:
        z.write(json.dumps(golden, ensure_ascii=True, separators=(",", ":")).encode())
    print(f"{len(texts)} strings, {out.stat().st_size} bytes")


main()
