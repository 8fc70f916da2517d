"""Runs after SIGKILL: a push that was acknowledged starts one run, an event one run, and a gate waits as it waited."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.harness.eventually import eventually
from simulator.harness.story import build, deploy
from simulator.harness.world import World
from tests.restart.server import Server

BUILD = """
trigger: [main]
steps:
  - script: echo built
    displayName: Say it
"""
DEPLOY = """
trigger: none
stages:
  - stage: Before
    jobs:
      - job: Say
        steps:
          - script: echo before the gate
            displayName: Before the gate
  - stage: Production
    jobs:
      - deployment: Deploy
        environment: production
        strategy:
          runOnce:
            deploy:
              steps:
                - download: none
                - script: echo after the gate
                  displayName: After the gate
"""
PLAIN = """
trigger: none
steps:
  - script: echo started by an event
"""
EVENTS_ROLE = "arn:aws:iam::222222222222:role/EventBridgeRole"


def publish(world: World, repository: str, pipeline: str, directory: Path) -> str:
    """A repository that holds a pipeline and nothing else; gives the commit."""
    source = directory / "source" / repository
    source.mkdir(parents=True)
    (source / "azure-pipelines.yml").write_text(pipeline)
    return build.publish(world, "grace", repository, source, "A pipeline")


def runs_of(world: World, pipeline: str) -> list[int]:
    """The numbers of all runs of a pipeline."""
    return [int(run["id"]) for run in world.azure_devops("grace").runs(pipeline)]


def done_steps(server: Server, name: str) -> int:
    """How often a step of that name has completed, over all runs."""
    done = [fact["detail"] for fact in server.kinds("StepStateChanged") if fact["detail"]["name"] == name]
    return sum(detail["state"] == "completed" for detail in done)


def test_a_push_that_was_acknowledged_starts_its_run_exactly_once(server: Server, tmp_path: Path) -> None:
    world = server.start()
    commit = publish(world, "model_build", BUILD, tmp_path)
    server.kill()

    server.start()
    build.succeed(world, build.run_of(world, build.PIPELINE))
    world.control.rest()

    (run,) = runs_of(world, build.PIPELINE)
    assert world.azure_devops("grace").request("GET", f"build/builds/{run}")["sourceVersion"] == commit
    assert len(server.kinds("RunQueued")) == 1
    assert done_steps(server, "Say it") == 1


def test_a_push_whose_refs_moved_but_were_never_looked_at_starts_its_run(
    server: Server, tmp_path: Path
) -> None:
    """git has answered the client, and the simulator was killed before it read the refs."""
    world = server.start()
    first = publish(world, "model_build", BUILD, tmp_path)
    build.succeed(world, build.run_of(world, build.PIPELINE))
    server.kill()
    git = world.git("grace", "model_build")
    (git.directory / "README.md").write_text("more\n")
    second = git.commit("More")
    (bare,) = [each for each in (server.state / "git").iterdir() if (each / "refs/heads/main").exists()]
    git.run("push", "--quiet", str(bare), "HEAD:refs/heads/main")

    server.start()
    build.succeed(world, build.run_of(world, build.PIPELINE, after=1))
    world.control.rest()

    queued = [fact["detail"]["commit"] for fact in server.kinds("RunQueued")]
    assert queued == [first, second]


def test_a_gate_that_waited_waits_under_the_same_id_and_can_be_approved(
    server: Server, tmp_path: Path
) -> None:
    world = server.start()
    publish(world, "model_deploy", DEPLOY, tmp_path)
    run = int(world.azure_devops("grace").run(deploy.PIPELINE)["id"])
    approval = deploy.gate(world, run)
    server.kill()

    server.start()
    assert [each["id"] for each in world.azure_devops("grace").pending_approvals()] == [approval]
    world.azure_devops("edsger").decide(approval, "approved", "after the crash")
    build.succeed(world, run)

    assert done_steps(server, "Before the gate") == 1
    assert done_steps(server, "After the gate") == 1


class Border:
    """Stands between EventBridge and Azure DevOps: passes requests on, and keeps the first answer to itself."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any]] = []
        self.arrived, self.gone = threading.Event(), threading.Event()
        border = self

        class Handler(BaseHTTPRequestHandler):
            """One request each way."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                kept = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
                answer = httpx.post(border.target, content=body, headers=kept, trust_env=False, timeout=60)
                border.answers.append(answer.json())
                if len(border.answers) == 1:
                    border.arrived.set()
                    border.gone.wait(60)
                    return
                self.send_response(answer.status_code)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing: the test asserts on what arrived."""

        self.target = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/runs"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self.gone.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def border() -> Iterator[Border]:
    made = Border()
    yield made
    made.close()


def rule_to(world: World, url: str) -> None:
    """Events of `acme.test` start Model Deploy at `url`."""
    events = world.aws().client("events")
    token = world.people["eventbridge"]["personal_access_token"]
    connection = events.create_connection(
        Name="azure",
        AuthorizationType="BASIC",
        AuthParameters={"BasicAuthParameters": {"Username": "eventbridge", "Password": token}},
    )["ConnectionArn"]
    destination = events.create_api_destination(
        Name="azure", ConnectionArn=connection, InvocationEndpoint=url, HttpMethod="POST"
    )["ApiDestinationArn"]
    events.put_rule(Name="start", EventPattern=json.dumps({"source": ["acme.test"]}))
    body = json.dumps({"resources": {"repositories": {"self": {"refName": "refs/heads/main"}}}})
    target = {"Id": "azure", "Arn": destination, "RoleArn": EVENTS_ROLE, "Input": body}
    assert events.put_targets(Rule="start", Targets=[target])["FailedEntryCount"] == 0


def test_an_event_half_delivered_is_delivered_and_starts_one_run(
    server: Server, border: Border, tmp_path: Path
) -> None:
    """Azure DevOps has queued the run, and EventBridge was killed before it heard so: it delivers again."""
    world = server.start()
    publish(world, "model_deploy", PLAIN, tmp_path)
    azure = world.azure_devops("grace")
    number = azure.pipeline(deploy.PIPELINE)["id"]
    border.target = f"{azure.url}/_apis/pipelines/{number}/runs?api-version=7.1"
    rule_to(world, border.url)
    entry = {"Source": "acme.test", "DetailType": "Go", "Detail": "{}"}
    world.aws().client("events").put_events(Entries=[entry])
    assert border.arrived.wait(60)
    server.kill()
    border.gone.set()
    assert len(border.answers) == 1

    server.start()
    eventually(lambda: server.kinds("DeliverySucceeded") or None, "the delivery", pause=world.pause)
    first, again = border.answers

    assert again["id"] == first["id"]
    assert runs_of(world, deploy.PIPELINE) == [first["id"]]
    assert len(server.kinds("RunQueued")) == 1
    build.succeed(world, int(first["id"]))
