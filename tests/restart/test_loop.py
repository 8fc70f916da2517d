"""The whole loop with a simulator that is killed on the way: it ends as if nothing had been."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.harness.demo.links import LINKS, Demo
from simulator.harness.story import deploy
from tests.restart.server import Server


def is_training(fact: dict[str, Any]) -> bool:
    return bool(
        fact["kind"] == "TrainingJobStateChanged" and fact["detail"].get("secondary_status") == "Training"
    )


def is_half_a_stack(fact: dict[str, Any]) -> bool:
    return bool(fact["kind"] == "EndpointStateChanged" and fact["detail"]["status"] == "Creating")


def is_a_gate(fact: dict[str, Any]) -> bool:
    return bool(fact["kind"] == "ApprovalPending")


def test_the_loop_reaches_production_though_the_simulator_is_killed_on_the_way(server: Server) -> None:
    demo, links = Demo(server.start(hold=True)), {link.name: link.act for link in LINKS}

    def kill_at(point: Callable[[dict[str, Any]], bool], what: str) -> None:
        demo.world.until(point, what)
        server.kill()
        server.start(hold=True)

    for name in ("accounts and data", "deploy repository", "push and merge"):
        links[name](demo)
    kill_at(is_training, "the training in the build")
    links["model build"](demo)
    links["approval"](demo)
    kill_at(is_half_a_stack, "the endpoint of the staging stack")
    links["integration tests"](demo)
    kill_at(is_a_gate, "the gate")
    links["gate"](demo)
    links["production"](demo)

    world = demo.world
    registered = server.kinds("ModelPackageStateChanged")
    trained = [fact for fact in server.kinds("TrainingJobStateChanged") if is_training(fact)]
    assert deploy.model_behind(world, "production", "abalone-production") == demo.package
    assert {fact["subject"] for fact in registered} == {demo.package}
    assert len(trained) == 1
    assert [fact["detail"]["pipeline"] for fact in server.kinds("RunQueued")] == [
        "model-build",
        "model-deploy",
    ]
    assert {fact["detail"]["result"] for fact in server.kinds("RunCompleted")} == {"succeeded"}
