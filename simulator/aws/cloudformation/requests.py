"""What a request says a stack shall be: its template, parameters, role and options, checked before anything is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import unquote, urlsplit

from simulator.aws.behaviour import Call
from simulator.aws.cloudformation import parameters
from simulator.aws.cloudformation.errors import invalid, stack_missing
from simulator.aws.cloudformation.evaluation import check_capabilities
from simulator.aws.cloudformation.records import Definition, StackRecord, stacks
from simulator.aws.cloudformation.template import (
    MAXIMUM_BODY_BYTES,
    MAXIMUM_OBJECT_BYTES,
    Template,
    parse,
)
from simulator.aws.principal import Principal
from simulator.kernel.errors import CallerError, NotSimulated

_SERVICE = "cloudformation.amazonaws.com"
_NAME = "[a-zA-Z][-a-zA-Z0-9]*"

# Accepted by the model, and of a consequence that is not simulated.
_REFUSED = (
    "StackPolicyBody",
    "StackPolicyURL",
    "StackPolicyDuringUpdateBody",
    "StackPolicyDuringUpdateURL",
    "NotificationARNs",
    "ResourceTypes",
    "ResourcesToImport",
    "ImportExistingResources",
    "DeploymentConfig",
)


def refuse_options(params: Mapping[str, Any]) -> None:
    """Raises NotSimulated for options that would be dropped silently."""
    for name in _REFUSED:
        if params.get(name):
            raise NotSimulated(f"CloudFormation option {name}", "Leave it out.")
    if params.get("RollbackConfiguration", {}).get("RollbackTriggers"):
        raise NotSimulated("CloudFormation option RollbackConfiguration", "Leave it out.")


def check_name(name: str) -> None:
    """Raises ValidationError for what is no name of a stack, as CloudFormation's front end words it.

    Source: API reference, CreateStack, StackName (letters, digits and hyphens, a letter first, at most 128); the
    service model that the clients have does not carry the pattern.
    """
    broken = f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: Member must"
    if not re.fullmatch(_NAME, name):
        raise CallerError("ValidationError", f"{broken} satisfy regular expression pattern: {_NAME}")
    if len(name) > 128:
        raise CallerError("ValidationError", f"{broken} have length less than or equal to 128")


def find_stack(call: Call, name: str) -> StackRecord | None:
    """The stack of a name that is not deleted, or of an ARN, deleted or not."""
    if name.startswith("arn:"):
        parts = name.split(":", 5)
        _, _, rest = parts[5].partition("/") if len(parts) == 6 else ("", "", "")
        return next((s for s in stacks(call.kernel.store, call.key(rest)) if s.arn == name), None)
    found = [s for s in stacks(call.kernel.store, call.key(f"{name}/")) if s.status != "DELETE_COMPLETE"]
    return found[0] if found else None


def the_stack(call: Call, name: str) -> StackRecord:
    """Like `find_stack`; raises ValidationError when there is none."""
    found = find_stack(call, name)
    if found is None:
        raise stack_missing(name)
    return found


async def template_text(call: Call, previous: StackRecord | None = None) -> str:
    """The template of a request: its body, what its URL names, or the previous one."""
    params = call.params
    given = [name for name in ("TemplateBody", "TemplateURL", "UsePreviousTemplate") if params.get(name)]
    if len(given) != 1:
        raise invalid("Either Template URL or Template Body must be specified.")
    if given[0] == "UsePreviousTemplate":
        if previous is None:
            raise invalid("Template URL or Template Body must be specified.")
        return previous.definition.template
    if given[0] == "TemplateURL":
        return await _fetch(call, params["TemplateURL"])
    body = str(params["TemplateBody"])
    if len(body.encode()) > MAXIMUM_BODY_BYTES:
        raise invalid(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MAXIMUM_BODY_BYTES}"
        )
    return body


async def _fetch(call: Call, url: str) -> str:
    bucket, key = s3_place(url)
    try:
        answer = await call.cloud.call(
            "s3", "GetObject", {"Bucket": bucket, "Key": key},
            account=call.account, region=call.region, principal=call.principal,
        )  # fmt: skip
    except CallerError as error:
        raise invalid(f"S3 error: {error.message}") from error
    body = answer["Body"]
    data = body if isinstance(body, bytes) else body.read()
    if len(data) > MAXIMUM_OBJECT_BYTES:
        raise invalid(f"Template may not exceed {MAXIMUM_OBJECT_BYTES} bytes in size.")
    return str(data.decode())


def s3_place(url: str) -> tuple[str, str]:
    """Bucket and key of an S3 URL: by path, by host, or as `s3://`; raises ValidationError for anything else."""
    parts = urlsplit(url)
    host, path = parts.hostname or "", unquote(parts.path.lstrip("/"))
    if parts.scheme == "s3" and host and path:
        return host, path
    head, _, rest = host.partition(".s3")
    if rest.startswith((".", "-")) and head and path:
        return head, path
    bucket, _, key = path.partition("/")
    if parts.scheme in ("http", "https") and bucket and key and (host.startswith("s3") or _local(host)):
        return bucket, key
    raise invalid("TemplateURL must be a supported URL.")


def _local(host: str) -> bool:
    return host in ("localhost", "127.0.0.1") or host.endswith((".localhost", ".localstack.cloud"))


async def definition(call: Call, text: str, previous: StackRecord | None) -> tuple[Template, Definition]:
    """The definition that a create, update or change set asks for; raises CloudFormation's errors."""
    params = call.params
    refuse_options(params)
    template = parse(text)
    declared = parameters.declarations(template)
    before = previous.definition if previous else None
    values = parameters.choose(declared, params.get("Parameters", ()), before.parameters if before else {})
    capabilities = tuple(params.get("Capabilities", ()))
    check_capabilities(template, capabilities)
    tags = params.get("Tags")
    if tags is None and before:
        kept: Mapping[str, str] = before.tags
    else:
        kept = {entry["Key"]: entry["Value"] for entry in tags or ()}
    stored = await _stored(call, {name: values[name] for name, each in declared.items() if each.stored})
    return template, Definition(text, values, stored, kept, capabilities)


async def _stored(call: Call, names: Mapping[str, str]) -> dict[str, str]:
    """The values of parameters that name a Systems Manager parameter."""
    found: dict[str, str] = {}
    missing: list[str] = []
    for parameter, name in names.items():
        try:
            answer = await call.cloud.call(
                "ssm", "GetParameter", {"Name": name},
                account=call.account, region=call.region, principal=call.principal,
            )  # fmt: skip
        except CallerError as error:
            if "ParameterNotFound" not in error.code:
                raise
            missing.append(name)
        else:
            found[parameter] = str(answer["Parameter"]["Value"])
    if missing:
        raise invalid(
            f"Unable to fetch parameters [{','.join(missing)}] from parameter store for this account."
        )
    return found


def caller(call: Call, previous: StackRecord | None) -> tuple[str, dict[str, Any]]:
    """The role that the stack acts as, and its principal as a row; without a role it acts as who calls."""
    role = str(call.params.get("RoleARN") or (previous.role_arn if previous else ""))
    if not role:
        return "", {} if call.principal.service else asdict(call.principal)
    try:
        call.cloud.session(role, "AWSCloudFormation", _SERVICE)
    except CallerError as error:
        raise invalid(f"Role {role} is invalid or cannot be assumed") from error
    account, name = role.split(":")[4], role.rsplit("/", 1)[-1]
    principal = Principal(
        f"arn:aws:sts::{account}:assumed-role/{name}/AWSCloudFormation",
        account,
        f"{name}:AWSCloudFormation",
        role,
    )
    return role, asdict(principal)
