"""The errors of CloudFormation that more than one file raises, with AWS's codes and texts."""

from __future__ import annotations

from simulator.kernel.errors import CallerError


def invalid(message: str) -> CallerError:
    """What CloudFormation says about nearly everything it refuses: code ValidationError, status 400."""
    return CallerError("ValidationError", message)


def stack_missing(name: str) -> CallerError:
    """The text that `aws cloudformation deploy` recognises as "there is no such stack yet"."""
    return invalid(f"Stack with id {name} does not exist")


def export_missing(name: str) -> CallerError:
    """Fn::ImportValue of a name that no stack of the account and region exports."""
    return invalid(f"No export named {name} found")


def change_set_missing(name: str) -> CallerError:
    """No change set of that name or ARN (status 404, as in botocore's model)."""
    return CallerError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)
