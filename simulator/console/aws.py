"""AWS as the person at the console: one account at a time, by their own keys or by a role that they may assume."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from simulator.console.people import Person
from simulator.console.refusals import Refused

ROLES = ("ReadOnly", "AzureDevOpsRole")
"""Roles that are tried, in this order, to see an account that is not the person's own."""

# The first Describe of something in progress is held back for waiters; a page wants the state as it is now.
_HOLD_HEADER = "x-simulator-hold"
_SESSION_SECONDS, _REFUSAL_SECONDS = 2400.0, 10.0
_MOST = 500
# Threads of our own: those of the loop serve the very requests that these wait for.
_THREADS = 12


@dataclass(frozen=True)
class _Keys:
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


@dataclass(frozen=True)
class Account:
    """An account as one person sees it: `way` says by what right, `refusal` why not."""

    name: str
    id: str
    way: str = ""
    refusal: Refused | None = None
    _ask: Callable[[str, Callable[[Any], Any]], Any] | None = None

    async def call(self, service: str, operation: str, **params: Any) -> Any:
        """One operation of a botocore service in snake case; raises Refused in the service's words."""
        return await self._with(service, lambda client: getattr(client, operation)(**params))

    async def listed(
        self, service: str, operation: str, member: str, most: int = _MOST, **params: Any
    ) -> list[Any]:
        """All pages of a list operation, `most` entries; raises Refused."""

        def read(client: Any) -> list[Any]:
            if not client.can_paginate(operation):
                return list(getattr(client, operation)(**params)[member])
            found: list[Any] = []
            for page in client.get_paginator(operation).paginate(**params):
                found += page.get(member, [])
                if len(found) >= most:
                    break
            return found[:most]

        listed: list[Any] = await self._with(service, read)
        return listed

    async def text(self, bucket: str, key: str) -> str:
        """An object of S3 as text; raises Refused."""
        read: str = await self._with(
            "s3",
            lambda client: client.get_object(Bucket=bucket, Key=key)["Body"].read().decode(errors="replace"),
        )
        return read

    async def _with(self, service: str, act: Callable[[Any], Any]) -> Any:
        if self._ask is None:
            assert self.refusal is not None
            raise self.refusal
        return await self._ask(service, act)


class Aws:
    """The AWS port, for every person; clients and role sessions are made once and kept while they last."""

    def __init__(self, endpoint_url: str, region: str) -> None:
        self._endpoint_url, self._region = endpoint_url, region
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="console")
        self._making = threading.Lock()
        self._session: Any = None
        self._clients: dict[tuple[_Keys, str], Any] = {}
        self._doors: dict[tuple[str, str], tuple[float, _Keys | Refused, str]] = {}

    def close(self) -> None:
        """Let go of threads and connections."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    async def account(self, person: Person, name: str, number: str) -> Account:
        """The account as this person sees it; refused where none of their ways leads into it."""
        known = self._doors.get((person.name, number))
        if known is None or known[0] < time.monotonic():
            known = await self._open(person, number)
            self._doors[person.name, number] = known
        _, keys, way = known
        if isinstance(keys, Refused):
            return Account(name, number, refusal=keys)
        return Account(name, number, way, None, partial(self._ask, keys))

    async def _open(self, person: Person, number: str) -> tuple[float, _Keys | Refused, str]:
        now, own = time.monotonic(), _Keys(person.access_key_id, person.secret_access_key)
        if person.account == number and await self._useful(own):
            return now + _SESSION_SECONDS, own, "own keys"
        if not person.account:
            text = f"{person.display} has no IAM user; this identity lives in Azure DevOps only."
            return now + _SESSION_SECONDS, Refused("sts", "NoIdentity", text, 403), ""
        first: Refused | None = None
        for role in ROLES:
            try:
                made = await self._assume(own, f"arn:aws:iam::{number}:role/{role}", person.name)
            except Refused as refused:
                first = first or refused
                continue
            return now + _SESSION_SECONDS, made, f"role {role}"
        assert first is not None
        return now + _REFUSAL_SECONDS, first, ""

    async def _useful(self, own: _Keys) -> bool:
        """Whether the keys see anything themselves: those of a service may only assume roles."""
        try:
            await self._ask(own, "sagemaker", lambda client: client.list_model_package_groups(MaxResults=1))
        except Refused as refused:
            return not refused.denied
        return True

    async def _assume(self, own: _Keys, role: str, person: str) -> _Keys:
        made = await self._ask(
            own, "sts", lambda client: client.assume_role(RoleArn=role, RoleSessionName=f"console-{person}")
        )
        found = made["Credentials"]
        return _Keys(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])

    async def _ask(self, keys: _Keys, service: str, act: Callable[[Any], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._act, keys, service, act)

    def _act(self, keys: _Keys, service: str, act: Callable[[Any], Any]) -> Any:
        try:
            return act(self._client(keys, service))
        except ClientError as error:
            told = error.response["Error"]
            status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400))
            raise Refused(service, told.get("Code", ""), told.get("Message", ""), status) from error
        except BotoCoreError as error:
            raise Refused(service, "Unreachable", str(error), 502) from error

    def _client(self, keys: _Keys, service: str) -> Any:
        with self._making:
            if (keys, service) not in self._clients:
                self._session = self._session or _session()
                made = self._session.create_client(
                    service,
                    region_name=self._region,
                    endpoint_url=self._endpoint_url,
                    aws_access_key_id=keys.access_key_id,
                    aws_secret_access_key=keys.secret_access_key,
                    aws_session_token=keys.session_token,
                    config=Config(
                        retries={"max_attempts": 0},
                        read_timeout=60,
                        proxies={},
                        max_pool_connections=_THREADS,
                        s3={"addressing_style": "path"},
                    ),
                )
                made.meta.events.register("before-call", _unheld)
                self._clients[keys, service] = made
            return self._clients[keys, service]


def _session() -> Any:
    # Imported when the first page is asked for: a simulator must be ready before anybody looks.
    import botocore.session

    return botocore.session.Session()


def _unheld(params: dict[str, Any], **_: Any) -> None:
    params["headers"][_HOLD_HEADER] = "0"
