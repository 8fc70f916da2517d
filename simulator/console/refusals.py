"""What a cloud says when it says no, kept in its own words, with what a person can do about it."""

from __future__ import annotations

_ANOTHER = "Choose another person in the picker, or give the right in the topology file."


class Refused(Exception):
    """A cloud refused a call. `service` and `code` are its own; `message` is what it said, unchanged."""

    def __init__(self, service: str, code: str, message: str, status: int) -> None:
        super().__init__(f"{service}: {code}: {message}")
        self.service, self.code, self.message, self.status = service, code, message, status

    @property
    def denied(self) -> bool:
        """Whether the person lacks the right, rather than the thing being absent or the request wrong."""
        return self.status in (401, 403) or "AccessDenied" in self.code

    @property
    def absent(self) -> bool:
        """Whether the thing asked for is not there."""
        words = ("not found", "does not exist", "could not find", "cannot be found", "nosuch", "not_found")
        return self.status == 404 or any(word in f"{self.code} {self.message}".lower() for word in words)


class NotThere(Exception):
    """The console has no such page; the text says what was looked for."""


def remedy(refused: Refused, display: str) -> str:
    """What the person can do."""
    if "ApprovalRequester" in refused.code:
        return "The check wants four eyes: whoever started the run may not pass it. " + _ANOTHER
    if "ApprovalAlreadyCompleted" in refused.code:
        return "Somebody was faster. Reload the page to see the decision."
    if "ApprovalUnauthorized" in refused.code:
        return (
            f"{display} is no approver of this environment. Its approvers stand beside the gate. {_ANOTHER}"
        )
    if refused.denied:
        return f"{display} lacks this right. {_ANOTHER}"
    if refused.absent:
        return "It may have been deleted, or never made. The lists show what is there."
    if refused.status == 501:
        return "This is not simulated yet; CONTRIBUTING.md says where to add it."
    if refused.code == "Unreachable":
        return "Is the simulator still starting or stopping? Reload the page in a moment."
    return "The fact timeline shows what happened before; the request itself is in the message."
