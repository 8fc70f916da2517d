"""A script of a FrameworkProcessor: a neighbour of its folder, a package of its requirements.txt, its arguments."""

import pathlib
import sys

from neighbour import greeting
from rings_of_the_team import NAME

if __name__ == "__main__":
    output = pathlib.Path("/opt/ml/processing/output")
    output.mkdir(parents=True, exist_ok=True)
    (output / "said.txt").write_text(f"{greeting()} {NAME} {' '.join(sys.argv[1:])}")
