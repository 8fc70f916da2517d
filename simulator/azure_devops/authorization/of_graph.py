"""What changes of groups and of who is in them need: permissions on the group's project, or on the organization."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.azure_devops.authorization.needs import Need, access_check, rule
from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.endpoints.identity import graph, subjects
from simulator.azure_devops.endpoints.identity.subjects import Subject
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import IDENTITY


def _on(project: str, permission: str, group: str = "") -> Need:
    return Need(IDENTITY, tokens.groups(project, group), permission, access_check)


def _on_group(group: Subject, permission: str) -> Need:
    return _on(group.project, permission, group.id)


@rule("POST", graph.GROUPS, graph.USERS)
def _create(call: Call) -> Iterator[Need]:
    scope = call.query.get("scopedescriptor", "")
    for one in filter(None, call.query.get("groupdescriptors", "").split(",")):
        yield _on_group(graph.named(one, subjects.groups(call)), "ManageMembership")
    if not call.query.get("groupdescriptors") or scope:
        yield _on(graph.scope_of(call, scope) if scope else "", "Write")


@rule("PATCH DELETE", graph.GROUPS)
def _change(call: Call) -> Iterator[Need]:
    group = graph.named(call.route["groupdescriptor"], subjects.groups(call))
    yield _on_group(group, "Write" if call.method == "PATCH" else "Delete")


@rule("PUT DELETE", graph.MEMBERSHIP)
def _membership(call: Call) -> Iterator[Need]:
    _, container = graph.pair(call)
    yield _on_group(container, "ManageMembership")
