"""Compares what toolkit reads from files with what OpenEXR and OpenCV read.

    scripts/check-files.py FILE_OR_FOLDER...

Each file goes through `toolkit convert` into an uncompressed OpenEXR file of
32-bit floats, and that is compared with the file as the OpenEXR package
(.exr), OpenCV (.hdr, .png, .jpg, .webp) and NumPy read it, after the repair that
toolkit promises: NaN and negatives to 0, +inf to the largest finite value.

Radiance and OpenEXR must agree to the bit, PNG to the rounding of the sRGB
curve, converted primaries to 1e-5 of a texel's largest channel; JPEG and WebP,
whose decoders round and enlarge chroma differently, to 0.005 of linear light in
the mean and 0.2 anywhere. Prints a line for each file that differs, and the
counts; exits with 1 when one differs.

Run it with the Python of scripts/python.sh, after `make build`.
"""

import pathlib
import subprocess
import sys
import tempfile
from collections import Counter

import cv2
import numpy as np
import OpenEXR

ROOT = pathlib.Path(__file__).resolve().parents[1]
KINDS = {".hdr": "hdr", ".exr": "exr", ".png": "png", ".jpg": "jpg", ".jpeg": "jpg", ".webp": "webp"}
REC709 = np.array([0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329])
CONVERTED = "primaries converted"
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def to_xyz(primaries):
    """The matrix from RGB to XYZ; SMPTE RP 177."""
    x, y = np.array(primaries, np.float64).reshape(4, 2).T
    columns = np.stack([x, y, 1 - x - y])
    return columns[:, :3] * np.linalg.solve(columns[:, :3], columns[:, 3] / y[3])


def to_rec709(primaries):
    """The matrix from RGB to Rec. 709, white to white after Bradford."""
    here, there = to_xyz(primaries), to_xyz(REC709)
    cones = (BRADFORD @ there.sum(1)) / (BRADFORD @ here.sum(1))
    return np.linalg.solve(there, np.linalg.solve(BRADFORD, cones[:, None] * (BRADFORD @ here)))


def read_exr(path):
    """RGB of the first part that has it, over the display window, and CONVERTED
    where other primaries were brought to Rec. 709; or None and the reason."""
    with OpenEXR.File(str(path), separate_channels=True) as f:
        for part in sorted(f.parts, key=lambda part: "R" not in part.channels):
            channels = part.channels
            names = "RGB" if "R" in channels else "YYY" if "Y" in channels else None
            if names is None:
                continue
            if "RY" in channels:
                return None, "luminance with chroma"
            head, why = part.header, ""
            pixels = np.stack([channels[c].pixels.astype(np.float32) for c in names], -1)
            if "chromaticities" in head and np.abs(np.array(head["chromaticities"]) - REC709).max() > 1e-3:
                why = CONVERTED
                pixels = (repaired(pixels) @ to_rec709(head["chromaticities"]).T).astype(np.float32)
            (x0, y0), (x1, y1) = head["displayWindow"]
            (u0, v0), (u1, v1) = head["dataWindow"]
            out = np.zeros((y1 - y0 + 1, x1 - x0 + 1, 3), np.float32)
            left, top, right, bottom = max(x0, u0), max(y0, v0), min(x1, u1), min(y1, v1)
            out[top - y0 : bottom - y0 + 1, left - x0 : right - x0 + 1] = pixels[
                top - v0 : bottom - v0 + 1, left - u0 : right - u0 + 1
            ]
            return out, why
    return None, "no R G B, no Y"


def linear(v):
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def read_other(path):
    """RGB by OpenCV, linear; or None and the reason."""
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION)
    if image is None:
        return None, "OpenCV cannot read it"
    if image.ndim == 2:
        image = np.repeat(image[..., None], 3, 2)
    image = image[..., 2::-1]
    if image.dtype == np.float32:
        return image, ""
    return linear(image / float(np.iinfo(image.dtype).max)).astype(np.float32), ""


def repaired(pixels):
    pixels = np.array(pixels, np.float32)
    finite = pixels[np.isfinite(pixels) & (pixels > 0)]
    peak = finite.max() if finite.size else np.float32(1)
    pixels[np.isnan(pixels) | (pixels < 0)] = 0
    pixels[np.isinf(pixels)] = peak
    return pixels


def ours(path, folder):
    out = pathlib.Path(folder) / "out.exr"
    out.unlink(missing_ok=True)
    toolkit = [str(ROOT / "bin" / "toolkit"), "convert", "--force", "--precision", "float", "--compression", "none"]
    done = subprocess.run([*toolkit, "--", str(path), str(out)], capture_output=True, text=True)
    if done.returncode != 0:
        return None, done.stderr.strip().splitlines()[-1]
    return read_exr(out)


def difference(path, folder):
    """What differs, "" where nothing does, None where there is nothing to
    compare with."""
    kind = KINDS[path.suffix.lower()]
    try:
        want, why = read_exr(path) if kind == "exr" else read_other(path)
    except RuntimeError as e:
        return None, f"OpenEXR cannot read it: {e}"
    if want is None:
        return None, why
    got, fault = ours(path, folder)
    if got is None:
        return fault, ""
    want = repaired(want)
    if got.shape != want.shape:
        return f"is {got.shape[1]}x{got.shape[0]}, want {want.shape[1]}x{want.shape[0]}", ""
    tolerance = {"hdr": 0, "exr": 0, "png": 1e-6, "webp": 0.2, "jpg": 0.2}[kind]
    if why == CONVERTED:
        tolerance = 1e-5 * want.max(-1, keepdims=True)
    apart = np.abs(got - want)
    if apart.mean() > max(0.005, np.min(tolerance)):
        return f"values differ by {apart.mean():.4f} in the mean", ""
    worse = apart > tolerance
    if worse.any():
        y, x, c = np.unravel_index(np.argmax(apart * worse), apart.shape)
        return f"{worse.sum()} values differ; texel {x},{y} channel {c} is {got[y, x, c]!r}, want {want[y, x, c]!r}", ""
    return "", ""


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: check-files.py FILE_OR_FOLDER...")
    files = []
    for name in map(pathlib.Path, sys.argv[1:]):
        found = [name] if name.is_file() else sorted(name.rglob("*"))
        files += [f for f in found if f.is_file() and f.suffix.lower() in KINDS]
    counts = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for f in files:
            kind = KINDS[f.suffix.lower()]
            apart, skipped = difference(f, folder)
            if apart is None:
                print(f"{f}: not compared: {skipped}")
                counts[kind, "not compared"] += 1
                continue
            if apart:
                print(f"{f}: {apart}")
            counts[kind, "differ" if apart else "equal"] += 1
    for (kind, state), n in sorted(counts.items()):
        print(f"{kind}: {n} {state}")
    if not files or any(state == "differ" for _, state in counts):
        sys.exit(1)


if __name__ == "__main__":
    main()
