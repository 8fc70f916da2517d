"""Pipelines after SIGKILL: what worked works on, what waited waits on, and nothing of it is done twice.

One simulator is brought into every kind of going on and waiting at once, killed, started again and let to its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from simulator.harness.eventually import eventually
from simulator.harness.world import World
from tests.azure_devops.outside import Outside
from tests.restart.server import Server

HOLD = "until test -e $(Pipeline.Workspace)/go; do read -t 0.05 line < /dev/zero || true; done"


def job(script: str, more: str = "") -> str:
    """The jobs of a stage: one of one step."""
    return f"jobs: [{{job: J, steps: [{{checkout: none}}, {{script: '{script}'{more}}}]}}]"


def waiting(task: str, inputs: str) -> str:
    """A job without an agent."""
    return (
        f"{{job: {task}, pool: server, timeoutInMinutes: 600, steps: [{{task: {task}@1, inputs: {inputs}}}]}}"
    )


def deployment(environment: str, steps: str, more: str = "") -> str:
    """A pipeline that deploys without an agent."""
    strategy = f"strategy: {{runOnce: {{deploy: {{steps: [{steps}]}}}}}}"
    return (
        f"lockBehavior: sequential\nstages:\n- stage: D\n  jobs: [{{deployment: D, environment: {environment},"
        f" pool: server, {more}{strategy}}}]"
    )


PIPELINES = {
    "manual": f"stages:\n- stage: A\n  {job('echo a')}\n- stage: B\n  trigger: manual\n  {job('echo b')}",
    "retried": f"stages:\n- stage: A\n  {job(f'test $(System.StageAttempt) = 2 || exit 1; {HOLD}')}",
    "canceled": f"stages:\n- stage: A\n  {job(HOLD, ', condition: always()')}\n"
    f"- stage: B\n  dependsOn: []\n  {job(HOLD)}",
    "attempts": "steps:\n- checkout: none\n- script: |\n    cd $(Pipeline.Workspace)\n    echo try >> tries\n"
    f"    echo this is try $(wc -l < tries)\n    test $(wc -l < tries) -ge 2 || exit 1\n    {HOLD}\n"
    "  retryCountOnTaskFailure: 3\n",
    "queued": "steps: [{checkout: none}, {script: echo ran}]",
    "agentless": f"jobs: [{waiting('Delay', '{delayForMinutes: 30}')}, "
    + waiting("ManualValidation", "{notifyUsers: grace@example.com}")
    + ", "
    + waiting("InvokeRESTAPI", "{serviceConnection: outside, waitForCompletion: 'true', urlSuffix: /task}")
    + "]",
    "checked": deployment("office", "{task: Delay@1, inputs: {delayForMinutes: 0}}"),
    "locked": deployment("staging", "{task: Delay@1, inputs: {delayForMinutes: 45}}"),
}
FUNCTION = {"id": "537fdb7a-a601-4537-aa70-92645a2b5ce4", "name": "AzureFunction", "version": "1.0.0"}
LOCK = {"id": "2ef31ad6-baa0-403a-8b45-2cbc9b4e5563", "name": "ExclusiveLock"}


@dataclass
class Scene:
    """The runs by the name of their pipeline, and their records before the kill, after it, and at the end."""

    server: Server
    outside: Outside
    numbers: dict[str, int] = field(default_factory=dict)
    before: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    after: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    ended: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.server.world

    def ask(self, method: str, path: str, **more: Any) -> Any:
        return self.world.azure_devops("grace").request(method, path, "7.1-preview.1", **more)

    def run(self, pipeline: str, name: str = "") -> int:
        number = int(self.world.azure_devops("grace").run(pipeline)["id"])
        self.numbers[name or pipeline] = number
        return number

    def state(self, run: int, kind: str, name: str = "") -> list[str]:
        return states(self.world.azure_devops("grace").timeline(run), kind, name)

    def until(self, name: str, kind: str, wanted: list[str]) -> None:
        def look() -> bool | None:
            return self.state(self.numbers[name], kind) == wanted or None

        def seen() -> object:
            return self.world.azure_devops("grace").timeline(self.numbers[name])

        eventually(look, f"{name}: {kind} {wanted}", pause=self.world.pause, seen=seen, timeout_seconds=30)

    def look(self) -> dict[str, list[dict[str, Any]]]:
        azure = self.world.azure_devops("grace")
        return {name: azure.timeline(number) for name, number in self.numbers.items()}


def states(records: list[dict[str, Any]], kind: str, name: str = "") -> list[str]:
    """The results (or states) of the records of a kind."""
    mine = [row for row in records if row["type"] == kind and name in ("", row["name"])]
    own = ("Initialize job", "Finalize Job")
    return [str(row["result"] or row["state"]) for row in mine if row["name"] not in own]


def publish(scene: Scene, directory: Path) -> None:
    """The pipelines, the environments and what guards them."""
    world = scene.world
    git = world.git("grace", "model_build")
    git.start(world.remote("model_build"))
    for name, text in PIPELINES.items():
        (git.directory / f"{name}.yml").write_text(f"trigger: none\n{text}\n")
    git.commit("Pipelines")
    git.push("main")
    repository = {"id": scene.ask("GET", "git/repositories/model_build")["id"], "type": "azureReposGit"}
    for name in PIPELINES:
        place = {"type": "yaml", "path": f"{name}.yml", "repository": repository}
        scene.ask("POST", "pipelines", json={"name": name, "folder": "\\", "configuration": place})
    office = scene.ask("POST", "distributedtask/environments", json={"name": "office"})
    (staging,) = scene.ask("GET", "distributedtask/environments", params={"name": "staging"})["value"]
    project = {"projectReference": {"name": "ml"}, "name": "outside"}
    connection: dict[str, Any] = {"name": "outside", "type": "generic", "url": scene.outside.origin}
    connection |= {"serviceEndpointProjectReferences": [project], "authorization": {"scheme": "None"}}
    connection = scene.ask("POST", "serviceendpoint/endpoints", json=connection)
    for kind, identifier in (("environment", office["id"]), ("endpoint", connection["id"])):
        opened = {"allPipelines": {"authorized": True}}
        scene.ask("PATCH", f"pipelines/pipelinePermissions/{kind}/{identifier}", json=opened)
    settings = {"definitionRef": FUNCTION, "inputs": {"function": f"{scene.outside.origin}/check"}}
    guard(scene, {"name": "Task Check"}, {**settings, "retryInterval": 5}, office)
    guard(scene, LOCK, {}, staging)


def guard(scene: Scene, kind: dict[str, str], settings: dict[str, Any], environment: dict[str, Any]) -> None:
    """A check on an environment."""
    resource = {"type": "environment", "id": str(environment["id"]), "name": environment["name"]}
    body = {"type": kind, "settings": settings, "resource": resource, "timeout": 600}
    scene.ask("POST", "pipelines/checks/configurations", json=body)


def begin(scene: Scene) -> None:
    """Bring every run to where it is killed; the four agents of the pool have work, one run more waits for them."""
    scene.outside.by_path["/check"] = [(503, b""), (200, b"{}")]
    for name in ("manual", "retried"):
        scene.run(name)
    scene.until("manual", "Stage", ["succeeded", "pending"])
    scene.until("retried", "Stage", ["failed"])
    retry = {"state": "retry", "forceRetryAllJobs": False}
    scene.ask("PATCH", f"build/builds/{scene.numbers['retried']}/stages/A", json=retry)
    for name in ("canceled", "attempts", "agentless", "checked", "locked"):
        scene.run(name)
    scene.until("retried", "Task", ["inProgress"])
    scene.until("attempts", "Task", ["inProgress"])
    scene.until("canceled", "Task", ["inProgress", "inProgress"])
    scene.until("agentless", "Task", ["inProgress"] * 3)
    scene.until("locked", "Task", ["inProgress"])
    scene.run("locked", "waits for the lock")
    scene.run("queued")
    scene.until("queued", "Job", ["pending"])
    scene.until("checked", "Checkpoint.TaskCheck", ["inProgress"])
    scene.until("waits for the lock", "Checkpoint.ExclusiveLock", ["inProgress"])
    scene.outside.wait("/check", 1)
    scene.outside.wait("/task", 1)
    tries = scene.server.state / "azure_devops" / "work" / str(scene.numbers["attempts"])
    eventually(lambda: count_of(tries) == 2 or None, "the second try", pause=scene.world.pause)
    scene.ask("PATCH", f"build/builds/{scene.numbers['canceled']}/stages/A", json={"state": "cancel"})
    lease = {"daysValid": 2, "definitionId": 1, "ownerId": "User:grace", "runId": scene.numbers["manual"]}
    lease |= {"protectPipeline": False}
    lease["definitionId"] = scene.world.azure_devops("grace").pipeline("manual")["id"]
    scene.ask("POST", "build/retention/leases", json=[lease])


def count_of(work: Path) -> int:
    """How many lines the step has written."""
    return sum(len(file.read_text().splitlines()) for file in work.glob("*/home/work/1/tries"))


def finish(scene: Scene) -> None:
    """Let everything go on, and two hours pass."""
    for place in scene.server.state.glob("azure_devops/work/*/*/home/work/1"):
        (place / "go").touch()
    scene.ask("PATCH", f"build/builds/{scene.numbers['manual']}/stages/B", json={"state": "run"})
    (approval,) = scene.world.azure_devops("grace").pending_approvals()
    scene.world.azure_devops("grace").decide(approval["id"], "approved")
    said = scene.outside.wait("/task", 1)[0].headers
    event = {"name": "TaskCompleted", "taskId": said["taskinstanceid"], "jobId": said["jobid"]}
    events = f"distributedtask/hubs/{said['hubname']}/plans/{said['planid']}/events"
    scene.ask("POST", events, json={**event, "result": "succeeded"})
    scene.world.control.advance(2 * 3600)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    directory = tmp_path_factory.mktemp("pipelines")
    found = Scene(Server(directory), Outside())
    try:
        found.server.start()
        publish(found, directory)
        begin(found)
        found.before = found.look()
        found.server.kill()
        found.server.start()
        found.after = found.look()
        finish(found)
        found.ended = found.look()
        yield found
    finally:
        found.server.close()
        found.outside.close()


def shape(records: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    """What of records must be the same before and after."""
    members = ("id", "type", "name", "state", "result", "attempt", "startTime")
    return sorted(tuple(row[member] for member in members) for row in records)


@pytest.mark.parametrize(
    "name",
    ["manual", "agentless", "checked", "locked", "waits for the lock", "queued", "retried", "attempts"],
)
def test_nothing_of_a_run_is_lost_or_begun_anew(scene: Scene, name: str) -> None:
    assert shape(scene.after[name]) == shape(scene.before[name])


def test_a_stage_that_waited_for_a_hand_is_started_after_the_kill_and_its_neighbour_not_again(
    scene: Scene,
) -> None:
    assert states(scene.ended["manual"], "Stage") == ["succeeded", "succeeded"]
    assert scene.ended["manual"][0]["startTime"] == scene.before["manual"][0]["startTime"]


def test_a_stage_that_was_being_canceled_ends_canceled_and_its_neighbour_well(scene: Scene) -> None:
    assert states(scene.ended["canceled"], "Stage") == ["canceled", "succeeded"]


def test_a_retried_step_goes_on_with_its_second_attempt_and_keeps_the_lines_of_the_first(
    scene: Scene,
) -> None:
    assert states(scene.ended["attempts"], "Task") == ["succeeded"]
    log = scene.world.azure_devops("grace").task_log(scene.numbers["attempts"], "CmdLine").splitlines()
    said = [line[29:] for line in log if line[29:].startswith(("this is try", "##[warning]Retry"))]
    assert said[0] == "this is try 1"
    assert said[1].startswith("##[warning]RetryHelper")
    assert said[2:] == ["this is try 2"]
    assert sum("Starting: CmdLine" in line for line in log) == 1


def test_a_retried_stage_stays_in_its_second_attempt(scene: Scene) -> None:
    (stage,) = [row for row in scene.ended["retried"] if row["type"] == "Stage"]
    assert (stage["attempt"], stage["result"], len(stage["previousAttempts"])) == (2, "succeeded", 1)


def test_jobs_that_wait_without_an_agent_wait_on_and_nobody_is_asked_twice(scene: Scene) -> None:
    assert states(scene.ended["agentless"], "Job") == ["succeeded"] * 3
    assert len(scene.outside.wait("/task", 1)) == 1


def test_a_check_that_waits_for_its_next_evaluation_gets_it(scene: Scene) -> None:
    assert states(scene.ended["checked"], "Checkpoint.TaskCheck") == ["succeeded"]
    assert len(scene.outside.wait("/check", 2)) == 2


def test_a_lock_is_held_over_the_kill_and_then_goes_to_the_run_that_waits_for_it(scene: Scene) -> None:
    first, second = scene.ended["locked"], scene.ended["waits for the lock"]
    assert [states(each, "Stage") for each in (first, second)] == [["succeeded"], ["succeeded"]]
    (before,) = [row for row in first if row["type"] == "Stage"]
    (then,) = [row for row in second if row["type"] == "Stage"]
    assert before["finishTime"] <= then["startTime"]


def test_a_run_that_waits_for_an_agent_waits_until_one_is_free(scene: Scene) -> None:
    assert states(scene.after["queued"], "Job") == ["pending"]
    assert states(scene.ended["queued"], "Stage") == ["succeeded"]


def test_leases_hold_over_the_kill_until_their_time_is_over(scene: Scene) -> None:
    path = f"build/builds/{scene.numbers['manual']}/leases"
    held = scene.ask("GET", path)["value"]
    assert "User:grace" in [lease["ownerId"] for lease in held]
    scene.world.control.advance(2 * 86400)
    held = scene.ask("GET", path)["value"]
    assert "User:grace" not in [lease["ownerId"] for lease in held]


def test_every_step_has_begun_and_ended_once_an_attempt(scene: Scene) -> None:
    told = [fact["detail"] for fact in scene.server.kinds("StepStateChanged")]
    moves = [(each["record"], each["state"]) for each in told if each["run"] != scene.numbers["retried"]]
    assert len(moves) == len(set(moves))
