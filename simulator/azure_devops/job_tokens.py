"""The token of a job (System.AccessToken): signed, so that it outlives a restart, and good while its run goes on."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

from simulator.kernel.ids import Ids
from simulator.kernel.store import Store

_KIND = "azure_devops.secret"


@dataclass(frozen=True)
class JobClaim:
    """Whose token it is: the run, the job's record, the project, and the fact that caused the run."""

    run: int
    job: str
    project: str
    cause: int | None


def issue(store: Store, ids: Ids, claim: JobClaim) -> str:
    """A token in JWT form, signed with a key that never leaves the store."""
    head = _text(json.dumps({"typ": "JWT", "alg": "HS256"}).encode())
    body = _text(json.dumps(claim.__dict__, sort_keys=True).encode())
    return f"{head}.{body}.{_signature(store, ids, f'{head}.{body}')}"


def read(store: Store, ids: Ids, token: str) -> JobClaim | None:
    """The claim of a token that this world signed, else None."""
    head, _, rest = token.partition(".")
    body, _, signature = rest.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(store, ids, f"{head}.{body}").encode()):
        return None
    return JobClaim(**json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def _signature(store: Store, ids: Ids, text: str) -> str:
    row = store.get(_KIND, "job token")
    if row is None:
        row = {"key": ids.hex(64)}
        store.put(_KIND, "job token", row)
    return _text(hmac.new(row["key"].encode(), text.encode(), hashlib.sha256).digest())


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
