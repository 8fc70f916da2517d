"""Starts a program of `aws/`, which imports what is beside it and what all tasks' programs share, here.

An environment variable would say the same, but the task's own programs would get it too.
"""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(sys.argv[1]).parent))
    runpy.run_path(sys.argv[1], run_name="__main__")
