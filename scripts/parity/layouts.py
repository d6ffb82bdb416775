"""Makes pkg/torch/torchfile/testdata and pkg/nn/checkpoint/testdata: the same
tensors in every layout that PyTorch writes, and as safetensors to hold them
against; and pickles that want something else than tensors.

    $(scripts/python.sh parity) scripts/parity/layouts.py
"""

import collections
import io
import json
import os
import pathlib
import pickle
import zipfile

import torch
from safetensors.torch import save_file
from torch import nn

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "pkg/torch/torchfile/testdata"
SHARDS = ROOT / "pkg/nn/checkpoint/testdata/shards"

torch.manual_seed(3)
base = torch.arange(24, dtype=torch.float32).reshape(4, 6) / 8 - 1


def tensors():
    shared = torch.linspace(-1, 1, 12)
    return collections.OrderedDict(
        {
            "f32": base.clone(),
            "f16": base.half(),
            "bf16": base.bfloat16(),
            "f64": base.double() / 3,
            "i64": torch.arange(5) * 2**40,
            "i32": torch.arange(5, dtype=torch.int32) - 2,
            "u8": torch.arange(250, 256, dtype=torch.uint8),
            "bool": base[0] > -0.5,
            "scalar": torch.tensor(2.5),
            "empty": torch.zeros(0, 4),
            "turned": base.clone().T,
            "stepped": torch.arange(30.0)[3::4],
            "shared.first": shared[:6],
            "shared.second": shared[4:].reshape(2, 4),
            "tied": shared,
            "parameter": nn.Parameter(torch.randn(3, 2)),
        }
    )


class Part(nn.Module):
    """A module with whatever is put into it, for TorchScript."""

    def forward(self):
        return 0


def module(named):
    top = Part()
    for name, x in named.items():
        *path, last = name.split(".")
        m = top
        for step in path:
            if step not in dict(m.named_children()):
                m.add_module(step, Part())
            m = dict(m.named_children())[step]
        if isinstance(x, nn.Parameter):
            m.register_parameter(last, nn.Parameter(x.detach().clone(), requires_grad=False))
        else:
            m.register_buffer(last, x)
    return top


class Evil:
    def __reduce__(self):
        return os.system, ("touch /tmp/toolkit-was-run",)


def evil(protocol=2):
    """A zip of torch.save whose pickle calls os.system."""
    out = io.BytesIO()
    torch.save({"w": base, "x": Evil()}, out, pickle_protocol=protocol)
    return out.getvalue()


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    SHARDS.mkdir(parents=True, exist_ok=True)
    t = tensors()
    plain = {k: v.detach().contiguous().clone() for k, v in t.items()}
    save_file(plain, OUT / "want.safetensors")
    torch.save(t, OUT / "zip.bin")
    torch.save({"epoch": 3, "name": "x", "state_dict": {"module." + k: v for k, v in t.items()}, "optimizer": {"state": {0: {"step": 1}}, "lr": 0.1}}, OUT / "checkpoint.pt", pickle_protocol=4)
    torch.save(t, OUT / "legacy.bin", _use_new_zipfile_serialization=False)
    # TorchScript writes no tensor without elements' storage apart, and keeps the others as they are.
    torch.jit.save(torch.jit.script(module(t).eval()), OUT / "script.pt")

    names = list(plain)
    halves = {"pytorch_model-00001-of-00002.bin": names[::2], "pytorch_model-00002-of-00002.bin": names[1::2]}
    for file, part in halves.items():
        torch.save({k: plain[k] for k in part}, SHARDS / file)
    weight_map = {k: file for file, part in halves.items() for k in part}
    (SHARDS / "pytorch_model.bin.index.json").write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": weight_map}, indent=1) + "\n")

    (OUT / "system.pt").write_bytes(evil())
    (OUT / "system4.pt").write_bytes(evil(4))
    (OUT / "system.pkl").write_bytes(pickle.dumps(Evil(), 2))
    torch.save({"w": base, "x": Evil()}, OUT / "system_legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(nn.Linear(2, 2), OUT / "module.pt")
    with zipfile.ZipFile(OUT / "zip.bin") as old, zipfile.ZipFile(OUT / "compressed.bin", "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))


main()
