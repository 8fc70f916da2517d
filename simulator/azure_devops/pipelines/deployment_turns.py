"""Which hooks of a deployment job run after which, and what each sees of its strategy: pure.

Source: Learn "Deployment jobs" (hooks, strategies, names of outputs) and "Predefined variables" (`Strategy.*`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.azure_devops.language.plan import Job

_ROUND = ("deploy", "routeTraffic", "postRouteTraffic")
_ACTIONS = {"on.success": "promote", "on.failure": "reject"}


@dataclass(frozen=True)
class Turn:
    """One hook that runs: `key` names its agent job and its outputs, "" the only deploy of a `runOnce`."""

    hook: str
    key: str
    variables: Mapping[str, str]


def strategy_name(job: Job) -> str:
    """What `Strategy.Name` says."""
    return job.deployment.kind if job.deployment else "runOnce"


def turns(job: Job, resource: str = "") -> list[Turn]:
    """The hooks that the job has, in their order, for one virtual machine (`rolling`) or for all."""
    found = [_turn(job, "preDeploy", resource)]
    if job.deployment is not None and job.deployment.kind == "canary":
        for increment in job.deployment.increments:
            found += [_turn(job, hook, increment) for hook in _ROUND]
    else:
        found += [_turn(job, hook, resource) for hook in _ROUND]
    return [turn for turn in found if turn.hook in job.hooks]


def last_turn(job: Job, good: bool, resource: str = "") -> list[Turn]:
    """`on: success` or `on: failure`, if the job has it."""
    turn = _turn(job, "on.success" if good else "on.failure", resource)
    return [turn] if turn.hook in job.hooks else []


def batch_size(most: str, targets: int) -> int:
    """How many machines are deployed to at once: a number, a share of all (at least one), or all; 0 for neither."""
    text = most.strip()
    if not text:
        return max(1, targets)
    number = text.removesuffix("%").rstrip()
    if not (number.isascii() and number.isdecimal() and int(number)):
        return 0
    return int(number) if number == text else max(1, targets * int(number) // 100)


def _turn(job: Job, hook: str, about: str) -> Turn:
    repeated = hook in _ROUND
    variables = {"Strategy.Name": strategy_name(job), "Strategy.CycleName": _cycle(hook)}
    canary = strategy_name(job) == "canary"
    if canary:
        variables["Strategy.Action"] = _ACTIONS.get(hook, "deploy")
        if repeated:
            variables["Strategy.Increment"] = about
    short = hook.removeprefix("on.")
    if about and (repeated or not canary):
        return Turn(hook, f"{short}_{about}", variables)
    return Turn(hook, "" if hook == "deploy" else hook, variables)


def _cycle(hook: str) -> str:
    if hook == "preDeploy":
        return "PreIteration"
    return "Iteration" if hook in _ROUND else "PostIteration"
