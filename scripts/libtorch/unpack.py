"""Unpacks the libraries and headers of wheels into a folder: unpack.py [--cuda] DEST WHEEL...

Python's own parts of torch are left out, and without --cuda its libraries for
CUDA, and CUDA's headers; what is there already is kept.
"""
import argparse
import pathlib
import shutil
import zipfile

parser = argparse.ArgumentParser()
parser.add_argument("--cuda", action="store_true")
parser.add_argument("dest", type=pathlib.Path)
parser.add_argument("wheels", nargs="+")
args = parser.parse_args()
dest = args.dest
wanted_torch = ("torch/include/", "torch/lib/", "torch/version.py")
cuda_libs = ("libtorch_cuda", "libc10_cuda", "libtorch_nvshmem", "libcaffe2_nvrtc")

for wheel in args.wheels:
    with zipfile.ZipFile(wheel) as z:
        for info in z.infolist():
            name = info.filename
            base = name.rsplit("/", 1)[-1]
            if name.startswith("torch/"):
                if not name.startswith(wanted_torch) or base.startswith("libtorch_python"):
                    continue
                if base.startswith(cuda_libs) and not args.cuda:
                    continue
            elif not (name.startswith("nvidia/") and (".so" in base or args.cuda and "/include/" in name)) and ".dist-info/licenses" not in name:
                continue
            if info.is_dir() or (dest / name).exists():
                continue
            (dest / name).parent.mkdir(parents=True, exist_ok=True)
            with z.open(info) as source, open(dest / (name + ".part"), "wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)
            (dest / (name + ".part")).rename(dest / name)
