"""What a resource type is: a row of operations and expressions, and the steps that follow from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.aws.cloudformation.calls import Calls, ResourceFailed, absent, denied, existing
from simulator.aws.cloudformation.handlers import shape
from simulator.aws.cloudformation.handlers.expressions import evaluate, find
from simulator.kernel.errors import CallerError

Properties = Mapping[str, Any]
Settle = Callable[[Calls, Mapping[str, Any], "Properties | None", "Properties | None"], Awaitable[None]]


@dataclass(frozen=True)
class Made:
    """A resource that exists: `keys` are the members by which its operations name it."""

    physical: str
    attributes: Mapping[str, Any]
    keys: Mapping[str, Any]


@dataclass(frozen=True)
class Tagging:
    """How tags change later: operations, the member that takes the ARN, and the attribute that holds it."""

    tag: str
    untag: str
    member: str
    attribute: str
    keys: str = "TagKeys"
    fixed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """How one sees that a resource is ready: a path in the describe answer, and the states there.

    `confirm` names properties that the describe answer must show when it is ready: a service that took an update back
    by itself is ready too, with the old value.
    """

    path: str
    ready: frozenset[str]
    failed: frozenset[str] = frozenset()
    reason: str = "FailureReason"
    confirm: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ResourceKind:
    """One row of the table. Expressions (see `expressions`) see the properties, the answers, and Region and Account.

    `settle(calls, keys, old, new)` does what takes more than one call: after creating (old None), on a change, and
    before deleting (new None); `settles` names the properties it takes care of. `claims` is an expression on the
    describe answer that is true when someone else's resource has the name, for services whose create overwrites.
    """

    type: str
    service: str
    create: str = ""
    name: str = ""
    limit: int = 63
    lower: bool = False
    describe: str = ""
    update: str = ""
    delete: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    delete_keys: Mapping[str, str] | None = None
    describe_keys: Mapping[str, str] | None = None
    physical: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    renames: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    convert: Callable[[Properties], Properties] | None = None
    converts: frozenset[str] = frozenset()
    progress: Progress | None = None
    claims: str = ""
    settle: Settle | None = None
    settles: frozenset[str] = frozenset()
    tagging: Tagging | None = None
    finish_name: Callable[[str, Properties], str] | None = None
    compute: Mapping[str, Callable[[Properties], Any]] = field(default_factory=dict)

    def unsupported(self, properties: Properties) -> list[str]:
        """The properties that nothing here would act on: they are refused, never dropped."""
        taken = {name.lower() for name in (*self.renames, *self.settles, *self.converts, self.name)}
        for operation in filter(None, (self.create, self.update)):
            taken |= set(shape.members(self.service, operation))
        if self.tagging:
            taken.add("tags")
        return [name for name in properties if name.lower() not in taken]

    def named(self, name: str, properties: Properties) -> dict[str, Any]:
        """The properties with the physical name that the type's service is told."""
        return {**properties, self.name: name} if self.name and name else dict(properties)

    async def make(
        self, calls: Calls, name: str, properties: Properties, initiated: Callable[[Made], None]
    ) -> Made:
        """Create and wait until it is ready; `initiated` is told as soon as the service has accepted it."""
        told = self.named(name, properties)
        made = await self._create(calls, told)
        initiated(made)
        if self.settle:
            await self.settle(calls, made.keys, None, told)
        return await self._ready(calls, made, told)

    async def _create(self, calls: Calls, told: Properties) -> Made:
        if self.claims and not calls.resuming and await self._claimed(calls, told):
            raise ResourceFailed(f"{told.get(self.name)} already exists")
        answer: Mapping[str, Any] = {}
        if self.create:
            params = {**self._parameters(self.create, told, calls), **self.fixed}
            try:
                answer = await calls.call(self.service, self.create, params)
            except CallerError as error:
                if not (calls.resuming and existing(error) and self.describe):
                    raise
                answer = await calls.call(
                    self.service, self.describe, self._describe_params(self._document(calls, told, {}))
                )
        return self._made(self._document(calls, told, answer))

    async def _claimed(self, calls: Calls, told: Properties) -> bool:
        params = self._describe_params(self._document(calls, told, {}))
        try:
            found = await calls.try_to(self.service, self.describe, params)
        except CallerError as error:
            if denied(error):  # the look is ours; AWS asks for no right to look
                return False
            raise
        return found is not None and (self.claims == "*" or bool(find(found, self.claims)))

    def _parameters(self, operation: str, told: Properties, calls: Calls) -> dict[str, Any]:
        given = {**told, **self.convert({**told, "Region": calls.region})} if self.convert else told
        given = {name: value for name, value in given.items() if value is not None}
        return shape.parameters(self.service, operation, given, self.renames, calls.token)

    def _document(self, calls: Calls, told: Properties, answer: Mapping[str, Any]) -> dict[str, Any]:
        where = {
            "Region": calls.region,
            "Account": calls.account,
            "LogicalId": calls.logical,
            "Stack": calls.stack,
        }
        return {**where, **told, **answer}

    def _made(self, document: Mapping[str, Any]) -> Made:
        document = {**document, **{name: compute(document) for name, compute in self.compute.items()}}
        physical = evaluate(self.physical, document)
        return Made(str(physical), _present(self.attributes, document), _present(self.keys, document))

    def _describe_params(self, document: Mapping[str, Any]) -> dict[str, Any]:
        return _present(self.keys if self.describe_keys is None else self.describe_keys, document)

    async def _ready(self, calls: Calls, made: Made, told: Properties) -> Made:
        """Wait by asking, until the state is one of the ready ones; what is not there yet in attributes is read."""
        if not self.describe or (
            self.progress is None and all(name in made.attributes for name in self.attributes)
        ):
            return made
        document = {**self._document(calls, told, {}), **made.keys}
        while True:
            since = calls.cloud.kernel.log.last()
            answer = await calls.watch(self.service, self.describe, self._describe_params(document))
            if self.progress is None or self._finished(self.progress, answer, told):
                found = self._made({**document, **made.attributes, **answer})
                return Made(made.physical, {**found.attributes, **made.attributes}, made.keys)
            await calls.pause(since)

    def _finished(self, progress: Progress, answer: Mapping[str, Any], told: Properties) -> bool:
        """Whether it is ready; raises ResourceFailed with the service's own reason."""
        state = find(answer, progress.path)
        if state in progress.failed:
            said = find(answer, progress.reason) or f"{self.type} did not stabilize: it is {state}."
            raise ResourceFailed(
                f'Resource handler returned message: "{said}" (HandlerErrorCode: NotStabilized)'
            )
        if state in progress.ready and (wrong := _unlike(progress, answer, told)):
            said = find(answer, progress.reason) or f"the service went back to {wrong}."
            raise ResourceFailed(
                f'Resource handler returned message: "{said}" (HandlerErrorCode: NotStabilized)'
            )
        return state in progress.ready

    async def change(self, calls: Calls, made: Made, old: Properties, new: Properties) -> Made:
        """Update in place and wait until it is ready again."""
        told = {**new, **({self.name: made.keys.get(self.name, old.get(self.name))} if self.name else {})}
        told = {name: value for name, value in told.items() if value is not None}
        if _but_tags(old) != _but_tags(new):
            if self.update and not await self._is_so_already(calls, made, old, told):
                params = {**self._parameters(self.update, told, calls), **made.keys}
                await calls.call(self.service, self.update, params)
        if self.settle and old != new:
            await self.settle(calls, made.keys, old, told)
        if self.tagging:
            await self._retag(calls, made, self.tagging, old, new)
        known = self._made({**self._document(calls, told, {}), **made.attributes, **made.keys}).attributes
        changed = Made(made.physical, {**made.attributes, **known}, made.keys)
        return await self._ready(calls, changed, told) if self.progress else changed

    async def _is_so_already(self, calls: Calls, made: Made, old: Properties, told: Properties) -> bool:
        """Whether the service shows the new values without being told: it took back an update that failed.

        What is still on its way from an earlier update is waited for: it could not be told anything now.
        """
        if self.progress is None:
            return False
        settled = self.progress.ready | self.progress.failed
        params = self._describe_params({**told, **made.keys})
        while True:
            since = calls.cloud.kernel.log.last()
            answer = await calls.watch(self.service, self.describe, params)
            if find(answer, self.progress.path) in settled:
                break
            await calls.pause(since)
        different = {name for name in {*old, *told} if old.get(name) != told.get(name)}
        if not self.progress.confirm or not different <= self.progress.confirm:
            return False
        ready = find(answer, self.progress.path) in self.progress.ready
        return ready and not _unlike(self.progress, answer, told)

    async def _retag(self, calls: Calls, made: Made, how: Tagging, old: Properties, new: Properties) -> None:
        before, after = tags_of(old), tags_of(new)
        value = made.attributes.get(how.attribute) or made.keys.get(how.attribute) or made.physical
        target = {how.member: value, **how.fixed}
        gone = sorted(set(before) - set(after))
        if gone:
            await calls.call(self.service, how.untag, {**target, how.keys: gone})
        changed = {key: value for key, value in after.items() if before.get(key) != value}
        if changed:
            tags = [{"Key": key, "Value": value} for key, value in changed.items()]
            shaped = shape.parameters(self.service, how.tag, {"Tags": tags}, {}, calls.token)
            await calls.call(self.service, how.tag, {**target, **shaped})

    async def remove(self, calls: Calls, made: Made, properties: Properties) -> None:
        """Delete, and wait until it is gone; what is already gone is as good."""
        try:
            if self.settle:
                await self.settle(calls, made.keys, properties, None)
            if self.delete:
                document = {**self._document(calls, properties, {}), **made.attributes, **made.keys}
                expressions = (
                    {name: name for name in made.keys} if self.delete_keys is None else self.delete_keys
                )
                await calls.call(self.service, self.delete, _present(expressions, document))
            await self._gone(calls, made, properties)
        except CallerError as error:
            if not absent(error):
                raise

    async def _gone(self, calls: Calls, made: Made, properties: Properties) -> None:
        """Deleting something that has states takes time; the end is that the service does not know it."""
        while self.progress is not None:
            since = calls.cloud.kernel.log.last()
            document = {**self._document(calls, properties, {}), **made.keys}
            await calls.watch(self.service, self.describe, self._describe_params(document))
            await calls.pause(since)


def _present(expressions: Mapping[str, str], document: Mapping[str, Any]) -> dict[str, Any]:
    """The value of each expression that has one."""
    values = {name: evaluate(expression, document) for name, expression in expressions.items()}
    return {name: value for name, value in values.items() if value is not None}


def tags_of(properties: Properties) -> dict[str, str]:
    """The tags of properties, in either of their forms, as a mapping."""
    tags = properties.get("Tags") or {}
    if isinstance(tags, Mapping):
        return {str(key): str(value) for key, value in tags.items()}
    return {str(entry["Key"]): str(entry["Value"]) for entry in tags}


def _unlike(progress: Progress, answer: Mapping[str, Any], told: Properties) -> str:
    """What the describe answer shows where a confirmed property should stand; empty when all are as told."""
    for name in progress.confirm:
        if name in told and find(answer, name) != told[name]:
            return f"{name} {find(answer, name)}"
    return ""


def _but_tags(properties: Properties) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name != "Tags"}
