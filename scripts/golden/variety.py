"""Fills a folder with small files of many kinds, for scripts/check-files.py:

    python scripts/golden/variety.py FOLDER
    make check-files MAPS=FOLDER

OpenEXR by every compression, as scanlines and tiles, half, float, uint and of
several types at once, R G B, alpha and Y, with NaN, infinities and negatives,
of several parts; Radiance, PNG, JPEG and WebP as OpenCV writes them. Made with
the packages of scripts/requirements.txt.
"""

import pathlib
import sys

import cv2
import numpy as np
import OpenEXR

H, W = 96, 192
METHODS = "NO RLE ZIPS ZIP PIZ PXR24 B44 B44A DWAA DWAB".split()


def radiance():
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:H, 0:W]
    stops = 4 * np.sin(x / 15)[..., None] + np.cos(y / 9)[..., None] * np.array([1, 2, 3])
    pixels = (np.exp2(stops) * rng.uniform(0.95, 1.05, (H, W, 3))).astype(np.float32)
    pixels[10, 20] = 3e5
    return pixels


def tiles(w, h):
    t = OpenEXR.TileDescription()
    t.xSize, t.ySize = w, h
    return {"type": OpenEXR.tiledimage, "tiles": t}


def exr(folder, single):
    lines = {"type": OpenEXR.scanlineimage}
    half = np.minimum(single, 6e4).astype(np.float16)
    odd = single.copy()
    odd[0, 0] = [np.nan, np.inf, -np.inf]
    odd[5, 5] = [-1, 2, np.nan]
    uint = single.astype(np.uint32)
    alpha = np.concatenate([half, half[..., :1]], -1)
    split = lambda p: {c: p[..., i].copy() for i, c in enumerate("RGB")}
    with np.errstate(over="ignore"):
        odd_half = odd.astype(np.float16)

    for m in METHODS:
        method = {"compression": getattr(OpenEXR, m + "_COMPRESSION")}
        for kind, pixels in (("half", half), ("float", single), ("odd_half", odd_half), ("odd", odd)):
            OpenEXR.File(lines | method, {"RGB": pixels}).write(f"{folder}/lines_{kind}_{m}.exr")
            OpenEXR.File(tiles(64, 32) | method, {"RGB": pixels}).write(f"{folder}/tiles_{kind}_{m}.exr")
        mixed = {"R": half[..., 0].copy(), "G": single[..., 1].copy(), "B": uint[..., 2].copy(), "Z": single[..., 0].copy()}
        for kind, channels in (("uint", split(uint)), ("y", {"Y": half[..., 0].copy()}), ("rgba", {"RGBA": alpha}), ("mixed", mixed)):
            OpenEXR.File(lines | method, channels).write(f"{folder}/{kind}_{m}.exr")

    for order in ("INCREASING_Y", "DECREASING_Y"):
        head = {"lineOrder": getattr(OpenEXR, order), "compression": OpenEXR.ZIP_COMPRESSION}
        OpenEXR.File(lines | head, {"RGB": half}).write(f"{folder}/lines_{order}.exr")
        OpenEXR.File(tiles(50, 20) | head, {"RGB": half}).write(f"{folder}/tiles_{order}.exr")

    def parts(name, *described):
        OpenEXR.File([OpenEXR.Part(head, channels, part) for head, channels, part in described]).write(f"{folder}/{name}.exr")

    zipped, packed = {"compression": OpenEXR.ZIP_COMPRESSION}, {"compression": OpenEXR.DWAB_COMPRESSION}
    parts("grey_first", (lines | zipped, {"Y": single[..., 0].copy()}, "grey"), (tiles(64, 32) | packed, {"RGB": half}, "beauty"),
          (lines | zipped, {"RGB": single}, "third"))
    parts("stereo", (lines | zipped | {"view": "left"}, {"RGBA": alpha}, "l"), (lines | zipped | {"view": "right"}, {"RGB": single}, "r"))


def others(folder, single):
    bgr = single[..., ::-1].copy()
    for name, flag in (("packed", cv2.IMWRITE_HDR_COMPRESSION_RLE), ("flat", cv2.IMWRITE_HDR_COMPRESSION_NONE)):
        cv2.imwrite(f"{folder}/{name}.hdr", bgr, [cv2.IMWRITE_HDR_COMPRESSION, flag])
    screen = bgr / (1 + bgr)
    low, high = (255 * screen).astype(np.uint8), (65535 * screen).astype(np.uint16)
    for name, picture in (("8", low), ("16", high)):
        cv2.imwrite(f"{folder}/rgb{name}.png", picture)
        cv2.imwrite(f"{folder}/grey{name}.png", picture[..., 0].copy())
        cv2.imwrite(f"{folder}/alpha{name}.png", np.dstack([picture, picture[..., 0]]))
    cv2.imwrite(f"{folder}/one_bit.png", (low[..., 0] > 99).astype(np.uint8) * 255, [cv2.IMWRITE_PNG_BILEVEL, 1])
    cv2.imwrite(f"{folder}/lossless.webp", low, [cv2.IMWRITE_WEBP_QUALITY, 101])
    cv2.imwrite(f"{folder}/alpha.webp", np.dstack([low, low[..., 0]]), [cv2.IMWRITE_WEBP_QUALITY, 101])
    soft = cv2.GaussianBlur(low, (5, 5), 1)
    cv2.imwrite(f"{folder}/lossy.webp", soft, [cv2.IMWRITE_WEBP_QUALITY, 90])
    cv2.imwrite(f"{folder}/grey.jpg", soft[..., 0].copy())
    for quality in (20, 60, 95):
        for chroma in ("444", "420", "422"):
            for progressive in (0, 1):
                flags = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_PROGRESSIVE, progressive]
                flags += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, getattr(cv2, f"IMWRITE_JPEG_SAMPLING_FACTOR_{chroma}")]
                cv2.imwrite(f"{folder}/{quality}_{chroma}_{progressive}.jpg", soft, flags)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: variety.py FOLDER")
    pathlib.Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    exr(sys.argv[1], radiance())
    others(sys.argv[1], radiance())
