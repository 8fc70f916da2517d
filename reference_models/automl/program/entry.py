"""The container's entry point: analyze and report are processing jobs, train makes a candidate, serve serves it."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

# contract/ stands beside this folder in a container, one further up in a checkout.
sys.path.insert(
    1, str(next(each for each in Path(__file__).resolve().parents if (each / "contract").is_dir()))
)

from contract.layout import Layout
from tables import BadData


def analyze(layout: Layout) -> None:
    """Say what the table is and split it."""
    import analysis

    analysis.run(layout)


def train(layout: Layout) -> None:
    """Train and score one candidate."""
    import training

    training.run(layout)


def report(layout: Layout) -> None:
    """Measure the best candidate."""
    import report as reporting

    reporting.run(layout)


def serve(layout: Layout) -> None:
    """Answer until told to stop."""
    import serving
    from contract import web

    web.serve(serving.invoker(layout))


def main(arguments: list[str]) -> int:
    """Does what the one argument says; 1 with the reason where a job cannot."""
    actions = {"analyze": analyze, "train": train, "report": report, "serve": serve}
    if len(arguments) != 1 or arguments[0] not in actions:
        print(f"expected one of {sorted(actions)}, got {arguments}", file=sys.stderr)
        return 2
    layout = Layout.from_environment()
    try:
        actions[arguments[0]](layout)
    except BadData as failure:
        told(layout, str(failure))
        return 1
    except Exception as failure:
        told(layout, f"{type(failure).__name__}: {failure}")
        traceback.print_exc()
        return 1
    return 0


def told(layout: Layout, text: str) -> None:
    """The reason where training jobs leave it, and where processing jobs do."""
    layout.write_failure(text)
    (layout.output / "message").write_text(text[:1024])
    print(f"ERROR: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
