"""What a deployment job says beyond other jobs: its environment, its strategy and the hooks.

Source: Learn "jobs.deployment", "jobs.deployment.strategy"; sentences `shared/reference/azure-devops.md` 4.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from simulator.azure_devops.language.plan import DeploymentStrategy, Environment, Hook
from simulator.azure_devops.language.reading.fields import Fields, mapping_fields
from simulator.azure_devops.language.reading.steps import read_steps
from simulator.azure_devops.language.reading.surroundings import Surroundings
from simulator.azure_devops.language.reading.variables import read_pool
from simulator.azure_devops.language.source import ScalarNode

_NUMBER = re.compile(r"-?[0-9]{1,9}")
_Kind = Literal["runOnce", "rolling", "canary"]
_KINDS: tuple[_Kind, ...] = ("runOnce", "rolling", "canary")
_HOOKS = ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic")
_OWN: Mapping[str, tuple[str, ...]] = {"runOnce": (), "rolling": ("maxParallel",), "canary": ("increments",)}
_ENVIRONMENT = ("name", "resourceName", "resourceId", "resourceType", "tags")


def read_environment(fields: Fields, around: Surroundings) -> Environment | None:
    """`environment:` as `name.resource` or in full; it must exist where the surroundings know.

    In full, too, what follows the first point of the name is a resource (text: azure-devops-yaml-schema, issue 306).
    """
    node = fields.get("environment")
    if node is None:
        if "environment" not in fields:
            fields.errors.add(f"Job {around.job}: Environment is required.")
        return None
    if isinstance(node, ScalarNode):
        name, _, resource = node.text.partition(".")
        made = Environment(name, resource)
    else:
        inner = fields.mapping("environment", _ENVIRONMENT)
        if inner is None:
            return None
        name, resource, identifier, kind = (inner.text(key) for key in _ENVIRONMENT[:4])
        name, _, within = name.partition(".")
        if within and resource:
            fields.errors.add(
                f"Environment name cannot contain resourceName '{within}' if resourceName is explicitly specified"
                f" '{resource}'"
            )
        resource = resource or within
        made = Environment(name, resource, identifier, kind, ",".join(inner.texts("tags")))
    _look_up(made, fields, around)
    return made


def _look_up(made: Environment, fields: Fields, around: Surroundings) -> None:
    if around.environments is None or "$(" in made.name or "$(" in made.resource_name:
        return
    job, missing = around.job, around.environments(made.name, made.resource_name)
    if missing == "environment":
        fields.errors.add(
            f"Job {job}: Environment {made.name} could not be found. "
            "The environment does not exist or has not been authorized for use."
        )
    elif missing:
        fields.errors.add(
            f"Job {job}: Resource {made.resource_name} does not exist in environment {made.name}."
        )


def read_deployment_strategy(
    fields: Fields, around: Surroundings
) -> tuple[DeploymentStrategy, Mapping[str, Hook]]:
    """The strategy and its hooks by name, `on.success` and `on.failure` among them."""
    strategy = fields.mapping("strategy", _KINDS)
    named = [kind for kind in _KINDS if strategy is not None and kind in strategy]
    if strategy is None or not named:
        if "strategy" not in fields or strategy is not None:
            fields.errors.add(
                "Expected a deployment strategy", fields.where, tuple(f"strategy: {kind}" for kind in _KINDS)
            )
        return DeploymentStrategy(), {}
    for other in named[1:]:
        fields.errors.add(f"Unexpected value '{other}'", strategy.places[other])
    kind = named[0]
    inner = strategy.mapping(kind, (*_OWN[kind], *_HOOKS, "on"))
    if inner is None:
        return DeploymentStrategy(kind), {}
    made = DeploymentStrategy(kind, inner.text("maxParallel"), inner.texts("increments"))
    if sentence := _wrong_share(made.max_parallel):
        fields.errors.add(sentence)
    return made, _hooks(inner, around)


def _wrong_share(text: str) -> str:
    """What is wrong with so many targets at a time, as a number or a share; "" where nothing is, or only the run knows.

    Source: `DeploymentExecutionOptions.Validate` of actions/runner (2019, MIT).
    """
    number = text.removesuffix("%")
    if not _NUMBER.fullmatch(number):
        return ""
    if text.endswith("%"):
        return "" if 1 <= int(number) <= 100 else "Percentage rolling value should be with in 1 to 100."
    return "" if int(number) > 0 else "Absolute rolling value should be greater than zero."


def _hooks(fields: Fields, around: Surroundings) -> Mapping[str, Hook]:
    hooks = {name: _hook(fields, name, around) for name in _HOOKS if name in fields}
    outcomes = fields.mapping("on", ("success", "failure"))
    if outcomes is not None:
        for name in ("success", "failure"):
            if name in outcomes:
                hooks[f"on.{name}"] = _hook(outcomes, name, around)
    return {name: hook for name, hook in hooks.items() if hook is not None}


def _hook(fields: Fields, name: str, around: Surroundings) -> Hook | None:
    node = fields.get(name)
    inner = None if node is None else mapping_fields(node, ("pool", "steps"), fields.errors)
    return None if inner is None else Hook(read_steps(inner, "steps", around), read_pool(inner))
