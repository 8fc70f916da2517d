"""The container's entry point: trains or serves the algorithm that SAGEMAKER_BUILT_IN_ALGORITHM names."""

from __future__ import annotations

import sys
import traceback

import algorithms
from layout import Layout


def main(arguments: list[str]) -> int:
    """Does what the one argument says; 1 with a failure file where training cannot."""
    layout = Layout.from_environment()
    if arguments == ["serve"]:
        import serving
        import web

        web.serve(serving.invoker(layout))
        return 0
    if arguments != ["train"]:
        print(f"expected train or serve, got {arguments}", file=sys.stderr)
        return 2
    try:
        import training

        training.run(layout)
    except algorithms.CustomerError as failure:
        layout.write_failure(f"Customer Error: {failure}")
        print(f"Customer Error: {failure}", file=sys.stderr, flush=True)
        return 2
    except Exception as failure:
        layout.write_failure(f"{type(failure).__name__}: {failure}")
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
