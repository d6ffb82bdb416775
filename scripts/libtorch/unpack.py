"""Unpacks the libraries and headers of wheels into a folder: unpack.py DEST WHEEL...

Python's own parts of torch are left out; what is there already is kept.
"""
import pathlib
import shutil
import sys
import zipfile

dest = pathlib.Path(sys.argv[1])
cuda = "--cuda" in sys.argv
wanted_torch = ("torch/include/", "torch/lib/", "torch/version.py")
cuda_libs = ("libtorch_cuda", "libc10_cuda", "libtorch_nvshmem", "libcaffe2_nvrtc")

for wheel in (a for a in sys.argv[2:] if a != "--cuda"):
    with zipfile.ZipFile(wheel) as z:
        for info in z.infolist():
            name = info.filename
            base = name.rsplit("/", 1)[-1]
            if name.startswith("torch/"):
                if not name.startswith(wanted_torch) or base.startswith("libtorch_python"):
                    continue
                if base.startswith(cuda_libs) and not cuda:
                    continue
            elif not (name.startswith("nvidia/") and ".so" in base) and ".dist-info/licenses" not in name:
                continue
            if info.is_dir() or (dest / name).exists():
                continue
            (dest / name).parent.mkdir(parents=True, exist_ok=True)
            with z.open(info) as source, open(dest / (name + ".part"), "wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)
            (dest / (name + ".part")).rename(dest / name)
