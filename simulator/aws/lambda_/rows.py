"""The rows of functions, versions, aliases and policies, and how a name becomes one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.aws.behaviour import Call
from simulator.aws.lambda_.errors import invalid, missing, no_function
from simulator.aws.lambda_.names import LATEST, Named, named
from simulator.kernel.store import Store

FUNCTION = "lambda.function"
"""Key account/region/name: config, code, versions (how many were published), tags, concurrency."""
VERSION = "lambda.version"
"""Key account/region/name/00000001: config, code."""
ALIAS = "lambda.alias"
"""Key account/region/name/alias: the members of AliasConfiguration."""
POLICY = "lambda.policy"
"""Key account/region/name/qualifier, `$LATEST` for none: statements, revision."""
EVENT_INVOKE = "lambda.event_invoke_config"
"""Key account/region/name/qualifier: the members of FunctionEventInvokeConfig."""
LAYER = "lambda.layer"
"""Key account/region/name/00000001: content of a layer's version."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Resolved:
    """One version of a function: what it was asked by, its number, configuration and code."""

    asked: Named
    version: str
    row: Mapping[str, Any]

    @property
    def config(self) -> Mapping[str, Any]:
        """The configuration as GetFunctionConfiguration gives it, for this version."""
        found: Mapping[str, Any] = self.row["config"]
        return found


def function_of(call: Call) -> Named:
    """The function that the call's FunctionName and Qualifier name; raises where they contradict each other."""
    text, qualifier = str(call.params["FunctionName"]), str(call.params.get("Qualifier", ""))
    alone = named(text, call.account, call.region)
    if alone is None:
        raise invalid(f"{text} is not a valid function name or ARN.")
    if qualifier and alone.qualifier and alone.qualifier != qualifier:
        raise invalid("The derived qualifier from the function name does not match the specified qualifier.")
    return alone.at(qualifier or alone.qualifier)


def fetch(store: Store, function: Named) -> Row:
    """The function's row; raises AWS's ResourceNotFoundException with the ARN as asked."""
    row = store.get(FUNCTION, function.key)
    if row is None:
        raise no_function(function.qualified_arn)
    return row


def version_key(function: Named, version: str) -> str:
    """The row key of a published version: zero-padded, so that keys sort as numbers."""
    return f"{function.key}/{int(version):08d}"


def resolve(store: Store, function: Named, *, choice: float = 1.0) -> Resolved:
    """The version behind a qualifier; `choice` in [0, 1) decides for an alias that routes to two versions."""
    row = fetch(store, function)
    qualifier = function.qualifier or LATEST
    if qualifier == LATEST:
        return Resolved(function, LATEST, row)
    if not qualifier.isdigit():
        alias = store.get(ALIAS, f"{function.key}/{qualifier}")
        if alias is None:
            raise no_function(function.qualified_arn)
        qualifier = _routed(alias, choice)
        if qualifier == LATEST:
            return Resolved(function, LATEST, row)
    published = store.get(VERSION, version_key(function, qualifier))
    if published is None:
        raise no_function(function.qualified_arn)
    return Resolved(function, qualifier, published)


def _routed(alias: Mapping[str, Any], choice: float) -> str:
    for version, weight in alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}).items():
        if choice < weight:
            return str(version)
    return str(alias["FunctionVersion"])


def alias_row(store: Store, function: Named, name: str) -> Row:
    """An alias; raises AWS's ResourceNotFoundException."""
    fetch(store, function.at(""))
    row = store.get(ALIAS, f"{function.key}/{name}")
    if row is None:
        raise missing(f"Cannot find alias arn: {function.arn}:{name}")
    return row


def policy_key(function: Named) -> str:
    """The row key of the resource policy of a function, version or alias."""
    return f"{function.key}/{function.qualifier or LATEST}"
