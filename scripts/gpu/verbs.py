"""Runs the lines of bench/gpu/verbs.txt on a device and on the CPU, in a folder of
its own for each, and holds what they print to one another:

    python3 scripts/gpu/verbs.py DEVICE FOLDER

Exit status 1 where a verb fails, or a figure is further off than it may be.
"""
import json
import math
import pathlib
import shlex
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOLERANCE = 2e-2  # of a figure's size: an edit's steps go on from roundings

EXPERIMENTS = {
    "vae.yaml": """
model: {height: 16, latent: 8, channels: [4, 6], bottleneck: 2}
data: {real_share: 0, synthetic: 24, synthetic_held_out: 4}
train: {steps: 6, batch: 4}
beta: 1.0e-6
pca_samples: 64
""",
    "clip.yaml": """
model:
  embed: 16
  image: {height: 16, width: 32, channels: [8], blocks: [1], hidden: 16}
  text: {vocabulary: 560, transformer: {dim: 16, layers: 1, heads: 2, hidden: 16}}
data: {real_share: 0, synthetic: 24, synthetic_held_out: 12}
train: {steps: 4, batch: 8}
""",
    "tuned.yaml": """
from: clip/best.safetensors
data: {real: [examples/hdri], real_share: 0.5, held_out: [park, night, hall], synthetic: 24, synthetic_held_out: 12}
train: {steps: 4, batch: 8}
""",
    "study.yaml": """
maps: {files: [examples/world/city.exr]}
prompts: [{name: sunset, words: sunset}]
mode: paper
set: [output_mode=decoded, steps=3]
combinations:
  - {name: fc tv, set: [variable=fc, regulariser=tv]}
  - {name: mulogvar none, set: [variable=mulogvar, regulariser=none]}
""",
    "sky.yaml": "sky: {generator: sky}\n",
    "through.yaml": "sky: {generator: vae}\n",
    "lookup.yaml": """
data: {real: [examples/world], real_share: 1, synthetic: 0, synthetic_held_out: 0, held_out: [city]}
""",
}


def clips():
    """Names the CLIPs inside the program, the judge among them by its file."""
    told = subprocess.run([ROOT / "bin/toolkit", "doctor", "--json"], capture_output=True, text=True, check=True).stdout
    names = [pathlib.Path(m["name"]).stem for m in json.loads(told)["models"]]
    found = [name.removeprefix("clip-") for name in names if name.startswith("clip-")]
    if not found or "judge" not in names:
        raise RuntimeError(f"doctor finds the models {names} in the program, want CLIPs and a judge")
    return [*found, str(ROOT / "models/mini/judge.safetensors")]


def lines():
    for line in (ROOT / "bench/gpu/verbs.txt").read_text().splitlines():
        if not line.startswith("#"):
            verb, command = line.split("|", 1)
            for clip in clips() if "{clip}" in command else [""]:
                yield verb.strip(" ="), command.strip().replace("{clip}", shlex.quote(clip)), "=" in verb


def prepare(folder):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "models").mkdir(parents=True)
    (folder / "examples").symlink_to(ROOT / "examples")
    for name, text in EXPERIMENTS.items():
        (folder / name).write_text(text)


def run(device, folder, verb, command):
    """Returns what a line prints, or says why it does not run."""
    if verb == "make-bank":
        for kind in "vae", "clip":
            shutil.copy(folder / kind / "best.safetensors", folder / f"models/{kind}.safetensors")
    words = [ROOT / "bin/toolkit", *verb.split(), *shlex.split(command), "--device", device]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"on {device}: toolkit {verb} {command}: {done.stderr[-400:]}")
    return done.stdout


def parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines()]


def off(a, b, at=""):
    """Yields what differs: numbers by more than they may, and all else."""
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        for k in a:
            if "seconds" not in k:  # the time is no result
                yield from off(a[k], b[k], f"{at}.{k}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b)):
            yield from off(x, y, f"{at}[{i}]")
    elif isinstance(a, float | int) and isinstance(b, float | int):
        if not math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
            yield f"{at}: {a}, on the CPU {b}"
    elif a != b:
        yield f"{at}: {a!r}, on the CPU {b!r}"


def main():
    device, out = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    here, cpu = out / "device", out / "cpu"
    prepare(here)
    prepare(cpu)
    failed = 0
    for verb, command, compared in list(lines()):
        try:
            if command.startswith("not run:"):
                print(f"verb {verb}: {command}")
                continue
            ours, theirs = run(device, here, verb, command), run("cpu", cpu, verb, command)
            wrong = list(off(parsed(ours), parsed(theirs))) if compared else []
        except (RuntimeError, OSError, ValueError) as e:
            wrong = [str(e)]
        failed += bool(wrong)
        print(f"verb {verb} {command}: {'FAILED' if wrong else 'as on the CPU' if compared else 'runs'}", flush=True)
        for w in wrong[:5]:
            print("   ", w)
    sys.exit(failed > 0)


main()
