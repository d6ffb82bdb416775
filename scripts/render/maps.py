"""Maps whose light is known: a lone sun on an even sky, a dark ground below."""
import dataclasses
import math

import numpy as np

import measure

WIDTH, HEIGHT = 512, 256


@dataclasses.dataclass
class Known:
    name: str
    azimuth: float  # degrees right of the map's middle
    elevation: float  # degrees
    sun: np.ndarray  # irradiance [3] of the sun on a plane that faces it
    sky: np.ndarray  # radiance [3]


def known(name, azimuth, elevation, sun, sky):
    return Known(name, azimuth, elevation, np.array(sun, float), np.array(sky, float))


KNOWN = [
    known("clear", 40, 45, (4, 4, 4), (0.25, 0.25, 0.25)),
    known("low and warm", -130, 15, (4, 3, 1.5), (0.125, 0.125, 0.25)),
    known("behind", 179, 30, (2, 2, 2), (0.5, 0.5, 0.5)),
    known("high", -75, 62, (8, 7, 6), (0.125, 0.25, 0.5)),
    known("overcast", 0, 0, (0, 0, 0), (0.5, 0.5, 0.5)),
]


def write(made, path):
    """Writes the map as Radiance and returns its light as the file holds it.

    The sun is one texel: its place is that texel's middle.
    """
    map_ = np.zeros((HEIGHT, WIDTH, 3))
    map_[: HEIGHT // 2] = made.sky
    column = int((made.azimuth / 360 + 0.5) * WIDTH) % WIDTH
    row = int((90 - made.elevation) / 180 * HEIGHT)
    solid_angle = 2 * math.pi / WIDTH * (math.cos(math.pi * row / HEIGHT) - math.cos(math.pi * (row + 1) / HEIGHT))
    if made.sun.max() > 0:
        map_[row, column] += made.sun / solid_angle
    peak = map_.max(axis=2)
    exponent = np.where(peak > 0, np.floor(np.log2(np.maximum(peak, 1e-30))) + 1, -128)
    mantissa = np.rint(map_ * 256 / 2.0 ** exponent[:, :, None]).clip(0, 255)
    texels = np.concatenate([mantissa, exponent[:, :, None] + 128], axis=2).astype(np.uint8)
    with open(path, "wb") as f:
        f.write(b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y %d +X %d\n" % (HEIGHT, WIDTH))
        f.write(texels.tobytes())
    elevation = 90 - (row + 0.5) / HEIGHT * 180
    sun = made.sun if made.sun.max() > 0 else np.zeros(3)
    # The ball takes light from all sides alike. Of an even sky, what comes from
    # lower than the field's edge goes past it.
    lowest = math.atan(measure.HEIGHT / (measure.FIELD / 2 * 1.1))
    sky = 2 * math.pi * (1 - math.sin(lowest)) * made.sky
    return {
        "azimuth": ((column + 0.5) / WIDTH - 0.5) * 360,
        "elevation": elevation,
        "irradiance": sun * math.sin(math.radians(elevation)) + math.pi * made.sky,
        "hardness": float(sun.sum() / (sun + sky).sum()),
    }
