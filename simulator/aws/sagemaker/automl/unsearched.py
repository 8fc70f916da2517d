"""AutoML jobs on what is no table (images, texts, time series): kept in their first state, for nothing searches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call
from simulator.aws.sagemaker import resources, storage
from simulator.aws.sagemaker.automl.request import invalid
from simulator.aws.sagemaker.jobs import assume
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.tuning import AUTO_ML_JOB

_OPERATION = "CreateAutoMLJobV2"
_MEMBERS = (
    "AutoMLJobInputDataConfig", "OutputDataConfig", "RoleArn", "AutoMLJobObjective", "AutoMLProblemTypeConfig",
    "ModelDeployConfig", "DataSplitConfig", "SecurityConfig", "AutoMLComputeConfig",
)  # fmt: skip


def problem(params: Mapping[str, Any]) -> str:
    """The type of problem of a request of the second version, `Tabular`, `TextClassification`, ...

    Raises ValidationException where there is not exactly one (AWS's words are not published: the text is ours).
    """
    kinds = [name for name, value in params["AutoMLProblemTypeConfig"].items() if value is not None]
    if len(kinds) != 1:
        raise invalid("AutoMLProblemTypeConfig must have exactly one member.")
    return str(kinds[0]).removesuffix("JobConfig")


def keep(call: Call) -> Answer:
    """Keep the job in its first state, in which it stays until it is stopped, and say so in the ledger."""
    params = dict(call.params)
    storage.split(params["OutputDataConfig"]["S3OutputPath"])
    assume(call.cloud, params["RoleArn"])
    tags, name = params.pop("Tags", ()), params.pop("AutoMLJobName")
    kept = {"AutoMLJobSecondaryStatus": "Starting", "_version": 2, "_request": params, "_unsearched": True}
    row = resources.insert(call.kernel, AUTO_ML_JOB, call.key(name), kept, tags)
    what = f"{_OPERATION}: {problem(params)} is kept; nothing searches, the job stays InProgress until it is stopped"
    call.kernel.log.record("AcceptedNotSimulated", what, {})
    return {"AutoMLJobArn": row["AutoMLJobArn"]}


def described(call: Call, row: Row) -> Answer:
    """Such a job as DescribeAutoMLJobV2 has it."""
    request = row["_request"]
    given = {member: request[member] for member in _MEMBERS if member in request}
    return {**resources.visible(call, row), **given, "AutoMLProblemTypeConfigName": problem(request)}
