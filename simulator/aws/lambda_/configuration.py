"""A function's configuration: what CreateFunction and UpdateFunctionConfiguration may say, checked and completed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from simulator.aws.behaviour import Call
from simulator.aws.lambda_ import layer_list, runtimes
from simulator.aws.lambda_.errors import invalid
from simulator.aws.lambda_.names import Named
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.world import Kernel

SERVICE = "lambda.amazonaws.com"
# Stored and returned, without effect here; the reality ledger lists them.
ACCEPTED = (
    "VpcConfig",
    "KMSKeyArn",
    "TracingConfig",
    "SnapStart",
    "EphemeralStorage",
    "CodeSigningConfigArn",
)
_REFUSED = (
    "ImageConfig", "FileSystemConfigs", "TenancyConfig", "CapacityProviderConfig", "DurableConfig", "RuntimeConfig",
    "AcceleratorConfig", "PublishTo",
)  # fmt: skip
_PLAIN = ("Runtime", "Role", "Handler", "Description", "Timeout", "MemorySize", "KMSKeyArn")
# Source: developer guide, "Defined runtime environment variables": the reserved ones.
_RESERVED = frozenset(
    {"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
     "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
     "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
     "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API",
     "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"}
)  # fmt: skip
_LONGEST_SECONDS, _MOST_MEGABYTES = 900, 10240
_VARIABLES_BYTES = 4096


def first(call: Call, function: Named) -> dict[str, Any]:
    """The configuration of a function that is created; raises AWS's errors, and NotSimulated by name."""
    params = call.params
    if params.get("PackageType", "Zip") != "Zip":
        raise NotSimulated("a Lambda function with PackageType Image", "Give the code as a zip archive.")
    for member in ("Runtime", "Handler"):
        if not params.get(member):
            raise invalid(f"{member} is mandatory for functions created with deployment packages of type ZIP")
    config: dict[str, Any] = {
        "FunctionName": function.name,
        "FunctionArn": function.arn,
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "Version": "$LATEST",
        "PackageType": "Zip",
        "Architectures": params.get("Architectures", ["x86_64"]),
        "TracingConfig": {"Mode": "PassThrough"},
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.name}"},
        "State": "Pending",
        "StateReason": "The function is being created.",
        "StateReasonCode": "Creating",
    }
    return {**changed(call, function, config), **stamp(call.kernel)}


def changed(call: Call, function: Named, config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with what the request sets; raises as `first`."""
    params = call.params
    for member in _REFUSED:
        if params.get(member):
            raise NotSimulated(f"{member} of lambda:{call.operation}", "Leave it out.")
    _check(call)
    found = {**config, **{name: params[name] for name in _PLAIN if name in params}}
    if "Environment" in params:
        variables = dict(params["Environment"].get("Variables", {}))
        _check_variables(variables)
        found["Environment"] = {"Variables": variables}
    for name in ("DeadLetterConfig", "TracingConfig", "EphemeralStorage"):
        if name in params:
            found[name] = dict(params[name])
    if "SnapStart" in params:
        found["SnapStart"] = {
            "ApplyOn": params["SnapStart"].get("ApplyOn", "None"),
            "OptimizationStatus": "Off",
        }
    if "VpcConfig" in params:
        found["VpcConfig"] = {"VpcId": "", **params["VpcConfig"]}
    if "LoggingConfig" in params:
        default = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.name}"}
        found["LoggingConfig"] = {**default, **params["LoggingConfig"]}
    if "Layers" in params:
        found["Layers"] = layer_list.attached(call.kernel.store, params["Layers"])
    accept(call)
    return found


def stamp(kernel: Kernel) -> dict[str, str]:
    """What every change renews: RevisionId and LastModified."""
    moment = datetime.fromtimestamp(kernel.clock.now(), UTC)
    return {
        "RevisionId": kernel.ids.uuid(),
        "LastModified": moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000",
    }


def accept(call: Call) -> None:
    """Note for the ledger what is stored and returned but has no effect here."""
    for member in ACCEPTED:
        if call.params.get(member):
            call.kernel.log.record("AcceptedNotSimulated", f"{call.operation}.{member}", {})


def _check(call: Call) -> None:
    params = call.params
    if "Runtime" in params:
        runtimes.check(params["Runtime"])
    for member, most in (("Timeout", _LONGEST_SECONDS), ("MemorySize", _MOST_MEGABYTES)):
        if params.get(member, 0) > most:
            place = member[0].lower() + member[1:]
            text = (
                f"1 validation error detected: Value '{params[member]}' at '{place}' failed to satisfy constraint: "
                f"Member must have value less than or equal to {most}"
            )
            raise CallerError("ValidationException", text)
    if "Role" in params:
        check_role(call, params["Role"])


def check_role(call: Call, role: str) -> None:
    """The role must exist and let Lambda in."""
    try:
        call.cloud.session(role, "lambda", SERVICE)
    except CallerError as error:
        raise invalid("The role defined for the function cannot be assumed by Lambda.") from error


def _check_variables(variables: Mapping[str, str]) -> None:
    start = (
        "Lambda was unable to configure your environment variables because the environment variables "
        "you have provided"
    )
    reserved = sorted(set(variables) & _RESERVED)
    if reserved:
        raise invalid(
            f"{start} contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )
    measured = json.dumps(variables, separators=(",", ":"))
    if len(measured.encode()) > _VARIABLES_BYTES:
        raise invalid(f"{start} exceeded the 4KB limit. String measured: {measured}")
