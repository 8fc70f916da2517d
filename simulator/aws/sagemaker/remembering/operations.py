"""Create, Describe, List, Update, Delete, Stop and Start of every kind of the table, where nothing gives them life."""

from __future__ import annotations

from collections.abc import Callable

from simulator.aws.behaviour import Answer, Behaviour, Call, has_memory, memory
from simulator.aws.protocol.models import operation_model, service_model
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.columns import list_operation
from simulator.aws.sagemaker.kinds.kind import Kind
from simulator.aws.sagemaker.kinds.table import BY_NAME, TABLE
from simulator.aws.sagemaker.remembering import (
    clusters,
    edge,
    features,
    hub_contents,
    image_versions,
    notebook_instances,
    parts,
    settings,
)
from simulator.aws.sagemaker.remembering.changing import changes
from simulator.aws.sagemaker.remembering.identity import (
    children,
    existing,
    in_use,
    key_in,
    members,
    new_key,
    referred,
)
from simulator.aws.sagemaker.remembering.once import once
from simulator.aws.sagemaker.remembering.states import state_after
from simulator.aws.sagemaker.showing import answer
from simulator.kernel.errors import CallerError

OWN = (clusters, edge, features, hub_contents, image_versions, notebook_instances, parts, settings)
"""The memories of single operations; they go before a kind's."""

_KEPT_BESIDE = frozenset({"Tags", "ClientToken", "ClientRequestToken"})


def creates(kind: Kind) -> Behaviour:
    """The Create of a kind: what it refers to must exist, its name must be free, and it stays in its first state."""

    async def create(call: Call) -> Answer:
        with call.kernel.store.transaction():
            arns = referred(call, kind)
            key, added = new_key(call, kind)
            if key_in_use(call, kind, key):
                raise taken(kind, key, str(call.params[kind.name_member]))
            renamed = dict(kind.renamed)
            given = {renamed.get(k, k): v for k, v in call.params.items() if k not in _KEPT_BESIDE}
            request = {**given, **added}
            kept = {**request, **kind.first({**request, "_refers": arns})}
            row = resources.insert(call.kernel, kind, key, kept, call.params.get("Tags", ()))
        return answer(call, kind, row)

    return create


def key_in_use(call: Call, kind: Kind, key: str) -> bool:
    """Whether the name that a Create gives is another's, for kinds whose key the service makes."""
    if not kind.generated or members(kind) != [kind.name_member]:
        return False
    return call.kernel.store.get(kind.row, key_in(call, kind)) is not None


def taken(kind: Kind, key: str, name: str) -> CallerError:
    """AWS's error for a name that is in use."""
    code, text = kind.taken
    arn = resources.arn_of(kind, key)
    return CallerError(code, text.format(name=name, arn=arn, kind=kind.name, noun=kind.noun))


def describes(kind: Kind) -> Behaviour:
    """The Describe of a kind."""

    async def describe(call: Call) -> Answer:
        row = await resources.settled(call, kind, key_in(call, kind))
        shape = operation_model(call.service, call.operation).output_shape
        if shape is not None and "Tags" in shape.members:
            tags = (call.kernel.store.get("sagemaker.tags", row[kind.arn_member]) or {"tags": {}})["tags"]
            row = {**row, "Tags": [{"Key": name, "Value": value} for name, value in tags.items()]}
        return answer(call, kind, row)

    return describe


def lists(kind: Kind) -> Behaviour:
    """The List of a kind; where it names what they are in, that must exist."""

    async def listing(call: Call) -> Answer:
        parent = BY_NAME.get(kind.within)
        if parent and all(name in call.params for name in members(parent)):
            existing(call, parent)
        return resources.listed(call, kind)

    return listing


def updates(kind: Kind) -> Behaviour:
    """The Update of a kind: what is given replaces what was."""

    async def update(call: Call) -> Answer:
        with call.kernel.store.transaction():
            key = existing(call, kind)
            referred(call, kind)
            row = resources.fetch(call.kernel, kind, key)
            shape = operation_model(call.service, call.operation).input_shape
            changed = changes(kind, row, call.params, members(kind), shape.members if shape else ())
            row = resources.change(call.kernel, kind, key, changed)
        return answer(call, kind, row)

    return update


def deletes(kind: Kind) -> Behaviour:
    """The Delete of a kind: refused while something is still in it."""

    async def delete(call: Call) -> Answer:
        with call.kernel.store.transaction():
            key = existing(call, kind)
            row = resources.fetch(call.kernel, kind, key)
            if held := children(call, kind, key):
                name = resources.place(key)[2]
                text = (
                    f"Unable to delete {kind.name} [{name}] because it has {held[0]}(s) associated with it."
                )
                raise in_use(call, text)
            resources.remove(call.kernel, kind, key)
        return answer(call, kind, {**row, "Success": True})

    return delete


def moves(kind: Kind, verb: str) -> Behaviour:
    """Stop or Start of a kind: into the state in which the service begins to do it, and no further."""

    async def move(call: Call) -> Answer:
        with call.kernel.store.transaction():
            key = existing(call, kind)
            state = state_after(kind, verb)
            row = resources.change(call.kernel, kind, key, {kind.status_member: state} if state else {})
        return answer(call, kind, row)

    return move


_VERBS: dict[str, Callable[[Kind], Behaviour]] = {
    "Create": creates,
    "Describe": describes,
    "Update": updates,
    "Delete": deletes,
    "Stop": lambda kind: moves(kind, "Stop"),
    "Start": lambda kind: moves(kind, "Start"),
}
_READS = ("Describe", "List")


def enter(kind: Kind) -> None:
    """Enter the memory of a kind's operations, but for those that have one of their own."""
    free = {name for name in service_model("sagemaker").operation_names if not has_memory("sagemaker", name)}
    for verb, make in _VERBS.items():
        if (operation := f"{verb}{kind.name}") in free:
            alive = f"Create{kind.name}" if verb in _READS else ""
            function = make(kind)
            memory("sagemaker", operation, alive)(
                once(function) if verb in ("Create", "Update") else function
            )
    if (operation := list_operation(kind)) in free:
        memory("sagemaker", operation, f"Create{kind.name}")(lists(kind))


for _kind in TABLE:
    enter(_kind)
