"""The two families of failure: the caller is wrong, or the simulator is incomplete."""

from __future__ import annotations


class CallerError(Exception):
    """The client's request is wrong; each cloud renders it in its own wire form.

    `code` is the cloud's error code (`ValidationException`), `message` what the client sees, `status` the HTTP status;
    `extra` holds further members of the error shape.
    """

    def __init__(self, code: str, message: str, status: int = 400, **extra: object) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.extra = extra


class NotSimulated(Exception):
    """The request is right on the real cloud, but the simulator has no behaviour for it; it is counted, never faked.

    `what` names the thing refused, `remedy` says what the reader can do about it.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} is not simulated. {remedy}".rstrip())
        self.what = what
        self.remedy = remedy


class DoesNotAnswer(NotSimulated):
    """What would do the work is a program of this machine's, and it is not there."""

    def __str__(self) -> str:
        return f"{self.what} does not answer. {self.remedy}".rstrip()


class StateUnreadable(Exception):
    """The state's file is none of a simulator, or one of a newer simulator."""
