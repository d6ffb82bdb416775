"""Holds what a running TensorBoard serves of a run to the run's metrics.jsonl.

check.py RUN: every figure of every step must be there, once, to the precision
of the float32 that an event holds; and beside them how fast the steps went.
"""

import json
import math
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

PACE = "maps_per_second"  # in the events alone: metrics.jsonl is the same each time


def get(port, path, **query):
    url = f"http://127.0.0.1:{port}/data/{path}?{urllib.parse.urlencode(query)}"
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def served(port, figures, tries=60):
    """The tags that the server knows, once they are all those wanted."""
    for _ in range(tries):
        try:
            tags = get(port, "plugin/scalars/tags")
            if any(figures <= set(of_run) for of_run in tags.values()):
                return tags
        except OSError:
            pass
        time.sleep(1)
    sys.exit(f"tensorboard-check: after {tries} s the server knows not all of {sorted(figures)}")


def main(run):
    rows = [json.loads(line) for line in (Path(run) / "metrics.jsonl").read_text().splitlines()]
    want = {}
    for row in rows:
        for name, value in row["figures"].items():
            want.setdefault(name, {})[row["step"]] = value
    port = free_port()
    board = [sys.executable, "-m", "tensorboard.main", "--logdir", run, "--port", str(port), "--host", "127.0.0.1"]
    server = subprocess.Popen(board, stderr=subprocess.DEVNULL)
    try:
        tags = served(port, {*want, PACE})
        (name,) = tags
        if set(tags[name]) != {*want, PACE}:
            sys.exit(f"tensorboard-check: got the figures {sorted(tags[name])}, want {sorted({*want, PACE})}")
        pace = [(step, value) for _, step, value in get(port, "plugin/scalars/scalars", run=name, tag=PACE)]
        if [step for step, _ in pace] != [row["step"] for row in rows] or not all(0 < value < 1e9 for _, value in pace):
            sys.exit(f"tensorboard-check: {PACE}: got {pace}, want a speed at each of {[row['step'] for row in rows]}")
        compared = 0
        for tag, steps in want.items():
            got = get(port, "plugin/scalars/scalars", run=name, tag=tag)
            if [step for _, step, _ in got] != sorted(steps):
                sys.exit(f"tensorboard-check: {tag}: got the steps {[step for _, step, _ in got]}, want {sorted(steps)}")
            for when, step, value in got:
                if not math.isclose(value, steps[step], rel_tol=1e-6, abs_tol=1e-30):
                    sys.exit(f"tensorboard-check: {tag} of step {step}: got {value}, want {steps[step]}")
                if not 0 <= time.time() - when < 3600:
                    sys.exit(f"tensorboard-check: {tag} of step {step}: got the time {when}, want that of the run")
                compared += 1
        print(f"tensorboard reads {len(want)} figures of {len(rows)} steps as they are: {compared} values")
    finally:
        server.terminate()
        server.wait()


main(sys.argv[1])
