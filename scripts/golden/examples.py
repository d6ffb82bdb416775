"""What the OpenEXR package reads from the example maps, as hashes and means.

    python scripts/golden/examples.py

Writes pkg/hdr/exr/testdata/examples.json: of each file its size, the SHA-256 of
its pixels (interleaved RGB, little-endian 32-bit floats, rows from the top,
negatives set to 0, as DWAB leaves some) and their mean. Made with the packages
of scripts/requirements.txt.
"""

import hashlib
import json
import pathlib

import numpy as np
import OpenEXR

ROOT = pathlib.Path(__file__).resolve().parents[2]


def golden(path):
    with OpenEXR.File(str(path), separate_channels=True) as f:
        channels = f.channels()
        pixels = np.stack([channels[c].pixels for c in "RGB"], -1).astype("<f4")
    negative = int((pixels < 0).sum())
    pixels = np.where(pixels < 0, np.float32(0), pixels)
    h, w, _ = pixels.shape
    return {
        "width": w,
        "height": h,
        "negative": negative,
        "sha256": hashlib.sha256(pixels.tobytes()).hexdigest(),
        "mean": pixels.mean((0, 1), dtype=np.float64).tolist(),
    }


if __name__ == "__main__":
    found = sorted((ROOT / "examples" / "hdri").glob("*.exr"))
    lines = [f"{json.dumps(f.name)}: {json.dumps(golden(f))}" for f in found]
    (ROOT / "pkg/hdr/exr/testdata/examples.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
