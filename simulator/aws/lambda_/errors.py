"""The errors that Lambda answers, in its words.

Source of the texts: API reference, "Errors"; messages as recorded in issues of the AWS SDKs and in AWS's samples.
"""

from __future__ import annotations

from simulator.kernel.errors import CallerError


def invalid(message: str) -> CallerError:
    """InvalidParameterValueException, 400."""
    return CallerError("InvalidParameterValueException", message, 400, Type="User")


def no_function(arn: str) -> CallerError:
    """There is no such function, or no such version of it."""
    return CallerError("ResourceNotFoundException", f"Function not found: {arn}", 404, Type="User")


def missing(message: str) -> CallerError:
    """ResourceNotFoundException, 404, for anything but a function."""
    return CallerError("ResourceNotFoundException", message, 404, Type="User")


def conflict(message: str) -> CallerError:
    """ResourceConflictException, 409."""
    return CallerError("ResourceConflictException", message, 409, Type="User")


def outdated() -> CallerError:
    """The RevisionId is not that of the function, alias or policy as it is now."""
    text = (
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve "
        "the latest Revision Id"
    )
    return CallerError("PreconditionFailedException", text, 412, Type="User")
