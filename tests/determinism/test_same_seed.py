"""The whole loop, from a push to a retraining, twice with one seed: the same causal chains through both clouds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.harness.eventually import eventually
from simulator.harness.story import build, deploy, infrastructure, watch
from simulator.harness.world import World
from simulator.shipped_folders import shipped
from tests.determinism.chains import chains, renamed
from tests.determinism.scripted_company import ARTIFACTS, BUILD_YAML, DEPLOY_YAML, Company
from tests.wire import RunningSimulator


def loop(directory: Path) -> list[dict[str, Any]]:
    """The facts of one loop in a simulator of its own."""
    company = Company()
    running = RunningSimulator(engine=company.engine)
    company.aws_url = running.aws_url
    world = World(running.console_url, directory / "work", shipped("fixtures"))
    # Both loops begin at the same place in the hour, so that its end comes at the same place in them.
    running.advance_into_the_hour()
    try:
        go(world, directory)
        world.control.rest()
        return running.facts()
    finally:
        world.close()
        running.stop()


def go(world: World, directory: Path) -> None:
    """Push, pipeline, registry, approval, staging, gate, production, drift, retraining."""
    infrastructure.deploy_accounts(world)
    infrastructure.deploy_approval_rule(world)
    s3 = world.aws(account="automation").client("s3")
    for key in ("code/x.py", "train/t.csv"):
        s3.put_object(Bucket=ARTIFACTS, Key=key, Body=b"{}")
    build.publish(world, "grace", "model_deploy", _repository(directory / "deploy", DEPLOY_YAML), "Deploy")
    build.begin(world, "ada", "model_build", _repository(directory / "build", BUILD_YAML))
    world.git("ada", "model_build").commit("Build")
    number = build.propose(world, "ada", "model_build", "change", "Build")
    build.merge(world, "grace", "model_build", number)
    build.succeed(world, build.run_of(world, build.PIPELINE))
    package, newest = build.packages(world)[0]["ModelPackageArn"], world.control.last()
    deploy.decide(world, package, "Approved")
    run = deploy.run_of_approval(world, 0, newest)
    world.azure_devops("edsger").decide(deploy.gate(world, run), "approved")
    build.succeed(world, run)
    for hour, drift in enumerate((1.0, 4.0)):
        watch.send(world, watch.rows(world, 3, drift=drift))
        watch.next_execution(world, hour)
    eventually(lambda: len(build.packages(world)) > 1 or None, "a retrained version", pause=world.pause)


def _repository(directory: Path, pipeline: str) -> Path:
    directory.mkdir()
    (directory / "azure-pipelines.yml").write_text(pipeline)
    return directory


def test_the_same_seed_gives_the_same_causal_chains(tmp_path: Path) -> None:
    first, second = (loop(_made(tmp_path / name)) for name in ("first", "second"))
    assert {"RefUpdated", "RunQueued", "ModelPackageStateChanged", "DeliverySucceeded", "ApprovalResolved",
            "EndpointStateChanged", "AlarmStateChanged"} <= {fact["kind"] for fact in first}  # fmt: skip
    once, again = chains(first), chains(second)
    assert sorted(once - again) == sorted(again - once) == []


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory


def test_names_are_renamed_in_the_order_of_their_first_appearance() -> None:
    one, other = "0b5f3d2e-1c4a-4b6d-8e9f-a1b2c3d4e5f6", "a1b2c3d4-e5f6-4b6d-8e9f-0b5f3d2e1c4a"
    assert renamed(f"{one} {other} {one} at 2026-11-22T14:02:45Z") == "<uuid 1> <uuid 2> <uuid 1> at <time>"


def test_another_cause_is_another_chain() -> None:
    def fact(sequence: int, kind: str, cause: int | None) -> dict[str, Any]:
        return {"sequence": sequence, "kind": kind, "subject": "s", "detail": {}, "cause": cause,
                "account": "", "region": ""}  # fmt: skip

    first, second = fact(1, "Pushed", None), fact(2, "Approved", None)
    assert chains([first, second, fact(3, "Queued", 1)]) != chains([first, second, fact(3, "Queued", 2)])
