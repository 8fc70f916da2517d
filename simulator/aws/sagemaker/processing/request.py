"""What a processing job may ask for: AWS's refusals first, then ours by name; pure.

Source: API reference, ProcessingInput, ProcessingS3Input, ProcessingOutput; aws/sagemaker-python-sdk issues 4939 and
1950 (local paths are unique among inputs, and none is an output's too). AWS's words for these are not published:
the texts are ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from simulator.aws.sagemaker import storage
from simulator.kernel.errors import CallerError, NotSimulated

LOCAL = "/opt/ml/processing/"
_ENGINES = {"AthenaDatasetDefinition": "Athena", "RedshiftDatasetDefinition": "Redshift"}


def check(params: Mapping[str, Any]) -> None:
    """Raises CallerError for what AWS refuses, NotSimulated for what is not here."""
    inputs = params.get("ProcessingInputs", [])
    outputs = params.get("ProcessingOutputConfig", {}).get("Outputs", [])
    _unique("input name", (each["InputName"] for each in inputs))
    _unique("output name", (each["OutputName"] for each in outputs))
    for each in inputs:
        _check_input(each)
    for each in outputs:
        _check_output(each)
    places = [local_path(each) for each in inputs if not each.get("AppManaged")]
    _unique("LocalPath of an input", places)
    for each in outputs:
        if not each.get("AppManaged") and local_path(each) in places:
            raise _invalid(f"Output {each['OutputName']} has the LocalPath of an input: {local_path(each)}")


def local_path(each: Mapping[str, Any]) -> str:
    """The LocalPath of an input or an output, without a last slash; empty where there is none."""
    found = each.get("S3Input") or each.get("S3Output") or each.get("DatasetDefinition") or {}
    return str(found.get("LocalPath", "")).rstrip("/")


def _check_input(each: Mapping[str, Any]) -> None:
    name, source = each["InputName"], each.get("S3Input")
    if (source is None) == ("DatasetDefinition" not in each):
        raise _invalid(f"Input {name} must have exactly one of S3Input and DatasetDefinition.")
    if source is None:
        _check_dataset(each)
        return
    storage.split(source["S3Uri"])
    if each.get("AppManaged"):
        return
    _check_path(source.get("LocalPath", ""))
    mode = source.get("S3InputMode", "File")
    if source.get("S3CompressionType", "None") == "Gzip" and mode != "Pipe":
        raise _invalid(f"S3CompressionType Gzip of input {name} needs S3InputMode Pipe.")
    if mode == "Pipe":
        raise NotSimulated(
            f"S3InputMode Pipe of input {name}", "Use File; AWS publishes no name of the pipe."
        )


def _check_dataset(each: Mapping[str, Any]) -> None:
    engines = [member for member in _ENGINES if member in each["DatasetDefinition"]]
    if len(engines) != 1:
        raise _invalid(
            f"The DatasetDefinition of input {each['InputName']} must have exactly one of {', '.join(_ENGINES)}."
        )


def unanswered(params: Mapping[str, Any]) -> str:
    """Why the platform cannot bring a dataset that it should query, empty where it need not: the job fails of it.

    With AppManaged the program does its queries itself.
    """
    for each in params.get("ProcessingInputs", []):
        for member, engine in _ENGINES.items():
            if member in each.get("DatasetDefinition", {}) and not each.get("AppManaged"):
                name = each["InputName"]
                return f"{engine} of the DatasetDefinition (input {name}) is not simulated. Use an S3Input."
    return ""


def _check_output(each: Mapping[str, Any]) -> None:
    name, managed = each["OutputName"], each.get("AppManaged")
    if ("S3Output" in each) == ("FeatureStoreOutput" in each):
        raise _invalid(f"Output {name} must have exactly one of S3Output and FeatureStoreOutput.")
    if "FeatureStoreOutput" in each:
        if not managed:
            raise _invalid(f"The FeatureStoreOutput of output {name} is only supported with AppManaged.")
        return
    storage.split(each["S3Output"]["S3Uri"])
    if not managed:
        _check_path(each["S3Output"].get("LocalPath", ""))


def _check_path(path: str) -> None:
    if not f"{path}/".startswith(LOCAL) or ".." in path.split("/"):
        raise _invalid(f"LocalPath {path} is not valid: it must start with {LOCAL}")


def _unique(what: str, names: Iterable[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise _invalid(f"Duplicate {what}: {name}")


def _invalid(text: str) -> CallerError:
    return CallerError("ValidationException", text)
