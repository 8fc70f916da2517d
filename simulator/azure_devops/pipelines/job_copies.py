"""The copies of a job that `matrix` or `parallel` asks for.

Source: Learn "jobs.job.strategy" and a recorded run (names, `System.JobName`); `shared/reference/azure-devops.md` 4.1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from simulator.azure_devops.language.plan import Job, Matrix, Parallel


class MatrixInvalid(ValueError):
    """What a matrix expression came to is no matrix."""


@dataclass(frozen=True)
class JobCopy:
    """One copy. `key` is the configuration (`System.JobName`), for `parallel` its position, "" without a strategy.

    `display_name` is the job's name or display name with the key after it; `variables` are the copy's own.
    """

    key: str
    display_name: str
    variables: Mapping[str, str]


def job_copies(job: Job, matrix_json: str = "") -> tuple[JobCopy, ...]:
    """All copies, at least one. `matrix_json` is what the job's matrix expression came to. Raises MatrixInvalid."""
    shown = job.display_name or job.name
    if isinstance(job.strategy, Parallel):
        total = max(1, job.strategy.count)
        return tuple(
            JobCopy(
                str(position),
                f"{shown} {position}",
                {"System.JobPositionInPhase": str(position), "System.TotalJobsInPhase": str(total)},
            )
            for position in range(1, total + 1)
        )
    legs = _legs(job.strategy, matrix_json) if isinstance(job.strategy, Matrix) else ()
    if not legs:
        return (JobCopy("", shown, {}),)
    return tuple(JobCopy(key, f"{shown} {key}", variables) for key, variables in legs)


def _legs(matrix: Matrix, matrix_json: str) -> tuple[tuple[str, Mapping[str, str]], ...]:
    if not matrix.expression:
        return matrix.legs
    try:
        found = json.loads(matrix_json or "{}")
    except json.JSONDecodeError as failure:
        raise MatrixInvalid(f"The matrix expression did not give JSON: {failure}") from failure
    if not isinstance(found, dict) or not all(isinstance(leg, dict) for leg in found.values()):
        raise MatrixInvalid("The matrix expression must give an object of objects")
    return tuple((key, {name: _text(value) for name, value in leg.items()}) for key, leg in found.items())


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
