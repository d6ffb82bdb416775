"""Golden numbers for pkg/envmap: metrics and tone maps, computed by NumPy and SciPy.

Run from the repository root (numpy, scipy):

    python3 scripts/golden/envmap.py > pkg/envmap/testdata/golden.json

Each function follows the publication it names, not the Go code. The two maps
are made by a formula that both sides evaluate, so that no picture is stored.
"""

import json
import sys

import numpy as np
from scipy import ndimage

W, H = 48, 24


def maps():
    """Two maps of linear radiance, [H,W,3] float32, over fifteen stops."""
    y, x, c = np.meshgrid(np.arange(H), np.arange(W), np.arange(3), indexing="ij")
    stops = 5 * np.sin(0.7 * x + 1.3 * y + 2.1 * c) + 2.5 * np.cos(0.37 * x * (c + 1) - 0.9 * y)
    a = np.exp2(stops).astype(np.float32)
    b = np.exp2(stops + 0.4 * np.sin(2.3 * x - 0.6 * y + c)).astype(np.float32)
    return a, b


def luminance(im):
    return im.astype(np.float64) @ np.array([0.2126, 0.7152, 0.0722])


def pu21(nits):
    """Mantiuk and Azimi 2021, banding_glare parameters of gfxdisp/pu21."""
    p = [0.353487901, 0.3734658629, 8.277049286e-05, 0.9062562627, 0.09150303166, 0.9099517204, 596.3148142]
    y = np.clip(np.asarray(nits, dtype=np.float64), 0.005, 10000) ** p[3]
    return p[6] * (((p[0] + p[1] * y) / (1 + p[2] * y)) ** p[4] - p[5])


def latitude_weights():
    """Sun, Lu and Yu 2017; [H,W]."""
    j = np.arange(H)
    return np.repeat(np.cos((j - H / 2 + 0.5) * np.pi / H)[:, None], W, axis=1)


def ws_psnr(a, b, peak):
    w = latitude_weights()[..., None] * np.ones(3)
    mse = np.sum(w * (a.astype(np.float64) - b.astype(np.float64)) ** 2) / np.sum(w)
    return 20 * np.log10(peak / np.sqrt(mse))


def psnr(a, b, peak):
    return 20 * np.log10(peak / np.sqrt(np.mean((a - b) ** 2)))


def ssim_map(a, b, peak):
    """Wang et al. 2004 with panorama padding of two windows, cropped after."""
    pad = 12

    def padded(m):
        over = np.roll(m, W // 2, axis=1)
        tall = np.concatenate([over[:pad][::-1], m, over[-pad:][::-1]])
        return np.concatenate([tall[:, -pad:], tall, tall[:, :pad]], axis=1)

    def mean(m):
        # truncate is chosen so that the window has radius 5
        return ndimage.gaussian_filter(m, 1.5, truncate=5 / 1.5)

    a, b = padded(a), padded(b)
    ma, mb = mean(a), mean(b)
    va, vb, cov = mean(a * a) - ma * ma, mean(b * b) - mb * mb, mean(a * b) - ma * mb
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    s = (2 * ma * mb + c1) * (2 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2))
    return s[pad:-pad, pad:-pad]


def discontinuity(im):
    """Christensen et al. 2024, arXiv:2407.18207: Scharr responses at the seam, c = 0.1."""
    picture = np.clip(im.astype(np.float64), 1e-5, 1) ** (1 / 2.2)
    grey = picture @ np.array([0.2989, 0.5870, 0.1140])
    strip = np.concatenate([grey[:, -3:], grey[:, :3]], axis=1)
    kernel = np.outer([3, 10, 3], [-1, 0, 1])
    r = np.abs(ndimage.correlate(strip, kernel))[1:-1]
    return np.mean(r[:, 2] / (r[:, 1] + 0.1) + r[:, 3] / (r[:, 4] + 0.1)) / 2


def srgb(v):
    return np.where(v <= 0.0031308, 12.92 * v, 1.055 * np.maximum(v, 1e-9) ** (1 / 2.4) - 0.055)


def agx(rgb):
    """three.js: Rec. 709 to 2020, inset, log2, sixth-order curve, outset, back."""
    to2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0113], [0.0164, 0.0880, 0.8956]])
    to709 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
    inset = np.array([
        [0.856627153315983, 0.137318972929847, 0.11189821299995],
        [0.0951212405381588, 0.761241990602591, 0.0767994186031903],
        [0.0482516061458583, 0.101439036467562, 0.811302368396859]]).T
    outset = np.array([
        [1.1271005818144368, -0.1413297634984383, -0.14132976349843826],
        [-0.11060664309660323, 1.157823702216272, -0.11060664309660294],
        [-0.016493938717834573, -0.016493938717834257, 1.2519364065950405]]).T
    v = inset @ (to2020 @ rgb)
    v = np.clip((np.log2(np.maximum(v, 1e-10)) + 12.47393) / (4.026069 + 12.47393), 0, 1)
    v = np.polyval([15.5, -40.14, 31.96, -6.868, 0.4298, 0.1191, -0.00232], v)
    return np.clip(to709 @ np.maximum(outset @ v, 0) ** 2.2, 0, 1)


def aces(rgb):
    """Hill's fit, with the exposure of three.js."""
    enter = np.array([[0.59719, 0.35458, 0.04823], [0.07600, 0.90834, 0.01566], [0.02840, 0.13383, 0.83777]])
    leave = np.array([[1.60475, -0.53108, -0.07367], [-0.10208, 1.10813, -0.00605], [-0.00327, -0.07276, 1.07602]])
    v = enter @ (rgb / 0.6)
    v = (v * (v + 0.0245786) - 0.000090537) / (v * (0.983729 * v + 0.4329510) + 0.238081)
    return np.clip(leave @ v, 0, 1)


def reinhard(rgb):
    return np.clip(rgb / (1 + luminance(rgb)), 0, 1)


def harmonics(im):
    """Sloan's and Ramamoorthi's nine coefficients, by summing over texels; [9,3]."""
    edges = np.cos(np.pi * np.arange(H + 1) / H)
    solid = (edges[:-1] - edges[1:])[:, None] * (2 * np.pi / W)
    polar = (np.pi * (np.arange(H) + 0.5) / H)[:, None]
    lon = (np.pi * (1 - 2 * (np.arange(W) + 0.5) / W))[None]
    x, y, z = np.sin(polar) * np.sin(lon), np.cos(polar) + 0 * lon, np.sin(polar) * np.cos(lon)
    k1, k2 = np.sqrt(3 / (4 * np.pi)), np.sqrt(15 / (4 * np.pi))
    basis = [np.full((H, W), np.sqrt(1 / (4 * np.pi))), k1 * y, k1 * z, k1 * x, k2 * x * y, k2 * y * z,
             np.sqrt(5 / (16 * np.pi)) * (3 * z * z - 1), k2 * x * z, k2 / 2 * (x * x - y * y)]
    return [np.sum((b * solid)[..., None] * im.astype(np.float64), axis=(0, 1)).tolist() for b in basis]


def main():
    a, b = maps()
    clip = lambda m: np.clip(m, 0, 1)
    nits = [0.001, 0.005, 0.01, 0.1, 1, 10, 100, 1000, 10000, 1e6]
    weights = latitude_weights()
    pa, pb = pu21(100 * a.astype(np.float64)), pu21(100 * b.astype(np.float64))
    colours = [[0.18, 0.18, 0.18], [1, 0.5, 0.1], [0.02, 0.3, 4], [50, 2, 0.3], [1e-4, 1e-3, 1e-2]]
    tones = {"agx": agx, "aces": aces, "reinhard": reinhard}
    ssim = ssim_map(luminance(clip(a)), luminance(clip(b)), 1)
    json.dump({
        "pu21": {"nits": nits, "code": pu21(nits).tolist()},
        "ws_psnr": ws_psnr(clip(a), clip(b), 1),
        "pu21_psnr": psnr(pa, pb, 256),
        "ws_ssim": float(np.sum(weights * ssim) / np.sum(weights)),
        "pu21_ssim": float(np.mean(ssim_map(pu21(100 * luminance(a)), pu21(100 * luminance(b)), 256))),
        "discontinuity": discontinuity(a),
        "colours": colours,
        "tones": {k: [f(np.array(c, dtype=np.float64)).tolist() for c in colours] for k, f in tones.items()},
        "srgb": srgb(np.array([0, 0.001, 0.0031308, 0.18, 0.5, 1])).tolist(),
        "harmonics": harmonics(a),
    }, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
