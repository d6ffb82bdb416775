"""Makes the small files that the tests of pkg/hdr and pkg/hdr/exr read, and
the values that OpenEXR and OpenCV read from them.

    pip install OpenEXR==3.5.3 opencv-python-headless==5.0.0.93 numpy
    python scripts/golden/hdr.py

Writes pkg/hdr/testdata and pkg/hdr/exr/testdata. The numbers come from a fixed
seed, so a second run changes nothing but what a codec's version changes.
"""

import json
import pathlib
import struct

import cv2
import numpy as np
import OpenEXR

ROOT = pathlib.Path(__file__).resolve().parents[2]
W, H = 12, 6


def radiance(peak):
    """A smooth sky with a sun, over 17 stops and a little noise."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[0:H, 0:W]
    sky = np.exp2(-4 * y / H)[..., None] * np.array([0.4, 0.7, 1.0])
    sun = peak * np.exp(-((x - 8) ** 2 + (y - 1) ** 2) / 0.6)[..., None] * np.array([1.0, 0.8, 0.5])
    return ((sky + sun) * rng.uniform(0.9, 1.1, (H, W, 3))).astype(np.float32)


class Goldens:
    def __init__(self, folder):
        self.folder = folder
        self.expect = {}
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, name, pixels, **more):
        pixels = np.asarray(pixels, dtype=np.float32)
        h, w, _ = pixels.shape
        self.expect[name] = dict(
            width=w, height=h, pixels=[float(np.format_float_positional(v, unique=True)) for v in pixels.ravel()], **more
        )

    def save(self):
        lines = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in self.expect.items()]
        (self.folder / "golden.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def exr(out):
    half = radiance(3e4).astype(np.float16)
    single = radiance(3e5)
    header = lambda **more: {"type": OpenEXR.scanlineimage, "compression": OpenEXR.ZIP_COMPRESSION, **more}

    def back(path, part=0):
        """RGB of a file as OpenEXR reads it, negatives of lossy codecs cut."""
        with OpenEXR.File(str(path), separate_channels=True) as f:
            ch = f.parts[part].channels
            names = "RGB" if "R" in ch else "YYY"
            return np.stack([ch[c].pixels.astype(np.float32) for c in names], -1).clip(0)

    def write(name, head, channels, part=None, pixels=None, **more):
        path = out.folder / name
        if part is None:
            OpenEXR.File(head, channels).write(str(path))
        else:
            OpenEXR.File(head).write(str(path))
        out.add(name, back(path, part or 0) if pixels is None else pixels, **more)

    for method in ("NO", "RLE", "ZIPS", "ZIP", "PIZ", "PXR24", "B44", "B44A", "DWAA", "DWAB"):
        head = header(compression=getattr(OpenEXR, method + "_COMPRESSION"))
        short = "none" if method == "NO" else method.lower()
        write(f"half_{short}.exr", head, {"RGB": half}, encoding="half", compression=short)
    write("float_zip.exr", header(), {"RGB": single}, encoding="float", compression="zip")
    uints = (single[..., c].astype(np.uint32) for c in range(3))
    write("uint_zip.exr", header(), dict(zip("RGB", uints)), encoding="uint", compression="zip")
    alpha = np.concatenate([half, np.full((H, W, 1), 0.5, np.float16)], -1)
    write("rgba.exr", header(), {"RGBA": alpha}, encoding="half", compression="zip")
    write("y.exr", header(), {"Y": single[..., 0].copy()}, encoding="float", compression="zip")
    tiles = OpenEXR.TileDescription()
    tiles.xSize, tiles.ySize = 8, 4
    write("tiled.exr", header(type=OpenEXR.tiledimage, tiles=tiles), {"RGB": half}, encoding="half", compression="zip")

    # Only the second of two parts has colours.
    parts = [
        OpenEXR.Part(header(), {"Z": single[..., 0].copy()}, "depth"),
        OpenEXR.Part(header(), {"RGB": half}, "beauty"),
    ]
    write("multipart.exr", parts, None, part=1, pixels=half, encoding="half", compression="zip")

    # A data window inside of the display window, and one that hangs over it.
    box = lambda x0, y0, x1, y1: (np.array([x0, y0], np.int32), np.array([x1, y1], np.int32))
    small = half[1:4, 2:9].copy()
    inside = np.zeros((H, W, 3), np.float32)
    inside[1:4, 2:9] = small
    head = header(dataWindow=box(12, -4, 18, -2), displayWindow=box(10, -5, 10 + W - 1, -5 + H - 1))
    write("inside.exr", head, {"RGB": small}, pixels=inside, encoding="half", compression="zip")
    over = np.zeros((H, W, 3), np.float32)
    over[:-2, 3:] = half[2:, :-3]
    head = header(dataWindow=box(3, -2, W + 2, H - 3), displayWindow=box(0, 0, W - 1, H - 1))
    write("overscan.exr", head, {"RGB": half}, pixels=over, encoding="half", compression="zip")

    layers = {f"sky.{c}": half[..., i].copy() for i, c in enumerate("RGB")}
    layers |= {f"ViewLayer.Combined.{c}": single[..., i].copy() for i, c in enumerate("RGB")}
    write("layers.exr", header(), layers, pixels=single, encoding="float", compression="zip")

    attributes = {"owner": "nobody", "comments": "two\nlines", "recipe": "sky: clear"}
    head = header(envmap=OpenEXR.Envmap.ENVMAP_LATLONG, **attributes)
    write("attributes.exr", head, {"RGB": half}, encoding="half", compression="zip", envmap="latlong",
          recipe=attributes.pop("recipe"), attributes=attributes)

    # ACEScg colours, brought to Rec. 709 by the matrix that the Academy's
    # aces-dev computes with Bradford's adaptation from D60 to D65.
    ap1 = (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767)
    matrix = np.array([
        [1.70505, -0.62179, -0.08326],
        [-0.13026, 1.14080, -0.01055],
        [-0.02400, -0.12897, 1.15297],
    ])
    grey = (0.5 + 0.5 * single / single.max(axis=2, keepdims=True)).astype(np.float32)
    write("acescg.exr", header(chromaticities=ap1), {"RGB": grey}, pixels=grey @ matrix.T,
          encoding="float", compression="zip", tolerance=2e-5)

    # Luminance with chroma at a quarter of the texels, of one colour.
    colour = np.array([0.25, 0.5, 1.0])
    luminance = colour @ np.array([0.2126, 0.7152, 0.0722])
    planes = {
        "BY": np.full((H // 2, W // 2), (colour[2] - luminance) / luminance, np.float16),
        "RY": np.full((H // 2, W // 2), (colour[0] - luminance) / luminance, np.float16),
        "Y": np.full((H, W), luminance, np.float16),
    }
    (out.folder / "chroma.exr").write_bytes(subsampled(planes))
    out.add("chroma.exr", np.broadcast_to(colour, (H, W, 3)), encoding="half", compression="none", tolerance=2e-3)


def subsampled(planes):
    """An uncompressed OpenEXR file, byte by byte, for the Python package does
    not write channels of different sizes. Planes go in the order of names."""
    def attribute(name, kind, value):
        return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<i", len(value)) + value

    step = {name: W // p.shape[1] for name, p in planes.items()}
    channels = b"".join(n.encode() + b"\0" + struct.pack("<iB3xii", 1, 0, step[n], step[n]) for n in planes) + b"\0"
    box = struct.pack("<4i", 0, 0, W - 1, H - 1)
    head = struct.pack("<ii", 20000630, 2)
    head += attribute("channels", "chlist", channels) + attribute("compression", "compression", b"\0")
    head += attribute("dataWindow", "box2i", box) + attribute("displayWindow", "box2i", box)
    head += attribute("lineOrder", "lineOrder", b"\0") + attribute("pixelAspectRatio", "float", struct.pack("<f", 1))
    head += attribute("screenWindowCenter", "v2f", struct.pack("<2f", 0, 0))
    head += attribute("screenWindowWidth", "float", struct.pack("<f", 1)) + b"\0"
    chunks = []
    for y in range(H):
        row = b"".join(p[y // step[n]].tobytes() for n, p in planes.items() if y % step[n] == 0)
        chunks.append(struct.pack("<ii", y, len(row)) + row)
    offsets = len(head) + 8 * H + np.cumsum([0] + [len(c) for c in chunks[:-1]])
    return head + struct.pack(f"<{H}q", *offsets) + b"".join(chunks)


def others(out):
    picture = radiance(50)

    def put(name, image, flags=(), decode=lambda v: v, **more):
        path = str(out.folder / name)
        cv2.imwrite(path, image, list(flags))
        seen = cv2.imread(path, cv2.IMREAD_UNCHANGED)
        if seen.ndim == 2:
            seen = np.repeat(seen[..., None], 3, 2)
        out.add(name, decode(seen[..., 2::-1]), **more)

    linear = lambda v: np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)
    bgr = picture[..., ::-1]
    put("packed.hdr", bgr, [cv2.IMWRITE_HDR_COMPRESSION, cv2.IMWRITE_HDR_COMPRESSION_RLE], encoding="rgbe")
    put("flat.hdr", bgr, [cv2.IMWRITE_HDR_COMPRESSION, cv2.IMWRITE_HDR_COMPRESSION_NONE], encoding="rgbe")
    put("narrow.hdr", bgr[:, :5].copy(), encoding="rgbe")
    screen = (bgr / (1 + bgr)) ** (1 / 2.2)
    bytes8, words = (255 * screen).astype(np.uint8), (65535 * screen).astype(np.uint16)
    to8, to16 = lambda v: linear(v / 255.0), lambda v: linear(v / 65535.0)
    put("rgb8.png", bytes8, decode=to8, encoding="8-bit")
    put("rgba8.png", np.dstack([bytes8, np.full((H, W), 90, np.uint8)]), decode=to8, encoding="8-bit")
    put("rgb16.png", words, decode=to16, encoding="16-bit")
    put("grey8.png", bytes8[..., 1], decode=to8, encoding="8-bit")
    put("grey16.png", words[..., 1], decode=to16, encoding="16-bit")
    put("lossless.webp", bytes8, [cv2.IMWRITE_WEBP_QUALITY, 101], decode=to8, encoding="8-bit")
    full = [cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    # Decoders may round an inverse cosine transform by a step or two of 255.
    put("full.jpg", bytes8, full, decode=to8, encoding="8-bit", tolerance=0.02)
    put("lossy.webp", np.full((H, W, 3), (40, 90, 200), np.uint8), [cv2.IMWRITE_WEBP_QUALITY, 90], decode=to8,
        encoding="8-bit", tolerance=0.02)


if __name__ == "__main__":
    for folder, fill in (("pkg/hdr/exr/testdata", exr), ("pkg/hdr/testdata", others)):
        goldens = Goldens(ROOT / folder)
        fill(goldens)
        goldens.save()
