"""Which agents a job may have: demands, pools that are not there, and jobs in one pool side by side."""

from __future__ import annotations

import asyncio

import pytest

from simulator.azure_devops.pipelines.demands import refusal, satisfies
from simulator.azure_devops.pipelines.room import Agents
from tests.azure_devops.scripted import SIMPLE

KNOWN = {"java": "/usr/bin/java", "agent.os": "Linux", "agent.version": "4.1.0"}
AGENT = {"name": "a", "enabled": True, "system": {"Agent.OS": "Linux"}, "user": {"gpu": "2"}}


@pytest.mark.parametrize(
    "demand, met",
    [
        ("Java", True),
        ("node", False),
        ("Agent.OS -equals linux", True),
        ("Agent.OS -equals Windows_NT", False),
        ("Agent.Version -gtVersion 3.9.9", True),
        ("Agent.Version -gtVersion 4.10", False),
    ],
)
def test_a_demand_is_met_by_capabilities(demand, met):
    assert satisfies(KNOWN, [demand]) is met


def test_the_refusal_names_what_no_agent_has():
    assert refusal("P", [AGENT], ["gpu -equals 2", "Agent.OS"]) == ""
    assert refusal("P", [AGENT], ["gpu", "quantum"]).startswith(
        "No agent found in pool P which satisfies the following demands: quantum. All demands: gpu, quantum"
    )
    assert refusal("P", [], []).startswith("No agents were found in pool P.")


@pytest.mark.parametrize(
    "pool, told",
    [
        (
            "{name: Default, demands: [quantum]}",
            "No agent found in pool Default which satisfies the following demands",
        ),
        ("Nowhere", "Could not find a pool with name Nowhere."),
    ],
)
def test_a_job_that_no_agent_can_take_fails_and_says_why(queued, served, pool, told):
    build = queued(f"pool: {pool}\n" + SIMPLE)
    with served.client() as client:
        rows = client.get(f"ml/_apis/build/builds/{build['id']}/timeline").json()["records"]
    assert build["result"] == "failed"
    assert any(issue["message"].startswith(told) for row in rows for issue in row["issues"])
    assert served.engine.started == []


def test_a_job_with_demands_that_an_agent_meets_runs(queued):
    build = queued("pool: {name: Default, demands: [git, Agent.OS -equals Linux]}\n" + SIMPLE)
    assert build["result"] == "succeeded"


def test_an_agent_that_a_job_has_from_before_a_restart_goes_to_nobody_else_until_that_job_ends():
    async def told():
        agents, heard = Agents(1), []
        agents.keep(7, 1)

        async def younger():
            async with agents.one(pool=7, size=1):
                heard.append("younger")

        waiting = asyncio.ensure_future(younger())
        await asyncio.sleep(0)
        async with agents.kept(7, 1):
            heard.append("older")
        await waiting
        return heard

    assert asyncio.run(told()) == ["older", "younger"]
