"""Which operations of the SageMaker services behave, remember or refuse, as the page docs/coverage.md.

`python -m simulator.aws.coverage > docs/coverage.md` writes it; a test holds that it is current.
"""

from __future__ import annotations

import sys
from collections import Counter

from simulator.aws import behaviours
from simulator.aws.behaviour import find, refusal, remembers
from simulator.aws.protocol.models import service_model

SERVICES = ("sagemaker", "sagemaker-runtime", "sagemaker-featurestore-runtime", "sagemaker-metrics")
STATES = ("behaves", "remembers", "refuses")
_HEAD = """# Coverage of SageMaker

Written by `python -m simulator.aws.coverage > docs/coverage.md` from the program's tables and the operations of
the installed botocore; a test holds that it is current.

- **behaves**: does what it says: work runs, states follow from it; or it reads what does.
- **remembers**: validates, keeps, lists and gives back; never changes state by itself, says `x-simulator: remembers` in
  its answer and stands in the reality ledger.
- **refuses**: is not there, and says so by name in AWS's error envelope.
"""


def state(service: str, operation: str) -> str:
    """One of STATES."""
    behaviours.load(service)
    if find(service, operation) is None:
        return "refuses"
    return "remembers" if remembers(service, operation) else "behaves"


def operations(service: str) -> list[str]:
    """Every operation of the installed model, sorted."""
    return sorted(service_model(service).operation_names)


def page() -> str:
    """The page."""
    parts = [
        _HEAD,
        "| Service | Operations | " + " | ".join(STATES) + " |",
        "|---|---|" + "---|" * len(STATES),
    ]
    for service in SERVICES:
        counted = Counter(state(service, name) for name in operations(service))
        numbers = " | ".join(str(counted[each]) for each in STATES)
        parts.append(f"| {service} | {counted.total()} | {numbers} |")
    for service in SERVICES:
        parts += ["", f"## {service}", "", "| Operation | | |", "|---|---|---|"]
        parts += [_line(service, name) for name in operations(service)]
    return "\n".join(parts) + "\n"


def _line(service: str, operation: str) -> str:
    told = state(service, operation)
    return f"| {operation} | {told} | {refusal(service, operation) if told == 'refuses' else ''} |"


if __name__ == "__main__":
    sys.stdout.write(page())
