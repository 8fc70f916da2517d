"""Policy documents as values: statements, principals and conditions, already in one normal form."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PrincipalSet:
    """The Principal or NotPrincipal of a statement; `everyone` is a bare `*` or AWS: `*`."""

    aws: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    federated: tuple[str, ...] = ()
    everyone: bool = False


@dataclass(frozen=True)
class Condition:
    """One key under one operator: the request's value of `key` is compared with any of `values`."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """One statement. A `None` element is absent; `not_*` elements stand in place of their positive."""

    effect: str
    sid: str = ""
    actions: tuple[str, ...] | None = None
    not_actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    not_resources: tuple[str, ...] | None = None
    principals: PrincipalSet | None = None
    not_principals: PrincipalSet | None = None
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class PolicyDocument:
    """A parsed policy; `name` is for messages only. Policy variables exist from version 2012-10-17 on."""

    statements: tuple[Statement, ...]
    version: str = "2012-10-17"
    name: str = ""
