"""Holds the lamps that `toolkit light` writes to the maps they are written of,
in Blender.

    scripts/render/lamps.py TOOLKIT FOLDER [MAP...]

In FOLDER it makes maps with a sun at odd azimuths, has TOOLKIT write their
lamps beside them, and takes MAPs too. By each map as Blender's world, and by
each lamp as Blender's own importers bring it in, it renders the shadow of a
ball on a plane: the lamp's light must come from within 3 degrees of the map's,
and give the irradiance that the map loses without its sun, to 5 %. A lamp with
its dome must give all the map's. Exits with 1 where one differs. Run it with
the Python of `scripts/python.sh render`.
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

import maps  # noqa: E402
import measure  # noqa: E402
import scene  # noqa: E402

DEGREES, SHARE = 3.0, 0.05
SAMPLES = 32

ODD = [
    maps.known("left-behind", -167, 22, (6, 5, 3), (0.25, 0.25, 0.25)),
    maps.known("right", 93, 38, (3, 4, 5), (0.125, 0.25, 0.5)),
    maps.known("left", -61, 57, (8, 8, 8), (0.25, 0.25, 0.5)),
    maps.known("seam", 179.6, 30, (4, 3, 2), (0.125, 0.125, 0.25)),
    maps.known("overhead", 130, 84, (5, 5, 4), (0.25, 0.25, 0.25)),
]


def towards(azimuth, elevation):
    a, e = math.radians(azimuth), math.radians(elevation)
    return np.array([math.cos(e) * math.cos(a), -math.cos(e) * math.sin(a), math.sin(e)])


def between(a, b):
    """The angle between two directions that measure.shadow tells, in degrees."""
    cosine = float(towards(a["azimuth"], a["elevation"]) @ towards(b["azimuth"], b["elevation"]))
    return math.degrees(math.acos(min(max(cosine, -1), 1)))


def written(toolkit, path, folder):
    """Has the toolkit write a map's lamps; its report, and the files by name."""
    stem = os.path.join(folder, pathlib.Path(path).stem)
    files = {
        "usd": stem + ".usda",
        "dome": stem + "-dome.usda",
        "rest": stem + "-rest.exr",
        "gltf": stem + "-blender.gltf",
        "lux": stem + ".gltf",
    }
    call = [toolkit, "light", path, "--json"]
    for more in (
        ("--gltf", files["lux"]),
        ("--gltf", files["gltf"], "--for", "blender", "--usd", files["usd"]),
        ("--usd", files["dome"], "--for", "blender", "--without-sun", files["rest"]),
    ):
        report = subprocess.run([*call, *more], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return json.loads(report), files


def usd(path):
    return lambda: bpy.ops.wm.usd_import(filepath=path)


def gltf(path, mode="SPEC"):
    return lambda: bpy.ops.import_scene.gltf(filepath=path, export_import_convert_lighting_mode=mode)


def check(toolkit, path, folder):
    """What is wrong with the lamps of a map, as sentences; prints a line each."""
    report, files = written(toolkit, path, folder)
    image, _ = scene.open_map(path)
    rest_image, rest = scene.open_map(files["rest"])
    by_map = measure.shadow(image, SAMPLES)
    want = by_map["level"] - measure.irradiance(rest)
    wrong = []

    def hold(name, figures, irradiance):
        away = between(figures, by_map)
        off = np.abs(figures["level"] - irradiance).max() / irradiance.max()
        print(
            f"{pathlib.Path(path).stem:14} {name:14} light from {figures['azimuth']:+7.1f}, {figures['elevation']:4.1f} high:"
            f" {away:.2f} degrees and {100 * off:.1f} % off the map's",
            flush=True,
        )
        if away > DEGREES:
            wrong.append(f"{name}: its light comes from {away:.1f} degrees beside the map's")
        if off > SHARE:
            wrong.append(f"{name}: irradiance is {figures['level'].round(4)}, want {irradiance.round(4)}")

    told = {"azimuth": report["sun"]["azimuth_degrees"], "elevation": report["sun"]["elevation_degrees"]}
    told["level"] = np.array(report["sun"]["irradiance"]) * math.sin(math.radians(told["elevation"]))
    hold("in words", told, want)
    for name, light in (
        ("usda", usd(files["usd"])),
        ("gltf", gltf(files["gltf"])),
        ("gltf, unitless", gltf(files["lux"], "COMPAT")),
    ):
        hold(name, measure.shadow(light, SAMPLES), want)
    angle = math.degrees(next(thing.data.angle for thing in opened(usd(files["usd"])) if thing.type == "LIGHT"))
    if abs(angle - report["sun"]["across_degrees"]) > 0.01:
        wrong.append(f"usda: the sun is {angle:.3f} degrees across, want {report['sun']['across_degrees']:.3f}")
    hold("usda and dome", measure.shadow(usd(files["dome"]), SAMPLES), by_map["level"])
    for used in (image, rest_image):
        bpy.data.images.remove(used)
    return wrong


def opened(light):
    scene.begin(light)
    return list(bpy.data.objects)


def main(toolkit, folder, *more):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    os.makedirs(folder, exist_ok=True)
    folder, paths = os.path.abspath(folder), []
    for made in ODD:
        paths.append(os.path.join(folder, made.name + ".hdr"))
        maps.write(made, paths[-1])
    for path in more:
        # As the toolkit reads it: without the negative light that Blender takes.
        paths.append(os.path.join(folder, pathlib.Path(path).stem + "-read.exr"))
        subprocess.run([toolkit, "convert", path, paths[-1], "--precision", "float"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    failed = False
    for path in paths:
        for message in check(os.path.abspath(toolkit), os.path.abspath(path), folder):
            print(f"lamp-check: {path}: {message}", file=sys.stderr)
            failed = True
    return int(failed)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
