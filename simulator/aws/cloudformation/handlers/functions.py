"""Lambda's resource types."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from simulator.aws.cloudformation.calls import Calls
from simulator.aws.cloudformation.handlers.kind import Progress, Properties, ResourceKind, Tagging

_ACTIVE = Progress("State", frozenset({"Active"}), frozenset({"Failed"}), "StateReason")


def package(source: str) -> bytes:
    """The archive of a function that stands in a template: `index.py`, and cfnresponse where it is imported.

    Source: resource type reference, AWS::Lambda::Function Code, "ZipFile". Equal sources are equal archives.
    """
    held = {"index.py": source}
    if "cfnresponse" in source:
        programs = files("simulator.aws.cloudformation.programs")
        held["cfnresponse.py"] = programs.joinpath("cfnresponse.py").read_text()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in held.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def _code(code: Mapping[str, Any]) -> dict[str, Any]:
    return {**code, "ZipFile": package(str(code["ZipFile"]))} if "ZipFile" in code else dict(code)


def _with_code(properties: Properties) -> Properties:
    return {"Code": _code(properties["Code"])} if "Code" in properties else {}


def _layer_content(properties: Properties) -> Properties:
    return {"Content": dict(properties.get("Content", {}))}


def _routing(properties: Properties) -> Properties:
    """The template lists versions with weights; the service takes a mapping."""
    given = (properties.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or []
    weights = {str(each["FunctionVersion"]): float(each["FunctionWeight"]) for each in given}
    return {"RoutingConfig": {"AdditionalVersionWeights": weights}} if "RoutingConfig" in properties else {}


async def _function(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    """Code and reserved concurrency have operations of their own."""
    if new is None:
        return
    if old is not None and old.get("Code") != new.get("Code"):
        await calls.call("lambda", "UpdateFunctionCode", {**keys, **_code(new["Code"])})
    before, reserved = (
        (old or {}).get("ReservedConcurrentExecutions"),
        new.get("ReservedConcurrentExecutions"),
    )
    if reserved is not None and reserved != before:
        wanted = {**keys, "ReservedConcurrentExecutions": int(reserved)}
        await calls.call("lambda", "PutFunctionConcurrency", wanted)
    elif reserved is None and before is not None:
        await calls.call("lambda", "DeleteFunctionConcurrency", keys)


KINDS = (
    ResourceKind(
        "AWS::Lambda::Function", "lambda",
        create="CreateFunction", describe="GetFunctionConfiguration", update="UpdateFunctionConfiguration",
        delete="DeleteFunction", name="FunctionName", limit=64,
        keys={"FunctionName": "FunctionName"}, physical="FunctionName",
        attributes={"Arn": "arn:aws:lambda:{Region}:{Account}:function:{FunctionName}"},
        convert=_with_code, converts=frozenset({"Code"}), progress=_ACTIVE,
        settle=_function, settles=frozenset({"ReservedConcurrentExecutions"}),
        tagging=Tagging("TagResource", "UntagResource", "Resource", "Arn"),
    ),
    ResourceKind(
        "AWS::Lambda::Permission", "lambda",
        create="AddPermission", delete="RemovePermission", name="Id", limit=100,
        renames={"Id": "StatementId"}, keys={"FunctionName": "FunctionName", "StatementId": "Id"},
        physical="Id", attributes={"Id": "Id"},
    ),
    ResourceKind(
        "AWS::Lambda::Version", "lambda",
        create="PublishVersion", delete="DeleteFunction",
        keys={"FunctionName": "FunctionName", "Qualifier": "Version"},
        physical="FunctionArn", attributes={"FunctionArn": "FunctionArn", "Version": "Version"},
    ),
    ResourceKind(
        "AWS::Lambda::Alias", "lambda",
        create="CreateAlias", update="UpdateAlias", delete="DeleteAlias",
        keys={"FunctionName": "FunctionName", "Name": "Name"},
        physical="AliasArn", attributes={"AliasArn": "AliasArn"},
        convert=_routing, converts=frozenset({"RoutingConfig"}),
    ),
    ResourceKind(
        "AWS::Lambda::LayerVersion", "lambda",
        create="PublishLayerVersion", delete="DeleteLayerVersion", name="LayerName", limit=140,
        keys={"LayerName": "LayerName", "VersionNumber": "Version"},
        physical="LayerVersionArn", attributes={"LayerVersionArn": "LayerVersionArn"},
        convert=_layer_content, converts=frozenset({"Content"}),
    ),
    ResourceKind(
        "AWS::Lambda::EventInvokeConfig", "lambda",
        create="PutFunctionEventInvokeConfig", update="PutFunctionEventInvokeConfig",
        delete="DeleteFunctionEventInvokeConfig",
        keys={"FunctionName": "FunctionName", "Qualifier": "Qualifier"},
        physical="{FunctionName}|{Qualifier}",
    ),
)  # fmt: skip
