"""The AWS side as one value: every operation, whoever asks for it, is authorized and served here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any, Protocol

from simulator.aws import accounts, behaviours, leaf_requests, object_keys
from simulator.aws.authorize import Authorizer
from simulator.aws.behaviour import Answer, Call, find, refusal, remembers
from simulator.aws.credentials import Credentials
from simulator.aws.leaf_effects import LeafEffects
from simulator.aws.policies import Policies
from simulator.aws.principal import Principal
from simulator.aws.protocol import client
from simulator.aws.protocol.check_answer import check_answer
from simulator.aws.protocol.http import Incoming, Outgoing
from simulator.aws.protocol.models import operation_model
from simulator.aws.protocol.validate import validate
from simulator.aws.settings import AwsSettings
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import cause, current_cause
from simulator.kernel.world import Kernel
from simulator.runtime.engine import Engine
from simulator.topology import Topology

# Services that moto (or another backing) remembers. What is neither here nor ours is refused by name.
LEAVES = frozenset(
    {
        "s3",
        "iam",
        "kms",
        "ssm",
        "secretsmanager",
        "sqs",
        "sns",
        "logs",
        "glue",
        "ecr",
        "resourcegroupstaggingapi",
    }
)


class Backing(Protocol):
    """Where the leaf services are remembered."""

    async def send(self, request: Incoming, account: str) -> Outgoing:
        """The backing's answer for `account`."""
        ...

    async def close(self) -> None:
        """Let go of it."""
        ...


class AwsCloud:
    """Implements `behaviour.Cloud`. `backing` holds the leaf services."""

    def __init__(
        self, kernel: Kernel, engine: Engine, topology: Topology, settings: AwsSettings, backing: Backing
    ) -> None:
        self.kernel, self.engine, self.topology, self.settings = kernel, engine, topology, settings
        self.credentials = Credentials(kernel, topology)
        self._backing = backing
        self._policies = Policies(self.leaf)
        self.authorizer = Authorizer(kernel, self._policies)
        self._effects = LeafEffects(kernel.store, self._policies, self.credentials)
        self._seeding: asyncio.Lock | None = None
        self._seeded = False
        self._read_from_memory: set[str] = set()
        self.at_first_call: dict[str, Callable[[], None]] = {}
        with kernel.store.transaction():
            accounts.enter_roles(kernel.store, topology)

    async def close(self) -> None:
        """Let go of the backing."""
        await self._backing.close()

    def load(self, service: str) -> None:
        """Have a service's behaviours ready, and what waits for its first call begin."""
        behaviours.load(service)
        if begin := self.at_first_call.pop(service, None):
            begin()

    async def call(
        self,
        service: str,
        operation: str,
        params: Mapping[str, Any],
        *,
        account: str,
        region: str,
        principal: Principal | None = None,
    ) -> Answer:
        """One operation, authorized and served as over HTTP. See `behaviour.Cloud.call`."""
        self.load(service)
        if find(service, operation) or service not in LEAVES:
            return await self.serve(service, operation, dict(params), account, region, principal, {}, "")
        leaf_requests.check(service, params)
        await self.authorize(service, operation, params, account, region, principal)
        owner = self._owner(service, params, account)
        await self._keys_before(service, operation, params, owner, region, principal)
        result = await self._leaf(service, operation, params, owner, region)
        await self._key_after(
            service, operation, str(result.get("SSEKMSKeyId", "")), owner, region, principal
        )
        self._effects.note(service, operation, params, result, owner)
        return result

    async def serve(
        self,
        service: str,
        operation: str,
        params: dict[str, Any],
        account: str,
        region: str,
        principal: Principal | None,
        headers: Mapping[str, str],
        request_id: str,
    ) -> Answer:
        """Validate, authorize and behave; raises NotSimulated for an operation that has no behaviour."""
        self.load(service)
        function = find(service, operation)
        if function is None:
            why = refusal(service, operation)
            remedy = "To add it: CONTRIBUTING.md, 'Where a thing goes'."
            raise NotSimulated(f"{service}:{operation}", f"{why} {remedy}".strip())
        validate(operation_model(service, operation), params)
        await self.authorize(service, operation, params, account, region, principal)
        asker = principal or Principal.of_service("simulator", account)
        call = Call(service, operation, params, asker, account, region, self, request_id, headers)
        remembered = principal is not None and principal.cause is not None and current_cause() is None
        with cause(principal.cause) if principal and remembered else nullcontext():
            result = await function(call)
            if self.settings.check_answers:
                check_answer(operation_model(service, operation), result)
            self._tell_memory(call)
            return result

    def _tell_memory(self, call: Call) -> None:
        """A fact for the reality ledger where an operation only remembers; a read is told of once."""
        name = f"{call.service}:{call.operation}"
        reads = call.operation.startswith(("Describe", "Get", "List"))
        if not remembers(call.service, call.operation) or (reads and name in self._read_from_memory):
            return
        if reads:
            self._read_from_memory.add(name)
        self.kernel.log.record("Remembered", name, {}, account=call.account, region=call.region)

    async def forward(
        self,
        service: str,
        operation: str,
        params: Mapping[str, Any],
        request: Incoming,
        region: str,
        principal: Principal,
    ) -> Outgoing:
        """A client's own request to a leaf service, passed on as it came."""
        await self._ready()
        leaf_requests.check(service, params)
        keyless = (service, operation) == ("kms", "Decrypt") and not params.get("KeyId")
        if not keyless:
            await self.authorize(service, operation, params, principal.account, region, principal)
        owner = self._owner(service, params, principal.account)
        await self._keys_before(service, operation, params, owner, region, principal)
        answer = await self._backing.send(request, owner)
        _refuse_unfinished(service, operation, answer)
        key = next((value for name, value in answer.headers if name.lower() == object_keys.KEY_HEADER), "")
        await self._key_after(service, operation, key, owner, region, principal)
        if keyless and answer.status < 300:
            # The ciphertext alone says which key it needs, and only who remembers the keys can read it.
            key = client.members(service, operation, answer)["KeyId"]
            await self.authorize(service, operation, {"KeyId": key}, principal.account, region, principal)
        if answer.status < 300 and not operation.startswith(("Get", "List", "Describe", "Head")):
            result = client.members(service, operation, answer) if service == "iam" else {}
            self._effects.note(service, operation, params, result, owner)
        return answer

    async def leaf(
        self, service: str, operation: str, params: Mapping[str, Any], account: str, region: str = ""
    ) -> Answer:
        """Ask a leaf service as the simulator itself: no authorization; region "" is the topology's."""
        await self._ready()
        return await self._leaf(service, operation, params, account, region or self.topology.region)

    async def refusal_to_assume(
        self, role_arn: str, principal: Principal, region: str, keys: Mapping[str, str] | None = None
    ) -> str:
        """Why the caller may not assume the role, as AWS words it; empty when it may."""
        await self._ready()
        row = self.kernel.store.get(accounts.ROLE, role_arn)
        if row is None:
            return (
                f"User: {principal.arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            )
        return await self.authorizer.may_assume(row["trust"], principal, role_arn, region, keys or {})

    def session(self, role_arn: str, session_name: str, service: str) -> Mapping[str, str]:
        """Credentials of a role for work that `service` starts. See `behaviour.Cloud.session`."""
        row = self.kernel.store.get(accounts.ROLE, role_arn)
        principal = Principal.of_service(service, role_arn.split(":")[4] if role_arn.count(":") >= 5 else "")
        if row is None or self.authorizer.trusts(
            row["trust"], principal, role_arn, "sts:AssumeRole", self.topology.region
        ):
            raise CallerError(
                "ValidationException",
                f"Could not assume role {role_arn}. Please ensure that the role exists and allows principal"
                f" '{service}' to assume the role.",
            )
        return self.credentials.issue(role_arn, session_name, duration_seconds=12 * 3600)

    async def authorize(
        self,
        service: str,
        operation: str,
        params: Mapping[str, Any],
        account: str,
        region: str,
        principal: Principal | None,
    ) -> None:
        """Return when the caller may; raise CallerError with AWS's denial when not. Services and nobody always may."""
        if principal is not None and not principal.service:
            await self._ready()
            await self.authorizer.authorize(principal, service, operation, params, account, region)

    async def _keys_before(
        self,
        service: str,
        operation: str,
        params: Mapping[str, Any],
        owner: str,
        region: str,
        principal: Principal | None,
    ) -> None:
        if service != "s3" or principal is None or principal.service:
            return

        async def head(bucket: str, key: str) -> Answer:
            account = self.authorizer.bucket_owner(bucket) or owner
            try:
                return await self.leaf("s3", "HeadObject", {"Bucket": bucket, "Key": key}, account)
            except CallerError as error:
                if error.status != 404:
                    raise
                return {}  # the copy itself says that there is no such source

        may = self._may_use_keys(owner, region, principal)
        await object_keys.before(operation, params, owner, self._policies, may, head)

    async def _key_after(
        self, service: str, operation: str, key: str, owner: str, region: str, principal: Principal | None
    ) -> None:
        if service == "s3" and principal is not None and not principal.service:
            await object_keys.after(operation, key, self._may_use_keys(owner, region, principal))

    def _may_use_keys(self, owner: str, region: str, principal: Principal) -> object_keys.Authorize:
        async def may(operation: str, key: str) -> None:
            await self.authorize("kms", operation, {"KeyId": key}, owner, region, principal)

        return may

    def _owner(self, service: str, params: Mapping[str, Any], account: str) -> str:
        """The account in which a leaf service keeps what the request is about."""
        if service == "s3" and params.get("Bucket"):
            return self.authorizer.bucket_owner(str(params["Bucket"])) or account
        for member in ("KeyId", "SecretId", "TopicArn", "TargetArn"):
            value = str(params.get(member, ""))
            if value.startswith("arn:") and value.count(":") >= 5:
                return value.split(":")[4] or account
        if (
            service == "sqs"
            and (parts := str(params.get("QueueUrl", "")).rstrip("/").split("/"))[-1]
            and len(parts) > 2
        ):
            return parts[-2] if parts[-2].isdigit() else account
        return account

    async def _leaf(
        self, service: str, operation: str, params: Mapping[str, Any], account: str, region: str
    ) -> Answer:
        answer = await self._backing.send(client.request(service, operation, params, region), account)
        _refuse_unfinished(service, operation, answer)
        return client.members(service, operation, answer)

    async def _ready(self) -> None:
        """Before the first use of a leaf service: the topology's users and roles exist."""
        if self._seeded:
            return
        if self._seeding is None:
            self._seeding = asyncio.Lock()
        async with self._seeding:
            if not self._seeded:
                await accounts.seed(self.kernel.store, self.topology, self._seed_leaf)
                self._seeded = True

    async def _seed_leaf(
        self, service: str, operation: str, params: Mapping[str, Any], account: str
    ) -> Answer:
        return await self._leaf(service, operation, params, account, self.topology.region)


def _refuse_unfinished(service: str, operation: str, answer: Outgoing) -> None:
    """A backing that has no such operation says so with a server error of its own: refuse by name instead."""
    html = any(k.lower() == "content-type" and v.startswith("text/html") for k, v in answer.headers)
    page = html and bool(answer.body)  # the answer to a HEAD has no body, whatever it says of its type
    if answer.status in (404, 500, 501) and (page or b"NotImplementedError" in answer.body):
        raise NotSimulated(
            f"{service}:{operation}", "The backing that remembers this service does not have it."
        )
