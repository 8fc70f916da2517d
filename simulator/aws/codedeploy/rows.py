"""The rows of applications, groups and deployments, how each is found, and the errors of those that are not there.

Texts are the service's own, as clients have published them, or the error's sentence in the API reference.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from simulator.aws.behaviour import Answer, Call
from simulator.kernel.errors import CallerError

APPLICATION, GROUP, DEPLOYMENT = "codedeploy.application", "codedeploy.group", "codedeploy.deployment"
SERVER, LAMBDA, ECS = "Server", "Lambda", "ECS"
SERVICE = "codedeploy.amazonaws.com"
Row = dict[str, Any]
_PAGE = 100


def application_of(call: Call, name: str) -> Row:
    """An application; raises ApplicationDoesNotExistException."""
    row = call.kernel.store.get(APPLICATION, call.key(name))
    if row is None:
        raise wrong("ApplicationDoesNotExistException", f"No application found for name: {name}")
    return row


def group_of(call: Call, application: str, name: str) -> Row:
    """A deployment group; raises DeploymentGroupDoesNotExistException, or that for its application."""
    application_of(call, application)
    row = call.kernel.store.get(GROUP, call.key(f"{application}/{name}"))
    if row is None:
        raise wrong("DeploymentGroupDoesNotExistException", f"No Deployment Group found for name: {name}")
    return row


def deployment_of(call: Call, identifier: str) -> Row:
    """A deployment; raises DeploymentDoesNotExistException."""
    row = call.kernel.store.get(DEPLOYMENT, call.key(identifier))
    if row is None:
        text = f"The deployment {identifier} could not be found"
        raise wrong("DeploymentDoesNotExistException", text)
    return row


def wrong(code: str, text: str) -> CallerError:
    """An error of the caller, 400."""
    return CallerError(code, text, 400)


def arn(call: Call, kind: str, name: str) -> str:
    """`arn:aws:codedeploy:region:account:application:name`."""
    return f"arn:aws:codedeploy:{call.region}:{call.account}:{kind}:{name}"


def shown(row: Row) -> Row:
    """What a client sees of a row."""
    return {member: value for member, value in row.items() if not member.startswith("_")}


def page(call: Call, member: str, items: Sequence[Any]) -> Answer:
    """One page of a list; raises InvalidNextTokenException."""
    try:
        start = int(base64.b64decode(call.params.get("nextToken", "MA=="), validate=True))
    except (binascii.Error, ValueError) as error:
        raise wrong(
            "InvalidNextTokenException", "The next token was specified in an invalid format."
        ) from error
    answer: Answer = {member: list(items[start : start + _PAGE])}
    if start + _PAGE < len(items):
        answer["nextToken"] = base64.b64encode(str(start + _PAGE).encode()).decode()
    return answer
