"""Renders spheres in the light of maps with Blender, and measures the light.

    scripts/render/check.py [--output DIR] [--azimuth DEGREES ...] MAP...
    scripts/render/check.py --validate

For each map it writes DIR/NAME.png (a matte, a glossy and a mirror ball on a
plane) and prints a line: where the light comes from that casts the shadow, how
deep and how hard the shadow is, and the irradiance that a white matte sphere
shows. That must be the map's own to 5 %; where --azimuth is given, once for
each map in their order, the shadow must tell it to 3 degrees. --validate first
holds the measures themselves to maps that it makes. Exits with 1 where one
differs. Run it with the Python of `scripts/python.sh render`.
"""
import argparse
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bpy  # noqa: E402
import numpy as np  # noqa: E402

import maps  # noqa: E402
import measure  # noqa: E402
import scene  # noqa: E402

# How far a direction, an irradiance and a hardness may be off. Some of an even
# sky always falls into a shadow, 0.05 of it.
DEGREES, SHARE, HARDNESS = 3.0, 0.05, 0.06


def turn(a, b):
    """The angle between two azimuths, in degrees, 0 to 180."""
    return abs((a - b + 180) % 360 - 180)


def look(path, samples):
    """Measures a map; the figures and what is wrong with them."""
    image, radiance = scene.open_map(path)
    figures = measure.shadow(image, samples)
    figures["top"], figures["sphere"] = measure.white_sphere(image, 4 * samples)
    want = measure.irradiance(radiance)
    off = np.abs(figures["top"] - want).max() / max(want.max(), 1e-12)
    wrong = [] if off <= SHARE else [f"irradiance is {figures['top'].round(4)}, the map's is {want.round(4)}"]
    return image, figures, wrong


def report(name, figures, wrong):
    r, g, b = figures["top"]
    print(
        f"{name:24} light from {figures['azimuth']:+7.1f}, {figures['elevation']:4.1f} high; shadow {figures['depth']:.2f} deep,"
        f" {figures['hardness']:.2f} hard; irradiance {r:.4g} {g:.4g} {b:.4g}",
        flush=True,
    )
    for message in wrong:
        print(f"render-check: {name}: {message}", file=sys.stderr)
    return bool(wrong)


def validate(samples):
    """Holds the measures to maps of known light."""
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for made in maps.KNOWN:
            path = os.path.join(folder, made.name + ".hdr")
            truth = maps.write(made, path)
            _, figures, wrong = look(path, samples)
            off = np.abs(figures["top"] - truth["irradiance"]).max() / truth["irradiance"].max()
            if off > SHARE:
                wrong.append(f"irradiance is {figures['top'].round(4)}, was made {truth['irradiance'].round(4)}")
            if abs(figures["hardness"] - truth["hardness"]) > HARDNESS:
                wrong.append(f"hardness is {figures['hardness']:.3f}, was made {truth['hardness']:.3f}")
            if made.sun.max() > 0:
                if turn(figures["azimuth"], truth["azimuth"]) > DEGREES:
                    wrong.append(f"light comes from {figures['azimuth']:.1f}, was put at {truth['azimuth']:.1f}")
                if abs(figures["elevation"] - truth["elevation"]) > DEGREES:
                    wrong.append(f"light stands {figures['elevation']:.1f} high, was put at {truth['elevation']:.1f}")
            failed |= report(made.name, figures, wrong)
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("maps", nargs="*", metavar="MAP")
    parser.add_argument("--output", default="out/render", help="folder for the pictures")
    parser.add_argument("--azimuth", type=float, action="append", help="where a map's sun stands: degrees right of its middle")
    parser.add_argument("--width", type=int, default=480, help="of a picture, in pixels")
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--exposure", type=float, default=0.0, help="of the pictures, in stops")
    parser.add_argument("--validate", action="store_true", help="hold the measures to maps of known light")
    args = parser.parse_args()
    if not args.maps and not args.validate:
        parser.error("name a map, or --validate")
    if args.azimuth and len(args.azimuth) != len(args.maps):
        parser.error(f"{len(args.azimuth)} azimuths for {len(args.maps)} maps: give one for each, or none")
    bpy.ops.wm.read_factory_settings(use_empty=True)
    os.makedirs(args.output, exist_ok=True)
    failed = validate(args.samples) if args.validate else False
    for i, path in enumerate(args.maps):
        name = pathlib.Path(path).stem
        image, figures, wrong = look(path, args.samples)
        if args.azimuth and turn(figures["azimuth"], args.azimuth[i]) > DEGREES:
            wrong.append(f"the shadow's light comes from {figures['azimuth']:.1f}, the sun stands at {args.azimuth[i]:.1f}")
        failed |= report(name, figures, wrong)
        scene.picture(image, os.path.join(args.output, name + ".png"), args.width, 2 * args.samples, args.exposure)
        bpy.data.images.remove(image)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
