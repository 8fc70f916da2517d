"""QualityCheck and ClarifyCheck steps: a job that calculates a baseline and compares with the one before.

Source: SageMaker developer guide, "QualityCheck step", "ClarifyCheck step"; the text of a failed check is that of the
SDK's own integration tests. The baseline before is supplied, or that of the newest approved version in the group.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker import storage
from simulator.aws.sagemaker.pipelines.steps import baselines
from simulator.aws.sagemaker.pipelines.steps.jobs import PROCESSING, run_job
from simulator.aws.sagemaker.pipelines.steps.refused import refusal
from simulator.aws.sagemaker.pipelines.steps.step import Attempt, Done, StepFailed, invoke
from simulator.kernel.errors import CallerError

_FOLDERS = {"Statistics": "stats", "Constraints": "constraints"}
_FILES = {
    "QualityCheck": {"Statistics": "statistics.json", "Constraints": "constraints.json"},
    "ClarifyCheck": {"Constraints": "analysis.json"},
}
_BASELINE = "/opt/ml/processing/baseline"


async def check(attempt: Attempt) -> Done:
    """Run the job, read what it says is violated, and say which baseline counts from now on."""
    kind = str(attempt.resolved["CheckType"])
    if kind == "MODEL_EXPLAINABILITY":
        raise refusal(attempt, f"CheckType MODEL_EXPLAINABILITY (step {attempt.step.name})")
    flags = baselines.flags_of(attempt.resolved)
    before = baselines.supplied(attempt.resolved) or await _approved(attempt, kind)
    compared: Mapping[str, str] = baselines.NOTHING if flags.skip else before
    if not flags.skip and "Constraints" not in before:
        raise StepFailed(
            "ClientError: No baseline to check against: none is supplied and no approved model package has one."
            " Set SkipCheck to run without a check."
        )
    request = _with_baseline(await _with_model(attempt), compared)
    job = await run_job(attempt, PROCESSING, request)
    output = str(request["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"])
    calculated = {name: storage.join(output, file) for name, file in _FILES[attempt.step.type].items()}
    report = (
        await _violations(attempt, storage.join(output, "constraint_violations.json")) if compared else ""
    )
    properties = _properties(calculated, baselines.used(flags, before, calculated))
    shown = {
        "CheckType": kind,
        **properties,
        **({"ViolationReport": report} if report else {}),
        **({"ModelPackageGroupName": attempt.resolved["ModelPackageGroupName"]} if _group(attempt) else {}),
        "CheckJobArn": job.metadata["ProcessingJob"]["Arn"],
        "SkipCheck": flags.skip,
        "RegisterNewBaseline": flags.register,
    }
    metadata = {attempt.step.type: shown}
    if report and flags.fail:
        attempt.executing(metadata)
        what = attempt.step.type.removesuffix("Check")
        raise StepFailed(f"ClientError: {what} check failed. See violation report {report}")
    return Done(properties, metadata)


def _properties(calculated: Mapping[str, str], used: Mapping[str, str]) -> dict[str, str]:
    return {
        **{f"CalculatedBaseline{name}": uri for name, uri in calculated.items()},
        **{f"BaselineUsedForDriftCheck{name}": uri for name, uri in used.items() if name in calculated},
    }


def _group(attempt: Attempt) -> str:
    return str(attempt.resolved.get("ModelPackageGroupName") or "")


async def _approved(attempt: Attempt, kind: str) -> dict[str, str]:
    """The baseline of the newest approved version of the group; empty where there is none."""
    if not _group(attempt):
        return {}
    params = {"ModelPackageGroupName": _group(attempt), "ModelApprovalStatus": "Approved", "MaxResults": 1}
    params |= {"SortBy": "CreationTime", "SortOrder": "Descending"}
    try:
        found = await attempt.actor.call("sagemaker", "ListModelPackages", params)
    except CallerError as error:
        if "does not exist" in error.message:
            return {}
        raise StepFailed(f"ClientError: {error.message}") from error
    for summary in found["ModelPackageSummaryList"]:
        name = {"ModelPackageName": summary["ModelPackageArn"]}
        return baselines.registered(kind, await invoke(attempt.actor, "DescribeModelPackage", name))
    return {}


def _with_baseline(request: dict[str, Any], baseline: Mapping[str, str]) -> dict[str, Any]:
    """The job's request with the baseline as inputs, and the variables that name them."""
    request = {**request, "ProcessingInputs": list(request.get("ProcessingInputs", ()))}
    environment = dict(request.get("Environment", {}))
    for name, uri in baseline.items():
        folder = f"{_BASELINE}/{_FOLDERS[name]}"
        source = {"S3Uri": uri, "LocalPath": folder, "S3DataType": "S3Prefix", "S3InputMode": "File"}
        given = {"InputName": f"baseline_{name.lower()}", "S3Input": source}
        request["ProcessingInputs"].append(given)
        environment[f"baseline_{name.lower()}"] = f"{folder}/{uri.rsplit('/', 1)[-1]}"
    return {**request, "Environment": environment} if environment else request


async def _with_model(attempt: Attempt) -> dict[str, Any]:
    """The job's request; a model's bias is measured on the model that the step names, told in its configuration."""
    request = attempt.arguments
    if not attempt.resolved.get("ModelName"):
        return request
    output = str(request["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"])
    inputs = [dict(each) for each in request.get("ProcessingInputs", ())]
    for each in inputs:
        if each["InputName"] == "analysis_config":
            uri = each["S3Input"]["S3Uri"]
            told = json.loads(await storage.get(attempt.actor, uri))
            told.setdefault("predictor", {})["model_name"] = str(attempt.resolved["ModelName"])
            copy = storage.join(output, "analysis_config.json")
            await storage.put(attempt.actor, copy, json.dumps(told).encode())
            each["S3Input"] = {**each["S3Input"], "S3Uri": copy}
    return {**request, "ProcessingInputs": inputs}


async def _violations(attempt: Attempt, uri: str) -> str:
    """The URI of the report where it has violations, else empty."""
    try:
        found = json.loads(await storage.get(attempt.actor, uri))
    except CallerError as error:
        raise StepFailed(
            f"ClientError: Unable to read the violation report {uri}: {error.message}"
        ) from error
    return uri if found.get("violations") else ""
