"""Tasks of the user's own on disk: read, served, compiled, and run by node through the agent's contract."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS_HERE
from simulator.azure_devops.task_definitions.catalogue import BUILT_IN
from simulator.azure_devops.task_definitions.on_disk import TaskFolderInvalid, read_tasks
from simulator.runtime.engine_process import ProcessEngine
from simulator.runtime.images import Images
from simulator.runtime.reach import Reach
from simulator.topology import Topology
from tests.azure_devops.conftest import Served, working_copy
from tests.azure_devops.scripted import log_text
from tests.azure_devops.tasks.programs import TaskWorld

OWN = Path(__file__).parent / "own"
PACKAGES = Path(__file__).parents[1] / "clients" / "node_modules"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tasks as a user has them: each with its packages in it."""
    place = tmp_path_factory.mktemp("tasks")
    shutil.copytree(OWN, place, dirs_exist_ok=True)
    (place / "Greet" / "node_modules").symlink_to(PACKAGES)
    return place


@pytest.fixture(scope="module")
def world(folder: Path) -> Iterator[TaskWorld]:
    """Both clouds, started with the user's tasks."""
    made = TaskWorld(tasks=folder)
    yield made
    made.stop()


def test_a_folder_of_tasks_is_read_with_inputs_parts_and_the_newest_handler(folder: Path) -> None:
    greet, windows = read_tasks(folder)
    assert (greet.reference, greet.full_version, greet.outputs) == ("Greet@2", "2.5.1", ("greeting",))
    assert greet.parts == ("prejobexecution", "execution", "postjobexecution")
    assert greet.on_disk is not None
    assert windows.on_disk is not None
    program = greet.on_disk.programs["execution"]
    assert program is not None
    assert (program.handler, program.target) == ("Node20_1", "greet.js")
    assert windows.on_disk.programs == {"execution": None}
    assert [each.name for each in greet.inputs if each.path] == ["folder"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (None, "holds no task"),
        ("{", "task.json: Expecting"),
        ({"id": "x"}, "version is missing"),
        ({"execution": {}}, "has no execution"),
        ({"execution": {"Node16": {"target": "gone.js"}}}, "names gone.js, which is not there"),
        ({"execution": {"Node16": {}}}, "target is missing"),
    ],
)
def test_a_folder_that_no_agent_could_run_is_refused_by_the_name_of_its_file(
    tmp_path: Path, said: object, told: str
) -> None:
    if said is not None:
        whole = {"id": "x", "name": "X", "version": {"Major": 1, "Minor": 0, "Patch": 0}}
        text = said if isinstance(said, str) else json.dumps(said if "id" in said else {**whole, **said})  # type: ignore[dict-item, operator]
        (tmp_path / "task.json").write_text(text)
    with pytest.raises(TaskFolderInvalid, match=told):
        read_tasks(tmp_path)


def test_a_task_of_the_users_takes_the_place_of_ours_of_that_name(tmp_path: Path) -> None:
    said = json.loads((OWN / "Windows" / "task.json").read_text()) | {
        "name": "AWSCLI",
        "version": {"Major": 1, "Minor": 99, "Patch": 0},
    }
    (tmp_path / "task.json").write_text(json.dumps(said))
    tasks = BUILT_IN.with_own(read_tasks(tmp_path))
    found = tasks.find("awscli", 1)
    assert found is not None
    assert found.full_version == "1.99.0"
    assert len(tasks.tasks) == len(BUILT_IN.tasks)


def test_the_service_lists_a_task_with_all_that_its_file_says(world: TaskWorld) -> None:
    said = json.loads((OWN / "Greet" / "task.json").read_text())
    url = f"{world.simulator.azure_devops_url}/_apis/distributedtask/tasks/{said['id']}"
    (found,) = world.azure.get(url).json()["value"]
    assert found["version"] == {"major": 2, "minor": 5, "patch": 1, "isTest": False}
    for name in ("friendlyName", "demands", "instanceNameFormat", "outputVariables", "execution"):
        assert found[name] == said[name]
    times = next(each for each in found["inputs"] if each["name"] == "times")
    assert times["visibleRule"] == "style = loud"


def test_an_input_that_a_task_does_not_have_is_warned_of_when_the_pipeline_is_compiled(
    world: TaskWorld,
) -> None:
    world.push({"azure-pipelines.yml": "steps: [{task: Greet@2, inputs: {whom: you, awsCredentials: none}}]"})
    answer = world.azure.post("pipelines/1/preview", json={"previewRun": True})
    assert "expects a service connection" not in answer.text
    assert "references service connection none which could not be found" in answer.text


@pytest.mark.npm
def test_a_task_runs_unmodified_with_the_agents_contract(world: TaskWorld) -> None:
    made = world.connection("greeted", username="AKIAGREETED", password="very secret")
    result, log = world.run(
        """
  - checkout: none
  - bash: |
      echo "##vso[task.setvariable variable=HIDDEN;issecret=true]hush"
      echo "##vso[task.setvariable variable=SHOWN]open"
  - task: Greet@2
    name: said
    inputs: {name: $(SHOWN) friend, folder: some/where, awsCredentials: greeted}
  - bash: echo "then $(said.greeting) and $(LATER)"
"""
    )
    assert result == "partiallySucceeded", log
    assert log.index("before all steps") < log.index("hello open friend") < log.index("after all steps")
    for line in (
        "work/1/s/some/where",
        "kept from before",
        "secret of 4 letters, plain open",
        "known HIDDEN:true,SHOWN:false",
        "environment .",  # the library takes them away from what the task starts
        "agent true",
        "key AKIAGREETED",
        f"scheme {made['authorization']['scheme']} at https://aws.amazon.com/",  # type: ignore[index]
        "projects 200",
        "##[warning]as warned",
        "then hello open friend and set by the task",
        "after all steps, from before, SucceededWithIssues",
        "Pre-job: Greet somebody",
        "Post-job: Greet somebody",
        "Version      : 2.5.1",
    ):
        assert line in log
    assert "hush" not in log
    assert "very secret" not in log


@pytest.mark.npm
def test_a_task_that_fails_fails_its_step_and_its_last_part_runs_all_the_same(world: TaskWorld) -> None:
    result, log = world.run("  - checkout: none\n  - {task: Greet@2, inputs: {who: nobody}}\n")
    assert result == "failed"
    assert "##[error]nobody is there" in log
    assert "after all steps, from before, Failed" in log


def test_a_task_for_windows_only_fails_as_on_a_linux_agent(world: TaskWorld) -> None:
    result, log = world.run("  - checkout: none\n  - task: OnlyWindows@0\n")
    assert result == "failed"
    assert "The current operating system is not capable of running this task." in log


def test_a_task_whose_demands_no_agent_meets_does_not_run(tmp_path: Path) -> None:
    said = json.loads((OWN / "Windows" / "task.json").read_text()) | {"demands": ["quantum"]}
    (tmp_path / "task.json").write_text(json.dumps(said))
    world = TaskWorld(tasks=tmp_path)
    try:
        result, _ = world.run("  - checkout: none\n  - task: OnlyWindows@0\n")
        (job,) = (
            each
            for each in world.azure.get("build/builds/1/timeline").json()["records"]
            if each["type"] == "Job"
        )
    finally:
        world.stop()
    assert result == "failed"
    assert "satisfies the following demands: quantum" in job["issues"][0]["message"]


@pytest.mark.parametrize(
    ("node", "told"),
    [
        ("", "has no node on PATH"),
        ("echo v16.20.2", "the node on PATH of the simulator's agent is v16.20.2, which is older"),
    ],
)
def test_a_node_that_is_missing_or_too_old_is_refused_by_name(tmp_path: Path, node: str, told: str) -> None:
    if node:
        (tmp_path / "node").write_text(f"#!/bin/sh\n{node}\n")
        (tmp_path / "node").chmod(0o755)
    done = subprocess.run(
        ["/bin/bash", PROGRAMS_HERE / "node_task.sh", "20", "greet.js", "the simulator's agent"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert told in done.stdout
    assert "task.complete result=Failed" in done.stdout


@pytest.mark.npm
def test_a_task_runs_in_the_closed_room_of_its_job(
    topology: Topology, tmp_path: Path, image_cache: Path, folder: Path
) -> None:
    (tmp_path / "tasks").mkdir()
    shutil.copytree(folder / "Windows", tmp_path / "tasks" / "Look")
    look = tmp_path / "tasks" / "Look"
    said = json.loads((look / "task.json").read_text()) | {
        "name": "Look",
        "execution": {"Node10": {"target": "look.js"}},
    }
    (look / "task.json").write_text(json.dumps(said))
    (look / "look.js").write_text(
        "const fs = require('fs'); console.log(`at ${__filename} in ${process.cwd()}`);\n"
        "try { fs.writeFileSync(__dirname + '/x', 'x') } catch (wrong) { console.log(`refused ${wrong.code}`) }\n"
    )
    images = Images(Path(__file__).parents[1] / "images", image_cache)
    served = Served(
        topology,
        tmp_path / "state",
        make_engine=lambda port: ProcessEngine(tmp_path / "works", Reach(1, port), images),
        tasks=BUILT_IN.with_own(read_tasks(tmp_path / "tasks")),
    )
    served.start()
    try:
        git = working_copy(served, tmp_path)
        git.commit({"azure-pipelines.yml": "trigger: none\nsteps: [{checkout: none}, {task: Look@0}]"})
        git("push", "-q", "origin", "main")
        with served.client("ada") as client:
            build = client.post("ml/_apis/pipelines/1/runs", json={}).json()
        served.rest()
        log = log_text(served, build)
    finally:
        served.stop()
    assert f"at /home/vsts/work/_tasks/Look_{said['id']}/0.1.0/look.js in /home/vsts/work/1/s" in log
    assert "refused EROFS" in log
    assert not (look / "x").exists()
