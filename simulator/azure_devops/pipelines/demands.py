"""Whether an agent of a pool satisfies the demands of a job: pure.

Source: Learn "Demands"; the texts of the refusals are the service's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from simulator.azure_devops.organization import Row

HOSTED = "Azure Pipelines"
_LEAST = "Agent.Version -gtVersion 2.163.1"


def refusal(pool: str, agents: Sequence[Row], demands: Iterable[str]) -> str:
    """Why no agent of the pool can take the job, "" where one can."""
    asked = list(demands)
    if not agents:
        return f"No agents were found in pool {pool}. Configure an agent for the pool and try again."
    if any(satisfies(capabilities(one), asked) for one in agents if one["enabled"]):
        return ""
    missing = [
        one for one in asked if not any(satisfies(capabilities(agent), [one]) for agent in agents)
    ] or asked
    return (
        f"No agent found in pool {pool} which satisfies the following demands: {', '.join(missing)}."
        f" All demands: {', '.join([*asked, _LEAST])}"
    )


def capabilities(agent: Row) -> dict[str, str]:
    """What an agent has, by lower-case name; what people gave it wins."""
    return {name.lower(): str(value) for name, value in {**agent["system"], **agent["user"]}.items()}


def satisfies(known: Mapping[str, str], demands: Iterable[str]) -> bool:
    """Whether capabilities (lower-case names) meet every demand: `name`, `-equals value`, `-gtVersion 1.2`."""
    return all(_met(known, demand) for demand in demands)


def _met(known: Mapping[str, str], demand: str) -> bool:
    name, _, rest = demand.strip().partition(" ")
    value = known.get(name.lower())
    if value is None:
        return False
    operator, _, wanted = rest.strip().partition(" ")
    if operator.lower() == "-equals":
        return value.lower() == wanted.strip().lower()
    if operator.lower() == "-gtversion":
        return _numbers(value) >= _numbers(wanted)
    return not operator


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.strip().split(".") if part.isdigit())
