"""The rows of applications and versions, how each is found, and the errors of those that are not there."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Call
from simulator.kernel.errors import CallerError

APPLICATION, VERSION = "elasticbeanstalk.application", "elasticbeanstalk.version"
Row = dict[str, Any]


def application_of(call: Call) -> Row:
    """The application that a call names; raises InvalidParameterValue."""
    name = call.params["ApplicationName"]
    row = call.kernel.store.get(APPLICATION, call.key(name))
    if row is None:
        raise invalid(f"No Application named '{name}' found.")
    return row


def version_of(call: Call) -> Row:
    """The version that a call names; raises InvalidParameterValue."""
    label = call.params["VersionLabel"]
    row = call.kernel.store.get(VERSION, version_key(call, label))
    if row is None:
        raise invalid(f"No Application Version named '{label}' found.")
    return row


def version_key(call: Call, label: str) -> str:
    """The row key of a version of the application that a call names."""
    return call.key(f"{call.params['ApplicationName']}/{label}")


def versions_of(call: Call, application: str) -> list[Row]:
    """The versions of an application, newest first."""
    found = [row for _, row in call.kernel.store.scan(VERSION, call.key(f"{application}/"))]
    return sorted(found, key=lambda row: -float(row["DateCreated"]))


def invalid(text: str) -> CallerError:
    """InvalidParameterValue, 400; the texts are Elastic Beanstalk's, as clients have published them."""
    return CallerError("InvalidParameterValue", text, 400)


def record(call: Call, kind: str, subject: str, **detail: object) -> None:
    """A fact of this account and region."""
    call.kernel.log.record(kind, subject, dict(detail), account=call.account, region=call.region)
