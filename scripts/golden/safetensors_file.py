"""Makes the file that the tests of pkg/torch/safetensors read, and must write
byte for byte.

    "$(scripts/python.sh)" scripts/golden/safetensors_file.py

Writes pkg/torch/safetensors/testdata/python.safetensors with the reference's
own writer. One metadata key only: the reference writes several in any order.
"""

import pathlib

import torch
from safetensors import safe_open, serialize_file

OUT = pathlib.Path(__file__).resolve().parents[2] / "pkg/torch/safetensors/testdata/python.safetensors"

ramp = torch.arange(6).reshape(2, 3) - 2
tensors = {
    "fc.weight": ramp.to(torch.float32) / 4,
    "fc.bias": ramp[0].to(torch.float32) * 1e-3,
    "half": ramp.to(torch.float16) / 4,
    "brain": ramp.to(torch.bfloat16) / 4,
    "double": ramp.to(torch.float64) / 3,
    "long": ramp.to(torch.int64) << 40,
    "int": ramp.to(torch.int32) << 20,
    "byte": (ramp + 250).to(torch.uint8),
    "mask": ramp > 0,
    "scalar": torch.tensor(2.5),
    "empty": torch.zeros(0, 4),
    'odd <"\\/&>\u2028 \x01\b\t\n\f\r\x1f\x7fé': torch.ones(1),
}

names = {torch.float32: "float32", torch.float16: "float16", torch.bfloat16: "bfloat16", torch.float64: "float64"}
names |= {torch.int64: "int64", torch.int32: "int32", torch.uint8: "uint8", torch.bool: "bool"}


def raw(t):
    return {
        "dtype": names[t.dtype],
        "shape": list(t.shape),
        "data": bytes(t.contiguous().flatten().view(torch.uint8).tolist()) if t.numel() else b"",
    }


OUT.parent.mkdir(parents=True, exist_ok=True)
serialize_file({k: raw(t) for k, t in tensors.items()}, str(OUT), metadata={"format": "pt <é>"})
with safe_open(OUT, framework="pt") as f:
    for k, t in tensors.items():
        assert torch.equal(f.get_tensor(k), t), k
print(OUT, OUT.stat().st_size, "bytes")
