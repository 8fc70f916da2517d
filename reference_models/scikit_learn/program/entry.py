"""The container's entry point: `train` runs the user's script, `serve` serves with the user's functions."""

from __future__ import annotations

import os
import sys
import traceback

import script_mode
import user_module
import web
from layout import Layout


def train(layout: Layout) -> int:
    """Status 0, or the script's own with a failure file that says why."""
    hyperparameters = layout.read_configuration("hyperparameters")
    if "sagemaker_program" not in hyperparameters and "SAGEMAKER_PROGRAM" not in os.environ:
        layout.write_failure("This image trains only with a script of yours: sagemaker_program is missing")
        return 1
    try:
        script_mode.run(layout, hyperparameters)
    except script_mode.ScriptFailed as failure:
        layout.write_failure(str(failure))
        return failure.code if 0 < failure.code < 256 else 1
    except Exception as failure:
        layout.write_failure(f"{type(failure).__name__}: {failure}\n{traceback.format_exc()}")
        traceback.print_exc()
        return 1
    return 0


def serve(layout: Layout) -> int:
    """Serves until it is told to stop; status 1 when the model brings no code to serve it with."""
    path = user_module.find(layout)
    if path is None:
        print(
            "no inference code: expected SAGEMAKER_PROGRAM or code/inference.py in the model", file=sys.stderr
        )
        return 1
    web.serve(user_module.invoker(user_module.load(path), layout))
    return 0


def main(arguments: list[str]) -> int:
    """Does what the one argument says."""
    actions = {"train": train, "serve": serve}
    if len(arguments) != 1 or arguments[0] not in actions:
        print(f"expected one of {sorted(actions)}, got {arguments}", file=sys.stderr)
        return 2
    return actions[arguments[0]](Layout.from_environment())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
