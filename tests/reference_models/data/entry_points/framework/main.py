"""A script of a FrameworkProcessor: a neighbour of its folder, a package of its requirements.txt, its arguments."""

import pathlib
import sys
from importlib import import_module  # a check of this project would look for what only a job has

greeting = import_module("neighbour").greeting
NAME = import_module("rings_of_the_team").NAME

if __name__ == "__main__":
    output = pathlib.Path("/opt/ml/processing/output")
    output.mkdir(parents=True, exist_ok=True)
    (output / "said.txt").write_text(f"{greeting()} {NAME} {' '.join(sys.argv[1:])}")
