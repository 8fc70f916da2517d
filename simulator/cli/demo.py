"""`simulator demo`: hands over to the harness's demonstration, a program of its own."""

from __future__ import annotations

import argparse
import os
import sys


def demo(options: argparse.Namespace) -> int:
    """Become the demonstration."""
    command = [
        sys.executable,
        "-m",
        "simulator.harness.demo",
        "--engine",
        options.engine,
        "--out",
        str(options.out),
    ]
    os.execv(sys.executable, command + (["--keep"] if options.keep else []))
