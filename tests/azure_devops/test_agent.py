"""Steps as real programs in closed rooms: checkout, scripts, artifacts, test results, isolation, restart."""

from __future__ import annotations

import io
import zipfile

import httpx
import pytest

from tests.azure_devops.conftest import working_copy


@pytest.fixture
def build(sandboxed, tmp_path):
    """Push files, start the pipeline, wait for its end: the build and all its log text."""
    git = working_copy(sandboxed, tmp_path)

    def run(yaml, files=None, rest=True):
        git.commit({"azure-pipelines.yml": "trigger: none\n" + yaml, **(files or {})})
        git("push", "-q", "origin", "main")
        with sandboxed.client("ada") as client:
            answer = client.post("ml/_apis/pipelines/1/runs", json={})
            assert answer.status_code == 200, answer.text
            if not rest:
                return answer.json(), ""
            sandboxed.rest()
            found = client.get(f"ml/_apis/build/builds/{answer.json()['id']}").json()
            return found, log_text(client, found)

    return run


def log_text(client, build):
    base = f"ml/_apis/build/builds/{build['id']}/logs"
    logs = client.get(base).json()["value"]
    return "".join(client.get(f"{base}/{log['id']}", headers={"accept": "text/plain"}).text for log in logs)


def test_a_job_checks_out_the_commit_and_runs_its_scripts(build):
    found, log = build(
        """
steps:
  - script: cat data.txt && pwd && git log -1 --format=%s
  - bash: echo "branch $BUILD_SOURCEBRANCHNAME by $(Build.RequestedFor)"
""",
        {"data.txt": "from the repository"},
    )
    assert found["result"] == "succeeded", log
    assert "from the repository" in log
    assert "/home/vsts/work/1/s" in log
    assert "branch main by Ada Lovelace" in log


def test_the_steps_of_a_job_share_files_and_jobs_do_not(build):
    found, log = build(
        """
jobs:
  - job: A
    steps:
      - checkout: none
      - script: echo one > $(Agent.TempDirectory)/x; echo two > $(Pipeline.Workspace)/y
      - script: cat $(Agent.TempDirectory)/x $(Pipeline.Workspace)/y
  - job: B
    dependsOn: A
    steps:
      - checkout: none
      - script: test ! -e $(Agent.TempDirectory)/x && test ! -e $(Pipeline.Workspace)/y
"""
    )
    assert found["result"] == "succeeded", log


def test_a_step_sees_neither_the_state_nor_another_network(build, sandboxed):
    found, log = build(
        f"""
steps:
  - checkout: none
  - script: ls {sandboxed.directory}
    displayName: read the state
    condition: always()
  - script: python3 -c "import urllib.request; urllib.request.urlopen('http://192.0.2.1', timeout=2)"
    displayName: call the world
    condition: always()
"""
    )
    assert found["result"] == "failed"
    assert "No such file or directory" in log
    assert "unreachable" in log


def test_artifacts_go_from_job_to_job_and_out_as_a_zip(build, sandboxed):
    found, log = build(
        """
stages:
  - stage: One
    jobs:
      - job: A
        steps:
          - checkout: none
          - script: mkdir -p out/deep && echo 42 > out/deep/answer.txt && ln -s /etc/hostname out/link
          - publish: $(System.DefaultWorkingDirectory)/out
            artifact: result
  - stage: Two
    jobs:
      - job: B
        steps:
          - checkout: none
          - download: current
            artifact: result
          - task: DownloadPipelineArtifact@2
            inputs: {artifact: result, path: $(Build.SourcesDirectory)/again, patterns: '**/*.txt'}
          - script: cat $(Pipeline.Workspace)/result/deep/answer.txt again/deep/answer.txt
"""
    )
    assert found["result"] == "succeeded", log
    with sandboxed.client() as client:
        (artifact,) = client.get(f"ml/_apis/build/builds/{found['id']}/artifacts").json()["value"]
    content = httpx.get(artifact["resource"]["downloadUrl"], auth=client.auth, trust_env=False).content
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["result/deep/answer.txt"]


def test_an_artifact_that_leaves_the_job_is_refused(build):
    found, log = build(
        """
steps:
  - checkout: none
  - script: ln -s / everything
  - publish: $(System.DefaultWorkingDirectory)/everything/etc
    artifact: stolen
"""
    )
    assert found["result"] == "failed"
    assert "is not among the files of the job" in log


def test_junit_results_become_a_test_run_and_failures_fail_the_task(build, sandboxed):
    junit = """<testsuites><testsuite name="s"><testcase classname="m" name="good" time="0.5"/>
<testcase classname="m" name="bad"><failure message="boom">trace</failure></testcase></testsuite></testsuites>"""
    found, _ = build(
        """
steps:
  - task: PublishTestResults@2
    inputs: {testResultsFormat: JUnit, testResultsFiles: '**/*.xml', testRunTitle: Units, failTaskOnFailedTests: true}
""",
        {"results/units.xml": junit},
    )
    assert found["result"] == "failed"
    with sandboxed.client() as client:
        (run,) = client.get("ml/_apis/test/runs", params={"buildIds": found["id"]}).json()["value"]
        results = client.get(f"ml/_apis/test/runs/{run['id']}/results").json()["value"]
    assert (run["name"], run["totalTests"], run["passedTests"]) == ("Units", 2, 1)
    assert [(one["testCaseTitle"], one["outcome"]) for one in results] == [
        ("good", "Passed"),
        ("bad", "Failed"),
    ]
    assert results[1]["errorMessage"] == "boom"


def test_a_python_that_is_there_is_used_and_another_is_refused_by_name(build):
    found, log = build(
        """
steps:
  - checkout: none
  - task: UsePythonVersion@0
    inputs: {versionSpec: '3.x'}
  - script: python -c "import sys; print('prefix', sys.prefix)"
  - task: UsePythonVersion@0
    inputs: {versionSpec: '2.7'}
"""
    )
    assert found["result"] == "failed"
    assert "prefix /opt/venv" in log
    assert "Version spec 2.7 for architecture x64 did not match any version" in log


def test_fail_on_stderr_and_a_time_limit(build):
    found, log = build(
        """
steps:
  - checkout: none
  - script: echo oops >&2
    failOnStderr: true
    continueOnError: true
"""
    )
    assert found["result"] == "partiallySucceeded"
    assert "wrote one or more lines to the standard error stream" in log


def test_two_checkouts_go_to_directories_of_their_own(build, sandboxed, tmp_path):
    other = working_copy(sandboxed, tmp_path / "copy")
    other.commit({"deploy.txt": "the other one"})
    other("push", "-q", other.url("model_deploy"), "main")
    found, log = build(
        """
resources:
  repositories:
    - repository: other
      type: git
      name: ml/model_deploy
steps:
  - checkout: self
  - checkout: other
  - script: cat model_build/azure-pipelines.yml model_deploy/deploy.txt
"""
    )
    assert found["result"] == "succeeded", log
    assert "the other one" in log


def test_the_jobs_token_opens_the_service_while_the_run_goes_on(build):
    found, log = build(
        """
steps:
  - checkout: none
  - script: |
      python3 - <<'END'
      import json, os, urllib.request
      url = os.environ["SYSTEM_COLLECTIONURI"] + "_apis/connectionData?api-version=7.1-preview.1"
      asked = urllib.request.Request(url, headers={"Authorization": "Bearer " + os.environ["TOKEN"]})
      print(json.load(urllib.request.urlopen(asked))["authenticatedUser"]["providerDisplayName"])
      print("token", os.environ["TOKEN"])
      END
    env:
      TOKEN: $(System.AccessToken)
"""
    )
    assert found["result"] == "succeeded", log
    assert "ml Build Service (acme)" in log
    assert "token ***" in log


def test_a_run_that_was_going_on_continues_after_a_restart_from_its_living_step(build, sandboxed):
    found, _ = build(
        """
steps:
  - checkout: none
  - script: |
      echo "##vso[task.setvariable variable=colour]blue"
      echo once >> $(Pipeline.Workspace)/count
  - script: |
      echo waiting
      until test -e $(Pipeline.Workspace)/go; do read -t 0.05 line < /dev/zero || true; done
      echo "##vso[task.setvariable variable=shape]round"
  - script: echo "it is $(colour) and $(shape)"; cat $(Pipeline.Workspace)/count
""",
        rest=False,
    )
    sandboxed.run(waiting_step(sandboxed))
    sandboxed.stop()
    sandboxed.start()
    work = next((sandboxed.directory / "azure_devops" / "work").glob("*/*/home/work"))
    (work / "1" / "go").touch()
    sandboxed.rest()
    with sandboxed.client() as client:
        ended = client.get(f"ml/_apis/build/builds/{found['id']}").json()
        log = log_text(client, ended)
    assert ended["result"] == "succeeded", log
    assert "it is blue and round" in log
    assert log.count("Z once") == 1
    assert sandboxed.run(sandboxed.engine.known()) == []


async def waiting_step(served):
    at = 0
    while not any(
        "waiting" in path.read_text() for path in served.directory.glob("azure_devops/logs/*/*.log")
    ):
        await served.kernel.log.wait(at, 0.05)
        at = served.kernel.log.last()


def test_a_step_uploads_a_file_tells_of_issues_and_says_how_it_ended(build, sandboxed):
    found, log = build(
        """
steps:
  - checkout: none
  - script: |
      echo 42 > answer.txt
      echo "##vso[artifact.upload artifactname=drop]$PWD/answer.txt"
      echo "##vso[task.logissue type=warning;sourcepath=train.py;linenumber=3]look here"
      echo "##vso[task.complete result=SucceededWithIssues]almost"
    displayName: Tell
"""
    )
    assert found["result"] == "partiallySucceeded", log
    with sandboxed.client() as client:
        (artifact,) = client.get(f"ml/_apis/build/builds/{found['id']}/artifacts").json()["value"]
        records = client.get(f"ml/_apis/build/builds/{found['id']}/timeline").json()["records"]
    content = httpx.get(artifact["resource"]["downloadUrl"], auth=client.auth, trust_env=False).content
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["drop/answer.txt"]
    (step,) = [record for record in records if record["name"] == "Tell"]
    assert step["result"] == "succeededWithIssues"
    assert [(issue["type"], issue["message"]) for issue in step["issues"]] == [
        ("warning", "train.py(3,): warning : look here")
    ]


def test_files_are_copied_archived_and_published_by_the_tasks(build, sandboxed):
    found, log = build(
        """
steps:
  - task: CopyFiles@2
    inputs: {SourceFolder: src, Contents: '**/*.txt', TargetFolder: $(Build.ArtifactStagingDirectory)/kept}
  - task: ArchiveFiles@2
    inputs:
      rootFolderOrFile: $(Build.ArtifactStagingDirectory)/kept
      archiveFile: $(Build.ArtifactStagingDirectory)/kept.zip
  - task: PublishBuildArtifacts@1
    inputs: {PathtoPublish: $(Build.ArtifactStagingDirectory)/kept.zip, ArtifactName: drop}
""",
        {"src/a.txt": "a", "src/b.log": "b"},
    )
    assert found["result"] == "succeeded", log
    assert "Description  : Copy files from a source folder" in log
    with sandboxed.client() as client:
        (artifact,) = client.get(f"ml/_apis/build/builds/{found['id']}/artifacts").json()["value"]
    assert (artifact["name"], artifact["resource"]["type"]) == ("drop", "Container")
