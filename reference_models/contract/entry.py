"""The entry point of an image: `entry.py PROGRAM train|serve` runs the user's code, or the image's own algorithm.

Both folders, this one and PROGRAM, are packages: what the user's modules are called can never hide ours.
"""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType


def train() -> int:
    """Status 0, or another one and a failure file that says why."""
    from contract.layout import Layout

    layout = Layout.from_environment()
    hyperparameters = layout.read_configuration("hyperparameters")
    if "sagemaker_program" in hyperparameters or "SAGEMAKER_PROGRAM" in os.environ:
        from contract import script_mode

        return script_mode.run(layout)
    algorithm = own("training")
    if algorithm is None:
        layout.write_failure("This image trains only with a script of yours: sagemaker_program is missing")
        return 1
    try:
        algorithm.train(layout, hyperparameters)
    except Exception as failure:
        # AWS's words for what an algorithm raises; of the trace only its end, for 1,024 characters are all that shows.
        trace = traceback.format_exc(limit=-1)
        layout.write_failure(f"framework error: \n{trace}\n{failure}")
        traceback.print_exc()
        return 1
    return 0


def serve() -> int:
    """Serves with the user's code if the model brings any, with the image's own algorithm otherwise."""
    from contract import user_module, web
    from contract.layout import Layout

    layout = Layout.from_environment()
    if user_module.bring(layout):
        web.serve(user_module.invoker(layout, own("inference")))
        return 0
    algorithm = own("serving")
    if algorithm is None:
        expected = "expected SAGEMAKER_PROGRAM or code/inference.py in the model"
        print(f"no inference code: {expected}", file=sys.stderr)
        return 1
    web.serve(algorithm.invoker(layout))
    return 0


def own(name: str) -> ModuleType | None:
    """A module of the image's own program; None where the image has none of that name."""
    return import_module(f"program.{name}") if find_spec(f"program.{name}") else None


def main(arguments: list[str]) -> int:
    """Does what the last argument says."""
    program, *rest = arguments
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    if Path(program).resolve().parent != Path(sys.path[0]):
        sys.path.insert(1, str(Path(program).resolve().parent))
    actions = {"train": train, "serve": serve}
    if len(rest) != 1 or rest[0] not in actions:
        print(f"expected one of {sorted(actions)}, got {rest}", file=sys.stderr)
        return 2
    return actions[rest[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
