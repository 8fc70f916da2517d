"""The copies of a job that `matrix` or `parallel` asks for.

Source: Learn "jobs.job.strategy" and a recorded run (names, `System.JobName`), `shared/reference/azure-devops.md` 4.1;
positions, slices and their names as `ParallelExecutionOptions` of actions/runner (2019, MIT) has them.
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
    """One copy. `key` is the configuration (`System.JobName`), for `parallel` `Job` and its position, "" for one alone.

    `display_name` is the job's name or display name with the configuration or position after it; `variables` are the
    copy's own.
    """

    key: str
    display_name: str
    variables: Mapping[str, str]


def job_copies(job: Job, matrix_json: str = "") -> tuple[JobCopy, ...]:
    """All copies, at least one. `matrix_json` is what the job's matrix expression came to. Raises MatrixInvalid."""
    shown = job.display_name or job.name
    if isinstance(job.strategy, Parallel) and job.strategy.count > 1:
        total = job.strategy.count
        return tuple(
            JobCopy(f"Job{number}", f"{shown} {number}", _place("MultiMachine", number, total))
            for number in range(1, total + 1)
        )
    legs = _legs(job.strategy, matrix_json) if isinstance(job.strategy, Matrix) else ()
    if not legs:
        return (JobCopy("", shown, {}),)
    return tuple(
        JobCopy(key, f"{shown} {key}", {**variables, **_place("MultiConfiguration", number, len(legs))})
        for number, (key, variables) in enumerate(legs, 1)
    )


def _place(kind: str, number: int, total: int) -> dict[str, str]:
    """What a copy knows of itself among the others."""
    return {
        "System.JobPositionInPhase": str(number),
        "System.TotalJobsInPhase": str(total),
        "System.ParallelExecutionType": kind,
    }


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
