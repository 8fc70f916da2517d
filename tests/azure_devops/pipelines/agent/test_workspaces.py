"""Each job begins with an empty workspace, as on a hosted agent: `workspace: clean` changes nothing of it."""

from __future__ import annotations


def test_a_job_begins_with_empty_directories_whatever_its_workspace_says(jobs):
    clean = ["", *(f"    workspace: {{clean: {each}}}\n" for each in ("outputs", "resources", "all"))]
    described = "".join(
        f"""
  - job: Job{number}
    dependsOn: [{f"Job{number - 1}" if number else ""}]
{said}    steps:
      - checkout: none
      - bash: |
          for each in a b s TestResults; do test -d $(Pipeline.Workspace)/$each || echo "$each is not there"; done
          echo "job {number} finds:" $(find $(Agent.WorkFolder) -type f -not -name '*.sh' | wc -l)
          for each in a b s TestResults; do touch $(Pipeline.Workspace)/$each/left; done
          touch $(Agent.TempDirectory)/left
"""
        for number, said in enumerate(clean)
    )
    build, log = jobs.run(f"jobs:{described}")
    assert build["result"] == "succeeded", log
    for number in range(len(clean)):
        assert f"job {number} finds: 0" in log
    assert "is not there" not in log


def test_a_workspace_takes_only_what_can_be_cleaned(jobs):
    jobs.git.commit(
        {"azure-pipelines.yml": "jobs: [{job: A, workspace: {clean: everything}, steps: [{script: x}]}]"}
    )
    jobs.git("push", "-q", "origin", "main")
    with jobs.served.client("ada") as client:
        answer = client.post("ml/_apis/pipelines/1/runs", json={})
    assert answer.status_code == 400
    assert "everything" in answer.json()["message"]
