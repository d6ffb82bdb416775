"""Puts what edits.py left in its folder into one picture: a row of panoramas
for each map, and below it Blender's spheres in the light of each.

    scripts/render/sheet.py TOOLKIT FOLDER OUT.jpg NAME,NAME,... ...

Each argument is a row of maps in FOLDER, the input first; both rows have the
exposure that the input asks for, and take up half of what an edit is darker.
Run it with the Python of `scripts/python.sh render`.
"""
import json
import math
import os
import subprocess
import sys
import tempfile

import bpy
import numpy as np

WIDTH, GAP = 420, 6  # of a picture and between them, in pixels


def pixels(path):
    """A picture [H,W,3], row 0 at the top, as the file stores it."""
    image = bpy.data.images.load(os.path.abspath(path))
    image.colorspace_settings.name = "Non-Color"
    width, height = image.size
    out = np.empty(width * height * image.channels, np.float32)
    image.pixels.foreach_get(out)
    out = out.reshape(height, width, image.channels)[::-1, :, :3]
    bpy.data.images.remove(image)
    return out


def scaled(picture):
    """A picture WIDTH wide: means over boxes, by sums from the corner."""
    height = picture.shape[0] * WIDTH // picture.shape[1]
    for axis, size in ((0, height), (1, WIDTH)):
        edges = np.linspace(0, picture.shape[axis], size + 1)
        sums = np.concatenate([np.zeros_like(np.take(picture, [0], axis)), np.cumsum(picture, axis)], axis)
        low = np.minimum(edges.astype(int), picture.shape[axis] - 1)
        part = (edges - low).reshape([-1 if a == axis else 1 for a in range(3)])
        at = np.take(sums, low, axis) * (1 - part) + np.take(sums, low + 1, axis) * part
        picture = np.diff(at, axis=axis) / np.diff(edges).reshape([-1 if a == axis else 1 for a in range(3)])
    return picture


def level(toolkit, path):
    """The irradiance of a map on level ground, in stops."""
    said = subprocess.run([toolkit, "info", "--json", path], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return math.log2(np.array(json.loads(said)["light"]["irradiance_above"]) @ [0.2126, 0.7152, 0.0722])


def panorama(toolkit, path, before):
    """A map's picture."""
    own = level(toolkit, path)
    exposure = 1.8 - before + max(before - own, 0) / 2
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "map.png")
        subprocess.run([toolkit, "convert", path, out, "--exposure", f"{exposure:.2f}"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return scaled(pixels(out))


def main(toolkit, folder, out, *rows):
    bands = []
    if len({row.count(",") for row in rows}) > 1:
        sys.exit(f"sheet: rows of {[row.count(',') + 1 for row in rows]} maps, want as many in each")
    for row in rows:
        names = row.split(",")
        before = level(toolkit, os.path.join(folder, names[0] + ".exr"))
        for band in (
            [panorama(toolkit, os.path.join(folder, n + ".exr"), before) for n in names],
            [scaled(pixels(os.path.join(folder, n + ".png"))) for n in names],
        ):
            wide = [np.pad(p, ((0, GAP), (0, GAP if i < len(band) - 1 else 0), (0, 0)), constant_values=1) for i, p in enumerate(band)]
            bands.append(np.concatenate(wide, axis=1))
    sheet = np.concatenate(bands, axis=0)[:-GAP]
    height, width = sheet.shape[:2]
    image = bpy.data.images.new("sheet", width, height)
    image.colorspace_settings.name = "Non-Color"
    image.pixels.foreach_set(np.concatenate([sheet, np.ones((height, width, 1))], axis=2)[::-1].astype(np.float32).ravel())
    image.file_format = "JPEG"
    image.save(filepath=os.path.abspath(out), quality=80)
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
