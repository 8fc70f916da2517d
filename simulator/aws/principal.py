"""Who calls: a person, an assumed role's session, or a service of AWS itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Principal:
    """`arn` as GetCallerIdentity gives it; `cause` is the fact for which a session was issued."""

    arn: str
    account: str
    user_id: str
    role_arn: str = ""
    service: str = ""
    session_policy: dict[str, Any] | None = None
    cause: int | None = None

    @classmethod
    def of_service(cls, service: str, account: str) -> Principal:
        """A service acting on its own behalf, such as `events.amazonaws.com`: never denied by identity policies."""
        return cls(arn=service, account=account, user_id=service, service=service)
