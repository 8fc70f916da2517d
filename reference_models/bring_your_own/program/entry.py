"""What SageMaker's one argument means in this image: `train` fits a line, `serve` predicts with it."""

from __future__ import annotations

import sys

import serve
import train

if __name__ == "__main__":
    actions = {"train": train.main, "serve": serve.main}
    if sys.argv[1:2] == [] or sys.argv[1] not in actions:
        sys.exit(f"expected train or serve, got {sys.argv[1:]}")
    sys.exit(actions[sys.argv[1]]())
