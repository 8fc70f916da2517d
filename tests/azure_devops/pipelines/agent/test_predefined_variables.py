"""Every predefined variable of the documentation has its value, as a macro and in the environment of a step."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from simulator.azure_devops.language.plan import Variable
from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.macros import environment_of

_LINES = Path(__file__).with_name("predefined_variables.tsv").read_text().splitlines()
TABLE = list(csv.DictReader((line for line in _LINES if not line.startswith("#")), delimiter="\t"))
_NEVER = ("tfvc", "github", "container", "check", "machine")


def rows(*when):
    return [pytest.param(row, id=row["variable"]) for row in TABLE if row["when"] in when]


@pytest.fixture(scope="module")
def seen(jobs):
    """What two jobs of one run see: an ordinary one and a deployment; and what the test knows by REST."""
    dump = "python3 -c 'import json, os; print(\"env of NAME:\" + json.dumps(dict(os.environ)))'"
    said = " ".join(f"{row['variable']}=[$({row['variable']})]" for row in TABLE if row["when"] == "job")
    run = jobs.start(
        f"""
stages:
  - stage: First
    displayName: A first look
    jobs:
      - job: Look
        displayName: Look around
        steps:
          - checkout: none
          - bash: |
              {dump.replace("NAME", "job")}
              echo '{said}'
  - stage: Second
    dependsOn: []
    jobs:
      - deployment: Put
        environment: staging
        strategy:
          runOnce:
            deploy:
              steps:
                - bash: |
                    {dump.replace("NAME", "deployment")}
"""
    )
    build, log = jobs.ended(run)
    assert build["result"] == "succeeded", log
    found = dict(re.findall(r"env of (\w+):(.*)", log))
    with jobs.served.client() as client:
        records = client.get(f"ml/_apis/build/builds/{run['id']}/timeline").json()["records"]
    known = {
        "run": str(build["id"]),
        "number": build["buildNumber"],
        "commit": build["sourceVersion"],
        "repository": build["repository"]["id"],
        "person": build["requestedFor"]["id"],
        "project": build["project"]["id"],
        "job": next(row["id"] for row in records if row["type"] == "Job" and row["name"] == "Look around"),
    }
    return {name: json.loads(text) for name, text in found.items()}, log, known


@pytest.mark.parametrize("row", rows("job"))
def test_a_job_has(seen, row):
    environments, log, known = seen
    value = environments["job"].get(row["environment"], "it is not there")
    assert re.fullmatch(row["value"].format(**known), value)
    assert f"{row['variable']}=[{value}]" in log


@pytest.mark.parametrize("row", rows("deployment"))
def test_a_deployment_has_besides(seen, row):
    environments, _, known = seen
    assert re.fullmatch(row["value"].format(**known), environments["deployment"][row["environment"]])
    assert row["environment"] not in environments["job"]


@pytest.mark.parametrize("row", rows("pull request", "completion"))
def test_a_run_for_something_has_besides(row):
    url = "http://localhost:4567/acme/ml/_git/model_build"
    made = {
        "pull request": predefined.of_pull_request(
            17, ("refs/heads/feature", "refs/heads/main"), "c0ffee", url
        ),
        "completion": predefined.of_triggering_run(7, "20261122.1", "upstream", 3, "a-project"),
    }[row["when"]]
    environment = environment_of({name: Variable(name, value) for name, value in made.items()})
    assert re.fullmatch(row["value"], environment[row["environment"]])


@pytest.mark.parametrize("row", rows(*_NEVER, "token"))
def test_a_job_has_nothing_that_is_not_for_it(seen, row):
    environments, _, _ = seen
    assert row["environment"] not in environments["job"]


def test_a_job_of_a_run_without_stages_is_named_without_one():
    one = predefined.JobNames("__default", "__default", "Job", "__default", "Job", "a-record")
    assert predefined.job_identifier(one) == "Job.__default"
    leg = predefined.JobNames("Build", "Build", "Test", "linux", "Test linux", "a-record")
    assert predefined.job_identifier(leg) == "Build.Test.linux"
