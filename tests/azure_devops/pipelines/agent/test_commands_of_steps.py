"""Logging commands with an effect beyond the log: connections, records below a step, and who may use which command."""

from __future__ import annotations

import pytest

from tests.azure_devops.scripted import log_text, prints

_OUTER, _INNER = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"


def timeline(served, build):
    with served.client() as client:
        return client.get(f"ml/_apis/build/builds/{build['id']}/timeline").json()["records"]


def told(served, build):
    """The warnings and errors of the run's steps."""
    return [issue["message"] for row in timeline(served, build) for issue in row.get("issues") or []]


def connection(served, name="aws-staging"):
    with served.client() as client:
        found = client.get("ml/_apis/serviceendpoint/endpoints", params={"endpointNames": name}).json()[
            "value"
        ]
    return found[0]["id"]


def test_a_step_changes_a_connection_for_the_steps_after_it(queued, served):
    endpoint = connection(served)
    commands = "\n".join(
        [
            f"##vso[task.setendpoint id={endpoint};field=authParameter;key=username]AKIAOTHER",
            f"##vso[task.setendpoint id={endpoint};field=authParameter;key=password]not to be seen",
            "all of it: not to be seen",
        ]
    )
    build = queued(
        """
trigger: none
steps:
  - checkout: none
  - script: change it
  - task: AWSShellScript@1
    inputs: {awsCredentials: aws-staging, regionName: us-east-1, scriptType: inline, inlineScript: echo used}
""",
        prints(change=commands),
    )
    assert build["result"] == "succeeded", log_text(served, build)
    seen = served.engine.started[-1].environment
    assert seen[f"ENDPOINT_AUTH_PARAMETER_{endpoint}_USERNAME"] == "AKIAOTHER"
    assert seen[f"ENDPOINT_AUTH_PARAMETER_{endpoint}_PASSWORD"] == "not to be seen"
    assert "all of it: ***" in log_text(served, build)


def test_a_connection_that_the_job_does_not_name_is_not_changed(queued, served):
    command = f"##vso[task.setendpoint id={connection(served)};field=url]http://elsewhere.example"
    build = queued("trigger: none\nsteps: [{checkout: none}, {script: change it}]", prints(change=command))
    assert build["result"] == "failed"
    assert any("is not declared in the pipeline job" in text for text in told(served, build))


def test_a_step_keeps_records_of_its_own_below_its_record(queued, served):
    commands = "\n".join(
        [
            f"##vso[task.logdetail id={_OUTER};name=Deploy;type=build;order=1]begin",
            f"##vso[task.logdetail id={_INNER};parentid={_OUTER};name=Copy;type=build;order=2]copying",
            f"##vso[task.logdetail id={_INNER};progress=40;state=InProgress]half",
            f"##vso[task.logdetail id={_INNER};state=Completed;result=Failed]broken",
            f"##vso[task.logdetail id={_OUTER};progress=15]",
        ]
    )
    build = queued(
        "trigger: none\nsteps: [{checkout: none}, {script: tell it, name: T}]", prints(tell=commands)
    )
    rows = {row["id"]: row for row in timeline(served, build)}
    outer, inner = rows[_OUTER], rows[_INNER]
    assert rows[outer["parentId"]]["refName"] == "T"
    assert inner["parentId"] == _OUTER
    assert [outer[key] for key in ("name", "type", "order", "percentComplete")] == ["Deploy", "build", 1, 15]
    ended = ("state", "result", "percentComplete", "currentOperation")
    assert [inner[key] for key in ended] == ["completed", "failed", 100, "broken"]
    assert build["result"] == "succeeded"


_RESTRICTED = """
trigger: none
steps:
  - checkout: none
  - script: try it
    target: {commands: restricted}
  - script: and then $(one)
"""


def test_a_restricted_step_may_set_variables_and_tell_but_not_act(queued, served):
    commands = "\n".join(
        [
            "##vso[task.setvariable variable=one]1",
            "##vso[task.logissue type=warning]look",
            "##vso[build.addbuildtag]stolen",
            "##vso[build.updatebuildnumber]stolen",
            f"##vso[task.setendpoint id={_OUTER};field=url]http://elsewhere.example",
            "##vso[task.uploadsummary]/etc/hostname",
        ]
    )
    build = queued(_RESTRICTED, prints(**{"try": commands}))
    assert build["result"] == "succeeded"
    assert (build["tags"], "stolen" in build["buildNumber"]) == ([], False)
    names = ("build.addbuildtag", "build.updatebuildnumber", "task.setendpoint", "task.uploadsummary")
    refused = [text for text in told(served, build) if "not allowed in this step due to policy" in text]
    assert [name for name in names if any(f"##vso[{name}]" in text for text in refused)] == list(names)
    assert "look" in told(served, build)
    assert served.engine.started[-1].environment["ONE"] == "1"


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [("[ok*]", ("1", None, None)), ("none", (None, None, None)), ("[ok1, other, PATH]", ("1", "2", "/new"))],
)
def test_a_step_sets_only_the_variables_that_its_target_lets_it(queued, served, allowed, expected):
    said = ("setvariable variable=ok1]1", "setvariable variable=other]2", "prependpath]/new")
    commands = "\n".join(f"##vso[task.{text}" for text in said)
    build = queued(
        f"""
trigger: none
steps:
  - checkout: none
  - script: try it
    target: {{settableVariables: {allowed}}}
  - script: and then
""",
        prints(**{"try": commands}),
    )
    assert build["result"] == "succeeded"
    seen = served.engine.started[-1].environment
    first = seen.get("PATH", "").partition(":")[0]
    assert (seen.get("OK1"), seen.get("OTHER"), first if first == "/new" else None) == expected
    refused = [
        text for text in told(served, build) if "has been disabled by the task or build definition" in text
    ]
    assert len(refused) == expected.count(None)
