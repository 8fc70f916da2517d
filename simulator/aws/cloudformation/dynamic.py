"""Dynamic references, `{{resolve:service:name}}`: read when a resource is made, and never written down."""

from __future__ import annotations

import json
import re
from typing import Any

from simulator.aws.cloudformation.calls import Calls, ResourceFailed
from simulator.kernel.errors import CallerError, NotSimulated

_REFERENCE = re.compile(r"\{\{resolve:([a-z-]+):([^}]*)\}\}")
_ARN_PARTS = 7


async def resolve(calls: Calls, value: Any) -> Any:
    """The value with every dynamic reference replaced by what it names; raises ResourceFailed or NotSimulated."""
    if isinstance(value, dict):
        return {name: await resolve(calls, item) for name, item in value.items()}
    if isinstance(value, list):
        return [await resolve(calls, item) for item in value]
    if not isinstance(value, str):
        return value
    parts: list[str] = []
    end = 0
    for match in _REFERENCE.finditer(value):
        parts += [value[end : match.start()], await _read(calls, match.group(1), match.group(2))]
        end = match.end()
    return "".join([*parts, value[end:]])


async def _read(calls: Calls, service: str, name: str) -> str:
    try:
        if service == "secretsmanager":
            return await _secret(calls, name)
        if service in ("ssm", "ssm-secure"):
            params = {"Name": name, "WithDecryption": service == "ssm-secure"}
            answer = await calls.call("ssm", "GetParameter", params)
            return str(answer["Parameter"]["Value"])
    except CallerError as error:
        raise ResourceFailed(
            calls.reason("AWSSecretsManager" if service[1] == "e" else "AWSSimpleSystemsManagement", error)
        ) from error
    raise NotSimulated(
        f"CloudFormation dynamic reference to {service}", "ssm, ssm-secure and secretsmanager are."
    )


async def _secret(calls: Calls, name: str) -> str:
    """`secret-id:SecretString:json-key:version-stage:version-id`; the id may be an ARN with colons of its own."""
    parts = name.split(":")
    size = _ARN_PARTS if parts[0] == "arn" else 1
    secret, rest = ":".join(parts[:size]), [*parts[size:], "", "", "", ""]
    _, key, stage, version = rest[:4]
    params = {"SecretId": secret}
    if stage:
        params["VersionStage"] = stage
    if version:
        params["VersionId"] = version
    found = str((await calls.call("secretsmanager", "GetSecretValue", params))["SecretString"])
    if not key:
        return found
    members = json.loads(found)
    if key not in members:
        raise ResourceFailed(f"Could not find a value associated with JSONKey in SecretString: {key}")
    return str(members[key])
