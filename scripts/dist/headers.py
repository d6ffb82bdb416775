"""Prints the notices that stand in libtorch's own headers: headers.py INCLUDE

PyTorch's LICENSE lists the projects in its third_party. What was copied into its
own files, such as Faddeeva's erfcx or Google's 128-bit integers, has its notice as
a comment there and nowhere else. Each comment is printed once, below the first
file that has it.
"""
import pathlib
import re
import sys

include = pathlib.Path(sys.argv[1])
comment = re.compile(r"/\*.*?\*/|(?:^[ \t]*//[^\n]*\n)+", re.S | re.M)

seen = set()
for path in sorted(path for folder in ("ATen", "c10", "caffe2", "torch") for path in (include / folder).rglob("*.h*")):
    for block in comment.findall(path.read_text(errors="replace")):
        if not re.search(r"copyright|licen[sc]e", block, re.I):
            continue
        lines = [re.sub(r"^[ \t]*(?://+|/\*+|\*+/?)?[ \t]?", "", line).rstrip(" \t*/") for line in block.splitlines()]
        text = "\n".join(lines).strip("\n")
        if text and text not in seen:
            seen.add(text)
            print(path.relative_to(include).as_posix(), text, "-" * 72, sep="\n\n")
