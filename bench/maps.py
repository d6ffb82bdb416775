"""Files of environment maps and their resizing, by OpenCV and OpenEXR; see maps.go."""
import os

os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"  # OpenCV asks when it is imported

import glob
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy
import OpenEXR

CV_COMPRESSION = {"zip": cv2.IMWRITE_EXR_COMPRESSION_ZIP, "dwab": cv2.IMWRITE_EXR_COMPRESSION_DWAB}
EXR_COMPRESSION = {"zip": OpenEXR.ZIP_COMPRESSION, "dwab": OpenEXR.DWAB_COMPRESSION}


def mean_of(image):
    """The mean radiance over the sphere; a row of texels is as large as the sine of its polar angle."""
    h = image.shape[0]
    rows = image.mean(axis=(1, 2), dtype=numpy.float64)
    return float(numpy.average(rows, weights=numpy.sin(numpy.pi * (numpy.arange(h) + 0.5) / h)))


def cv_read(path):
    image = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    if image is None:
        raise OSError(f"OpenCV cannot read {path}")
    return image


def exr_read(path):
    with OpenEXR.File(path) as f:
        return f.channels()["RGB"].pixels.astype(numpy.float32)


def cv_write(path, image, compression):
    options = []
    if compression:
        options = [cv2.IMWRITE_EXR_TYPE, cv2.IMWRITE_EXR_TYPE_HALF, cv2.IMWRITE_EXR_COMPRESSION, CV_COMPRESSION[compression]]
    if not cv2.imwrite(path, image, options):
        raise OSError(f"OpenCV cannot write {path}")


def exr_write(path, image, compression):
    header = {"compression": EXR_COMPRESSION[compression], "type": OpenEXR.scanlineimage}
    with OpenEXR.File(header, {"RGB": image.astype(numpy.float16)}) as f:
        f.write(path)


def prepare_folder(spec):
    paths = sorted(glob.glob(os.path.join(spec["folder"], "*.exr")))
    pool = ThreadPoolExecutor(spec["threads"])
    made = []

    def read_one(path):
        image = numpy.maximum(cv_read(path), 0)  # DWAB leaves values below 0 beside suns
        return cv2.resize(image, (128, 64), interpolation=cv2.INTER_AREA)

    def read_all():
        made[:] = pool.map(read_one, paths)

    def step(steps):
        for _ in range(steps):
            read_all()

    return step, lambda: float(numpy.mean([mean_of(m) for m in made]))


def prepare(spec):
    cv2.setNumThreads(spec["threads"])
    if spec["kind"] == "folder":
        return prepare_folder(spec)
    read, write = (exr_read, exr_write) if spec["against"] == "OpenEXR" else (cv_read, cv_write)
    image = read(spec["file"])
    made = {"image": image}

    def decode():
        made["image"] = read(spec["file"])

    def encode():
        write(spec["out"], image, spec.get("compression"))

    def resize():
        made["image"] = cv2.resize(image, (512, 256), interpolation=cv2.INTER_AREA)

    once = {"decode": decode, "encode": encode, "resize": resize}[spec["kind"]]

    def step(steps):
        for _ in range(steps):
            once()

    def check():
        if spec["kind"] == "encode":
            made["image"] = read(spec["out"])
        return mean_of(made["image"])

    return step, check
