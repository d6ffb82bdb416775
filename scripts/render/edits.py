"""Holds edited maps to their words and to the toolkit's own figures, in Blender.

    scripts/render/edits.py TOOLKIT FOLDER [NAME...]

TOOLKIT edits two example maps, or those NAMEd, by words into FOLDER. Blender lights spheres by
each input and edit from its file, and what it renders is held to what the
toolkit says of that file:

- the shadow of a ball comes from where `toolkit light` finds the sun, to 3 degrees,
  and is about as deep as the share of the light that it says the sun gives;
- a white matte sphere shows the irradiance of `toolkit info`, to 5 %;
- a clear noon casts a harder shadow than an overcast day, which casts none, and
  than a sunset;
- a sunset is redder than its input, a night bluer and darker, fog pale.

FOLDER/NAME.png shows each. Exits with 1 where one differs. Run it with the
Python of `scripts/python.sh render`.
"""
import json
import math
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bpy  # noqa: E402
import numpy as np  # noqa: E402

import check  # noqa: E402
import lamps  # noqa: E402
import measure  # noqa: E402
import scene  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parents[2]
WORDS = ["sunset", "an overcast day", "clear noon", "moonlit night", "foggy morning"]
EDITS = {"city": WORDS, "forest": WORDS[:3]}
SAMPLES = 16
PICTURE = 512  # pixels
# Of the light on level ground: a sun that gives less has no shadow that could be
# told from that of the bright sky around it.
SHARE = 0.1
# What a shadow loses of its hardness where the sky is overcast, and how much
# warmer or colder a light must be: red over blue, of the input's.
SOFTER, WARMER, COLDER = 0.2, 1.3, 0.8


def told(toolkit, verb, path):
    """What a verb of the toolkit says of a map."""
    said = subprocess.run([toolkit, verb, "--json", path], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(said.stdout)


def edited(toolkit, path, words, folder):
    """Edits a map by words; the edit's file."""
    out = os.path.join(folder, f"{pathlib.Path(path).stem}-{words.split()[-1]}.exr")
    subprocess.run(
        [toolkit, "edit", "-i", path, "-p", words, "-o", out, "--no-preview"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return out


def stops(irradiance):
    return math.log2(irradiance @ np.array([0.2126, 0.7152, 0.0722]))


def look(toolkit, path, folder, level=None):
    """Renders a map: its figures, and what is wrong with them as sentences. level
    is the input's irradiance in stops, which the picture is exposed for."""
    light, want = told(toolkit, "light", path), np.array(told(toolkit, "info", path)["light"]["irradiance_above"])
    sun = light["sun"]
    image, _ = scene.open_map(path)
    height = measure.HEIGHT
    if sun:  # hung so that its shadow falls where it is seen
        height = min(height, max(6 * math.tan(math.radians(sun["elevation_degrees"])), 1.1 * measure.RADIUS))
    figures = measure.shadow(image, SAMPLES, height)
    figures["top"], _ = measure.white_sphere(image, 4 * SAMPLES)
    figures["sun"], wrong = sun, []
    off = np.abs(figures["top"] - want).max() / max(want.max(), 1e-12)
    if off > check.SHARE:
        wrong.append(f"a white sphere shows an irradiance of {figures['top'].round(4)}, info says {want.round(4)}")
    aim = "no sun"
    if sun:
        away = lamps.between(figures, {"azimuth": sun["azimuth_degrees"], "elevation": sun["elevation_degrees"]})
        share = 1 / (1 + 2 ** -sun["stops_over_rest"])
        aim = f"{away:.1f} degrees beside the sun, which gives {share:.2f} of the light"
        if share >= SHARE and away > check.DEGREES:
            wrong.append(f"its shadow tells a light {away:.1f} degrees beside the sun of {sun['elevation_degrees']:.1f} degrees high")
        if figures["depth"] < 0.8 * share:
            wrong.append(f"its shadow takes {figures['depth']:.2f} of the light, the sun gives {share:.2f}")
    r, g, b = figures["top"]
    print(
        f"{pathlib.Path(path).stem:16} irradiance {r:.4g} {g:.4g} {b:.4g}, {100 * off:.1f} % off info's;"
        f" shadow {figures['depth']:.2f} deep, {figures['hardness']:.2f} hard, {aim}",
        flush=True,
    )
    own = stops(want)
    level = own if level is None else level
    # White is white in the input's light. Half of what an edit is darker is taken
    # up by the exposure, as a photographer would.
    exposure = math.log2(math.pi) - 0.5 - level + max(level - own, 0) / 2
    scene.picture(image, os.path.join(folder, pathlib.Path(path).stem + ".png"), PICTURE, 2 * SAMPLES, exposure)
    bpy.data.images.remove(image)
    return figures, wrong


def compared(before, by_words):
    """What is wrong with the edits of one map beside each other and the input."""
    wrong = []

    def ratio(figures):
        return figures["top"][0] / figures["top"][2]

    def hold(ok, message):
        if not ok:
            wrong.append(message)

    noon, overcast, sunset = by_words["clear noon"], by_words["an overcast day"], by_words["sunset"]
    hard = {w: f["hardness"] for w, f in by_words.items()}
    hold(noon["sun"] and sunset["sun"], f"of noon and sunset one has no sun: {bool(noon['sun'])}, {bool(sunset['sun'])}")
    hold(not overcast["sun"], "overcast, and there is a sun")
    hold(hard["clear noon"] > hard["an overcast day"] + SOFTER, f"noon's shadow is {hard['clear noon']:.2f} hard, overcast's {hard['an overcast day']:.2f}")
    hold(noon["depth"] > 2 * overcast["depth"], f"noon's shadow is {noon['depth']:.2f} deep, overcast's {overcast['depth']:.2f}")
    hold(noon["sun"] and sunset["sun"] and noon["sun"]["elevation_degrees"] > sunset["sun"]["elevation_degrees"] + 20, "noon's sun is not far above sunset's")
    hold(ratio(sunset) > WARMER * ratio(before), f"sunset's red over blue is {ratio(sunset):.2f}, the input's {ratio(before):.2f}")
    hold(ratio(sunset) > WARMER * ratio(noon), f"sunset's red over blue is {ratio(sunset):.2f}, noon's {ratio(noon):.2f}")
    for words in by_words:
        darker = stops(before["top"]) - stops(by_words[words]["top"])
        if "night" in words:
            hold(ratio(by_words[words]) < COLDER * ratio(before), f"night's red over blue is {ratio(by_words[words]):.2f}, the input's {ratio(before):.2f}")
            hold(darker > 2, f"night is {darker:.1f} stops below the input")
        if "foggy" in words:
            hold(hard[words] < hard["clear noon"] - SOFTER, f"fog's shadow is {hard[words]:.2f} hard, noon's {hard['clear noon']:.2f}")
    return wrong


def main(toolkit, folder, *names):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    toolkit, folder = os.path.abspath(toolkit), os.path.abspath(folder)
    os.makedirs(folder, exist_ok=True)
    failed = False

    def say(name, messages):
        nonlocal failed
        failed |= bool(messages)
        for message in messages:
            print(f"render-check: {name}: {message}", file=sys.stderr, flush=True)

    for name in names or EDITS:
        all_words = EDITS[name]
        path = str(HERE / "examples/world" / f"{name}.exr")
        # As the toolkit reads it: without the negative light that Blender takes.
        read = os.path.join(folder, f"{name}.exr")
        subprocess.run([toolkit, "convert", path, read, "--precision", "float"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before, wrong = look(toolkit, read, folder)
        say(name, wrong)
        by_words = {}
        for words in all_words:
            out = edited(toolkit, path, words, folder)
            by_words[words], wrong = look(toolkit, out, folder, stops(before["top"]))
            say(f"{name}, {words!r}", wrong)
        say(name, compared(before, by_words))
    return int(failed)


if __name__ == "__main__":
    if len(sys.argv) < 3 or not set(sys.argv[3:]) <= set(EDITS):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
