"""Jobs on machines of environments, with real programs: what one deployment leaves is there for the next."""

from __future__ import annotations

import pytest

from simulator.azure_devops.pipelines.agent.job_files import JobFiles, OutsideOfJob

MACHINES = "ml/_apis/pipelines/environments/1/providers/virtualmachines"

DEPLOY = """
jobs:
- deployment: D
  environment: NAME.box
  strategy:
    runOnce:
      deploy:
        steps:
        - download: none
        - bash: |
            echo "$(Agent.Name) on $(Agent.MachineName) is" $(hostname)
            echo "home:" $(ls ~ | grep app)
            cd $(Pipeline.Workspace)
            echo "workspace:" $(find . -type f | sort)
            echo "temporary:" $(ls $(Agent.TempDirectory) | grep -c left)
            echo version >> ~/app
            touch a/left b/left s/left TestResults/left $(Agent.TempDirectory)/left
        - publish: $(Pipeline.Workspace)/b
          artifact: shown
        - download: current
          artifact: shown
          path: $(Pipeline.Workspace)/fetched
      postRouteTraffic:
        steps:
        - bash: 'echo "hook finds:" $(cat ~/app | wc -l) $(ls $(Pipeline.Workspace)/fetched)'
"""


def test_what_a_deployment_leaves_on_a_machine_is_there_for_the_next_until_the_machine_goes(jobs):
    with jobs.served.client("operator") as client:
        name = client.get("ml/_apis/pipelines/environments/1").json()["name"]
        agent = {"systemCapabilities": {"Agent.ComputerName": "blue box"}}
        body = {"virtualMachineResource": {"name": "box", "agent": agent}}
        made = client.post(MACHINES, json=body).json()
    build, first = jobs.run(DEPLOY.replace("NAME", name))
    assert build["result"] == "succeeded", first
    assert "box on blue box is blue-box" in first
    assert "Agent name: 'box'" in first
    assert ("home:\n" in first, "workspace:\n" in first, "hook finds: 1 left" in first) == (True, True, True)
    build, second = jobs.run(DEPLOY.replace("NAME", name))
    assert build["result"] == "succeeded", second
    assert "home: app" in second
    assert "workspace: ./b/left ./fetched/left ./s/left\n" in second
    assert "temporary: 0" in second
    assert "hook finds: 2 left" in second
    with jobs.served.client("operator") as client:
        assert client.delete(f"{MACHINES}/{made['id']}").status_code == 204
    folder = jobs.served.kernel.store.directory / "azure_devops" / "machines"
    assert list(folder.iterdir()) == []


def on_machine(tmp_path, pipeline):
    """The files of a job of that pipeline on the machine, made."""
    files = JobFiles(tmp_path / "machine", workspace=tmp_path / "machine" / "workspaces" / pipeline)
    files.create()
    return files


@pytest.mark.parametrize(
    ("clean", "left"), [("", "bs"), ("outputs", "s"), ("resources", "b"), ("all", ""), ("odd", "bs")]
)
def test_a_job_finds_of_the_job_before_what_its_workspace_does_not_clean(tmp_path, clean, left):
    files = on_machine(tmp_path, "1")
    for place in ("a", "b", "s", "TestResults"):
        (files.outside(f"/home/vsts/work/1/{place}") / "old").touch()
    files.remove()
    files.begin(clean)
    files.create()
    found = [place for place in "abs" if (files.outside(f"/home/vsts/work/1/{place}") / "old").exists()]
    assert "".join(found) == left


def test_pipelines_share_a_machines_home_and_not_their_workspaces(tmp_path):
    one, other = on_machine(tmp_path, "1"), on_machine(tmp_path, "2")
    one.outside("/home/vsts/app").touch()
    one.outside("file").touch()
    assert other.outside("/home/vsts/app").exists()
    assert not other.outside("file").exists()
    assert one.seen_as(one.outside("file")) == "/home/vsts/work/1/s/file"
    assert one.seen_as(one.outside("/home/vsts/app")) == "/home/vsts/app"
    (one.outside("s").parent / "link").symlink_to(tmp_path)
    for path in ("/home/vsts/work/1/../../../etc", "link/x", "/home/vsts/work/1/s/../../../../x", "/etc"):
        with pytest.raises(OutsideOfJob):
            one.outside(path)
