"""`simulator demo`: hands over to the harness's demonstration, a program of its own."""

from __future__ import annotations

import argparse
import os
import sys

from simulator.runtime.images import prepare

IMAGES = ("agent", "model_monitor", "scikit_learn", "xgboost")
"""What the loop runs in."""


def demo(options: argparse.Namespace) -> int:
    """Make the images ready, which the first time takes the network, then become the demonstration."""
    if options.engine == "process":
        prepare(IMAGES, progress=lambda line: print(line, flush=True))
    command = [
        sys.executable,
        "-m",
        "simulator.harness.demo",
        "--engine",
        options.engine,
        "--out",
        str(options.out),
    ]
    for name in ("mutate", "without"):
        if value := getattr(options, name):
            command += [f"--{name}", value]
    os.execv(sys.executable, command + (["--keep"] if options.keep else []))
