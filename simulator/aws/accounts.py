"""Roles and people of the topology as IAM resources of their accounts, made when IAM is first needed."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from simulator.kernel.errors import CallerError
from simulator.kernel.store import Store
from simulator.topology import Person, Role, Topology

Leaf = Callable[[str, str, Mapping[str, Any], str], Awaitable[dict[str, Any]]]

ROLE = "iam.role"
_SEEDED = "iam.seeded"


def trust_document(trust: Mapping[str, Any]) -> dict[str, Any]:
    """The trust policy that a topology's short form stands for; a whole document stays as it is."""
    if "Statement" in trust:
        return dict(trust)
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **trust}]}


def enter_roles(store: Store, topology: Topology) -> None:
    """Write the topology's trust policies, so that roles can be assumed before anything heavy is loaded."""
    for role in topology.roles:
        if store.get(ROLE, role.arn) is None:
            store.put(ROLE, role.arn, {"trust": trust_document(role.trust)})


async def seed(store: Store, topology: Topology, leaf: Leaf) -> None:
    """Create the topology's users and roles with their policies, once a state; what is there already stays."""
    for person in topology.people:
        if person.account and store.get(_SEEDED, person.arn) is None:
            await _seed_person(person, leaf)
            store.put(_SEEDED, person.arn, {})
    for role in topology.roles:
        if store.get(_SEEDED, role.arn) is None:
            await _seed_role(role, leaf)
            store.put(_SEEDED, role.arn, {})


async def _seed_person(person: Person, leaf: Leaf) -> None:
    await _unless_there(leaf, "CreateUser", {"UserName": person.name}, person.account)
    await _policies("User", person.name, person.managed, person.statements, person.account, leaf)


async def _seed_role(role: Role, leaf: Leaf) -> None:
    params = {"RoleName": role.name, "AssumeRolePolicyDocument": json.dumps(trust_document(role.trust))}
    await _unless_there(leaf, "CreateRole", params, role.account)
    await _policies("Role", role.name, role.managed, role.statements, role.account, leaf)


async def _policies(
    who: str,
    name: str,
    managed: tuple[str, ...],
    statements: tuple[dict[str, Any], ...],
    account: str,
    leaf: Leaf,
) -> None:
    for policy in managed:
        arn = f"arn:aws:iam::aws:policy/{policy}"
        await leaf("iam", f"Attach{who}Policy", {f"{who}Name": name, "PolicyArn": arn}, account)
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        params = {f"{who}Name": name, "PolicyName": "topology", "PolicyDocument": document}
        await leaf("iam", f"Put{who}Policy", params, account)


async def _unless_there(leaf: Leaf, operation: str, params: Mapping[str, Any], account: str) -> None:
    try:
        await leaf("iam", operation, params, account)
    except CallerError as error:
        if error.code != "EntityAlreadyExists":
            raise
