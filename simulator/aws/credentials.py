"""Access keys: which belong to people, which to sessions of roles, and what they say about who calls."""

from __future__ import annotations

import base64
from typing import Any

from simulator.aws.principal import Principal
from simulator.aws.protocol.http import Incoming
from simulator.aws.protocol.identify_service import signature_scope
from simulator.kernel.errors import CallerError
from simulator.kernel.facts import current_cause
from simulator.kernel.world import Kernel
from simulator.topology import Topology

# What awslocal and tutorials send, what localstack-client sends, and what moto sends in server mode.
_TEST_KEYS = ("test", "accesskey", "FOOBARKEY")
_SESSION = "sts.session"
_KEY = "iam.access_key"
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_HOUR = 3600


class Credentials:
    """Issues session credentials and resolves access key ids. Expiry counts real time."""

    def __init__(self, kernel: Kernel, topology: Topology) -> None:
        self._kernel, self._topology = kernel, topology
        self._people = {p.access_key_id: p for p in topology.people if p.account}

    def issue(
        self,
        role_arn: str,
        session_name: str,
        *,
        duration_seconds: int = _HOUR,
        policy: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """New session credentials of a role; they remember the cause for which they were issued."""
        account, role = role_arn.split(":")[4], role_arn.rsplit("/", 1)[1]
        ids = self._kernel.ids
        key = "ASIA" + ids.token(_UPPER, 16)
        token = base64.b64encode(f"{key}:{ids.token(_LETTERS, 120)}".encode()).decode()
        role_id = "AROA" + base64.b32encode(role_arn.encode().rjust(10))[-16:].decode()
        row = {
            "account": account,
            "role_arn": role_arn,
            "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session_name}",
            "user_id": f"{role_id}:{session_name}",
            "secret": ids.token(_LETTERS, 40),
            "token": token,
            "expires": self._kernel.clock.wall() + duration_seconds,
            "policy": policy,
            "cause": current_cause(),
        }
        self._kernel.store.put(_SESSION, key, row)
        return {
            "AccessKeyId": key,
            "SecretAccessKey": row["secret"],
            "SessionToken": token,
            "Expiration": row["expires"],
            "Arn": row["arn"],
            "UserId": row["user_id"],
        }

    def remember_key(self, access_key_id: str, secret: str, account: str, user: str) -> None:
        """An access key that IAM made for a user."""
        self._kernel.store.put(_KEY, access_key_id, {"account": account, "user": user, "secret": secret})

    def forget_key(self, access_key_id: str) -> None:
        """The key opens nothing any more."""
        self._kernel.store.delete(_KEY, access_key_id)

    def caller(self, request: Incoming) -> Principal | None:
        """Who signed the request, or None when nobody did; raises CallerError for a key that opens nothing."""
        scope = signature_scope(request)
        if scope is None:
            return None
        key = scope[0]
        if key in _TEST_KEYS:
            return self._person(self._topology.person(self._topology.test_person).access_key_id)
        if key in self._people:
            return self._person(key)
        if session := self._kernel.store.get(_SESSION, key):
            return self._session(session, request)
        if made := self._kernel.store.get(_KEY, key):
            arn = f"arn:aws:iam::{made['account']}:user/{made['user']}"
            return Principal(arn, made["account"], f"AIDA{key[4:]}")
        raise CallerError(
            "InvalidClientTokenId",
            "The security token included in the request is invalid. (The simulator knows the keys of its topology:"
            " see `simulator status --shell`, or use the access key `test`.)",
            403,
        )

    def _person(self, key: str) -> Principal:
        person = self._people[key]
        return Principal(person.arn, person.account, f"AIDA{key[4:]}")

    def _session(self, session: dict[str, Any], request: Incoming) -> Principal:
        given = {name.lower(): value for name, value in request.arguments().items()}
        token = request.headers.get("x-amz-security-token") or given.get("x-amz-security-token", "")
        if token != session["token"]:
            raise CallerError(
                "InvalidClientTokenId", "The security token included in the request is invalid.", 403
            )
        if session["expires"] < self._kernel.clock.wall():
            raise CallerError("ExpiredToken", "The security token included in the request is expired", 403)
        return Principal(
            session["arn"],
            session["account"],
            session["user_id"],
            role_arn=session["role_arn"],
            session_policy=session["policy"],
            cause=session["cause"],
        )
