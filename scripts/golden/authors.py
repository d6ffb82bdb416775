"""Golden numbers for pkg/envmap that other people's programs compute: the
metrics' authors' own, and scikit-image.

    git clone https://github.com/Rouen007/WS-PSNR
    g++ -D_fseeki64=fseeko64 -o ws-psnr WS-PSNR/WS-PSNR/WS-PSNR/main.cpp
    pip install cvvdp==0.5.7 scikit-image==0.25.2
    python3 scripts/golden/authors.py ./ws-psnr > pkg/envmap/testdata/authors.json

ws-psnr is that of Sun, Lu and Yu, cvvdp's PU that of Mantiuk's group, who wrote
PU21. None of their code is here. The maps are those of envmap.py, of which the
green channel is taken for grey; for WS-PSNR, which takes video, it is rounded
to bytes.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
import torch
from pycvvdp.utils import PU
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from envmap import H, W, latitude_weights, maps  # noqa: E402


def ws_psnr(program, a, b):
    """Of two pictures of bytes, as one frame of grey YUV 4:2:0 each."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, picture in (("a", a), ("b", b)):
            path = pathlib.Path(folder) / f"{name}.yuv"
            path.write_bytes(picture.tobytes() + bytes([128]) * (W * H // 2))
            paths.append(str(path))
        command = [program, "-w", str(W), "-h", str(H), "-n", "1", "-o", paths[0], "-r", paths[1]]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(re.search(r"W-PSNR_Y = ([0-9.]+)", said)[1])


def panorama_ssim(a, b, peak):
    """scikit-image's index on maps with a margin that wraps, cut off after."""
    pad = 12

    def padded(m):
        over = np.roll(m, W // 2, axis=1)
        tall = np.concatenate([over[:pad][::-1], m, over[-pad:][::-1]])
        return np.concatenate([tall[:, -pad:], tall, tall[:, :pad]], axis=1)

    settings = dict(data_range=peak, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, full=True)
    index = structural_similarity(padded(a), padded(b), **settings)[1]
    return index[pad:-pad, pad:-pad]


def main():
    grey = [m[..., 1] for m in maps()]
    low = [np.floor(255 * np.minimum(1, m.astype(np.float64)) + 0.5).astype(np.uint8) for m in grey]
    pu = PU()

    def code(nits):
        return pu.encode(torch.as_tensor(np.asarray(nits, np.float64))).numpy()

    coded = [code(100 * m.astype(np.float64)) for m in grey]
    nits = [0.005, 0.01, 0.1, 1, 10, 100, 1000, 10000]
    weights = latitude_weights()
    ssim = panorama_ssim(low[0] / 255.0, low[1] / 255.0, 1)
    json.dump({
        "ws_psnr": ws_psnr(sys.argv[1], *low),
        "pu21": {"nits": nits, "code": code(nits).tolist()},
        "pu21_psnr": float(peak_signal_noise_ratio(coded[0], coded[1], data_range=256)),
        "pu21_ssim": float(panorama_ssim(coded[0], coded[1], 256).mean()),
        "ws_ssim": float((weights * ssim).sum() / weights.sum()),
    }, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
