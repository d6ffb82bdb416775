"""A third judge: how much nearer edited maps come to what their words say, by a
net that shares nothing with the toolkit's models.

    scripts/judge/judge.py --real DIR --drawn DIR --grid DIR

DIRs: maps with the captions of configs/mini/polyhaven (NAME.hdr or
NAME_512.hdr); maps that `toolkit dataset synth` drew; a run of `toolkit
evaluate --keep-maps`. The net's features are fixed. On them a small linear head
learns the kinds of light of the captioned maps, less the held-out ones, on
which its verdicts are checked first: it says nothing where their mean area
under the curve is below .75. Writes GRID/third.jsonl, prints a table. Run it
with the Python of `scripts/python.sh judge`.
"""
import argparse
import hashlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cv2  # noqa: E402
import numpy as np  # noqa: E402

import views  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parents[2]
LEAST = 0.75

# Kinds of light by attributes of captions: any of the first, none of the second.
KINDS = {
    "low sun": ({"sunset", "sunrise", "sun_low"}, {"night"}),
    "day": ({"day"}, set()),
    "dusk": ({"dusk"}, set()),
    "night": ({"night"}, set()),
    "clear": ({"clear"}, set()),
    "cloudy": ({"partly_cloudy", "overcast", "rain"}, set()),
    "overcast": ({"overcast", "rain"}, set()),
    "fog": ({"fog"}, set()),
    "snow": ({"snow"}, set()),
}

# What a prompt of the grid asks for.
ASKED = {
    "golden hour": ["low sun"],
    "overcast": ["overcast"],
    "foggy morning": ["fog"],
    "clear noon": ["day", "clear"],
    "blue hour": ["dusk"],
    "moonlit night": ["night"],
    "winter snow": ["snow"],
    "A sunset in a forest, cloudy, with trees": ["low sun", "cloudy"],
    "A sunny day at the beach, clear sky, sand terrain": ["day", "clear"],
    "dark environment, at night time": ["night"],
}


class Features:
    """The features of maps, kept from run to run by what the maps hold."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def of(self, path):
        key = hashlib.sha256(path.read_bytes() + (HERE / "scripts/judge/views.py").read_bytes()).hexdigest()[:32]
        kept = self.folder / f"{key}.npy"
        if not kept.exists():
            np.save(kept, views.features(views.read(path)))
        return np.load(kept)


def captioned(captions, folder):
    """Outdoor maps of a file of captions: names, files, attributes."""
    for line in captions.read_text().splitlines():
        known = json.loads(line)
        attributes = set(known["attributes"])
        if "outdoor" not in attributes:
            continue
        for path in (folder / f"{known['name']}.hdr", folder / f"{known['name']}_512.hdr", folder / known.get("file", "none")):
            if path.is_file():
                yield known["name"], path, attributes
                break


def targets(all_attributes):
    """+1 and -1 for each map and kind."""
    return np.array([[1 if a & any_ and not a & none else -1 for any_, none in KINDS.values()] for a in all_attributes], float)


def fit(x, y, weights, ridge):
    """Ridge regression on standard features, each kind's two sides of one weight."""
    mean, spread = np.average(x, axis=0, weights=weights), x.std(axis=0) + 1e-3
    z = (x - mean) / spread
    heads = []
    for k in range(y.shape[1]):
        yes = y[:, k] > 0
        w = weights * np.where(yes, 0.5 / max(weights[yes].sum(), 1e-9), 0.5 / max(weights[~yes].sum(), 1e-9))
        a = np.concatenate([z, np.ones((len(z), 1))], axis=1)
        # The dual form: there are fewer maps than features.
        s = np.sqrt(w)[:, None]
        b = a * s
        heads.append(b.T @ np.linalg.solve(b @ b.T + ridge * np.eye(len(b)), y[:, k] * s[:, 0]))
    heads = np.array(heads).T

    def score(x):
        return np.concatenate([(x - mean) / spread, np.ones((len(x), 1))], axis=1) @ heads

    return score


def area(score, y):
    """Area under the ROC curve: how often one that is scores above one that is not."""
    a, b = score[y > 0], score[y < 0]
    return float(((a[:, None] > b[None, :]) + 0.5 * (a[:, None] == b[None, :])).mean())


def validate(name, score, x, y):
    """Prints how a head does on maps that it did not learn from; the mean area."""
    areas, right = {}, {}
    got = score(x)
    for k, kind in enumerate(KINDS):
        yes = y[:, k] > 0
        if yes.any() and (~yes).any():
            areas[kind] = area(got[:, k], y[:, k])
            right[kind] = (np.mean(got[yes, k] > 0) + np.mean(got[~yes, k] <= 0)) / 2
    mean = float(np.mean(list(areas.values())))
    print(f"{name}, {len(x)} maps: area under the curve {mean:.2f}, balanced accuracy {np.mean(list(right.values())):.2f};", end=" ")
    print(", ".join(f"{kind} {areas[kind]:.2f} ({int((y[:, list(KINDS).index(kind)] > 0).sum())})" for kind in areas))
    return mean


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--real", type=pathlib.Path, required=True)
    parser.add_argument("--drawn", type=pathlib.Path, required=True)
    parser.add_argument("--grid", type=pathlib.Path, required=True)
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path("out/judge"), help="folder of the features that were seen")
    args = parser.parse_args()
    seen = Features(args.cache)

    captions = HERE / "configs/mini/polyhaven"
    held_out = set((captions / "held_out.txt").read_text().split())
    learn, check = {"x": [], "a": [], "w": []}, {"real": ([], []), "drawn": ([], [])}
    sources = [("real", captions / "captions.jsonl", args.real), ("drawn", args.drawn / "captions.jsonl", args.drawn)]
    for source, file, folder in sources:
        found = 0
        for i, (name, path, attributes) in enumerate(captioned(file, folder)):
            found += 1
            x = seen.of(path)
            if name in held_out or source == "drawn" and i % 4 == 0:
                check[source][0].append(x)
                check[source][1].append(attributes)
            else:
                learn["x"].append(x)
                learn["a"].append(attributes)
                learn["w"].append(3.0 if source == "real" else 1.0)
        if not found:
            sys.exit(f"judge: {folder} has none of the outdoor maps of {file}")
    x, y, w = np.array(learn["x"]), targets(learn["a"]), np.array(learn["w"])
    score = fit(x, y, w, ridge=1.0)
    print(f"{views.name()}, a head on {len(x)} maps; kinds with how many maps of them are checked")
    areas = [validate(f"held-out {source} maps", score, np.array(xs), targets(attributes)) for source, (xs, attributes) in check.items()]
    if min(areas) < LEAST:
        sys.exit(f"judge: the area under the curve is {min(areas):.2f}, want {LEAST} or more: no judge of edits")
    sys.exit(judge(args, seen, score))


def judge(args, seen, score):
    """Scores the cells of a grid; writes them and prints means."""
    recipe = json.loads((args.grid / "recipe.json").read_text())
    prompts, maps = recipe["config"]["prompts"], [args.real / f["name"] for f in recipe["inputs"]]
    unknown = [p for p in prompts if p not in ASKED]
    if unknown:
        print(f"judge: it is not said which light {unknown} ask for: add them to ASKED", file=sys.stderr)
        return 1
    before = score(np.array([seen.of(m) for m in maps]))
    said = {p: a for _, p, a in captioned(HERE / "configs/mini/polyhaven/captions.jsonl", args.real)}
    metrics = [json.loads(line) for line in open(args.grid / "metrics.jsonl")]
    first = {m["step"]: m["figures"]["judge_after"] > m["figures"]["judge_before"] for m in metrics}
    rows = []
    for m, path in enumerate(maps):
        for p, prompt in enumerate(prompts):
            cell = m * len(prompts) + p + 1
            edited = args.grid / f"cell-{cell:04d}.hdr"
            if not edited.exists():
                continue
            kinds = [list(KINDS).index(k) for k in ASKED[prompt]]
            after = score(seen.of(edited)[None])[0, kinds].mean()
            rows.append({"cell": cell, "map": path.stem, "prompt": prompt, "before": before[m, kinds].mean(), "after": after})
            rows[-1]["there"] = bool((targets([said[path]])[0, kinds] > 0).all())
    with open(args.grid / "third.jsonl", "w") as f:
        for row in rows:
            f.write(json.dumps(row) + "\n")
    print("\n| words | third judge | rise |\n|---|---|---|")
    for prompt in [*prompts, "**all**"]:
        some = [r for r in rows if prompt in ("**all**", r["prompt"])]
        if some:
            b, a = (np.mean([r[k] for r in some]) for k in ("before", "after"))
            print(f"| {prompt} | {b:.2f} → {a:.2f} | {sum(r['after'] > r['before'] for r in some)} of {len(some)} |")
    for there, words in ((True, "in the light that was asked for"), (False, "in another")):
        some = [r for r in rows if r["there"] == there]
        print(f"Of {len(some)} edits of maps {words}, by their captions, the judge finds {sum(first[r['cell']] for r in some)} nearer,", end=" ")
        print(f"the third {sum(r['after'] > r['before'] for r in some)}.")
    shrink(args.grid)
    return 0


def shrink(grid):
    """Keeps the run's sheet as a small JPEG, for a page."""
    for sheet in grid.glob("sheet-01-*.png"):
        whole = cv2.imread(str(sheet))
        small = cv2.resize(whole, None, fx=0.45, fy=0.45, interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(grid / "sheet.jpg"), small, [cv2.IMWRITE_JPEG_QUALITY, 62])


if __name__ == "__main__":
    main()
