"""The build and pipelines areas over the wire, one served organization for the file: plain HTTP, as clients ask."""

from __future__ import annotations

import io
import json
import zipfile

import httpx
import pytest

from simulator.topology import load
from tests.azure_devops.conftest import Served, working_copy
from tests.azure_devops.scripted import prints

YAML = """
trigger: none
parameters:
  - {name: who, type: string, default: world}
stages:
  - stage: A
    jobs:
      - job: J
        steps:
          - checkout: none
          - script: echo ${{ parameters.who }}
          - publish: $(Build.ArtifactStagingDirectory)
            artifact: out
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A served organization, a working copy, and two finished builds of pipeline 1."""
    top = tmp_path_factory.mktemp("build_rest")
    served = Served(load(), top / "state")
    served.start()
    served.engine._scripts[:] = prints()._scripts
    copy = working_copy(served, top)
    copy.commit({"azure-pipelines.yml": YAML}, "first")
    copy("push", "-q", "origin", "main")
    with served.client("ada") as client:
        queue(client)
        served.rest()
        copy.commit({"azure-pipelines.yml": YAML + "# more\n"}, "second, with a longer tale")
        copy("push", "-q", "origin", "main")
        queue(client, templateParameters={"who": "moon"})
        served.rest()
    yield served
    served.stop()


@pytest.fixture
def client(place):
    with place.client("ada") as made:
        yield made


@pytest.fixture
def administrator(place):
    """Somebody with the permissions that contributors have not."""
    with place.client("operator") as made:
        yield made


def queue(client, **body):
    answer = client.post("ml/_apis/build/builds", json={"definition": {"id": 1}, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def get(client, where, **query):
    answer = client.get(f"ml/_apis/{where}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(client, **query):
    return [build["id"] for build in get(client, "build/builds", **query)["value"]]


def test_builds_are_filtered_ordered_and_paged(client):
    assert ids(client, definitions="1")[-2:] == [2, 1]
    assert ids(client, buildIds="1,2", queryOrder="startTimeAscending") == [1, 2]
    assert ids(client, buildIds="1,2", resultFilter="failed") == []
    assert ids(client, buildIds="1,2", statusFilter="completed", reasonFilter="manual") == [2, 1]
    assert ids(client, buildIds="1,2", branchName="refs/heads/other") == []
    assert ids(client, buildIds="1,2", maxBuildsPerDefinition=1) == [2]
    assert ids(client, buildIds="1,2", minTime="2100-01-01T00:00:00Z") == []
    assert ids(client, buildIds="1,2", maxTime="2100-01-01T00:00:00Z") == [2, 1]
    assert ids(client, buildIds="1,2", requestedFor="Ada Lovelace") == [2, 1]
    assert ids(client, buildIds="1,2", tagFilters="none such") == []
    first = client.get("ml/_apis/build/builds", params={"buildIds": "1,2", "$top": 1})
    token = first.headers["x-ms-continuationtoken"]
    assert ids(client, buildIds="1,2", continuationToken=token) == [1]
    assert client.get("ml/_apis/build/builds", params={"minTime": "soon"}).status_code == 400


def test_tags_of_builds_and_of_the_project(client):
    base = "ml/_apis/build/builds/1/tags"
    assert client.put(f"{base}/one").json()["value"] == ["one"]
    assert client.post(base, json=["two", "one"]).json()["value"] == ["one", "two"]
    assert client.patch(base, json={"tagsToAdd": ["three"], "tagsToRemove": ["one"]}).json()["value"] == [
        "two",
        "three",
    ]
    assert ids(client, tagFilters="two,three") == [1]
    assert client.delete(f"{base}/two").json()["value"] == ["three"]
    assert "three" in get(client, "build/tags")["value"]
    assert client.delete("ml/_apis/build/tags/three").json()["value"] == []
    assert get(client, "build/builds/1/tags")["value"] == []


def test_properties_are_changed_by_a_json_patch(administrator):
    for base in ("ml/_apis/build/builds/1/properties", "ml/_apis/build/definitions/1/properties"):
        patch = [
            {"op": "add", "path": "/colour", "value": "blue"},
            {"op": "add", "path": "/size", "value": 3},
        ]
        made = administrator.patch(base, json=patch).json()
        assert made["value"]["colour"] == {"$type": "System.String", "$value": "blue"}
        assert list(administrator.get(base, params={"filter": "size"}).json()["value"]) == ["size"]
        assert administrator.patch(base, json=[{"op": "remove", "path": "/size"}]).json()["count"] == 1
        assert administrator.patch(base, json=[{"op": "test", "path": "/size"}]).status_code == 400


def test_changes_are_the_commits_since_the_build_before(client):
    (change,) = get(client, "build/builds/2/changes")["value"]
    assert (change["message"], change["type"]) == ("second, with a longer tale", "TfsGit")
    between = get(client, "build/changes", fromBuildId=1, toBuildId=2)["value"]
    assert [one["id"] for one in between] == [change["id"]]
    assert get(client, "build/builds/2/workitems")["value"] == []


def test_logs_by_line_as_zip_and_by_a_signed_address_without_a_token(client):
    logs = get(client, "build/builds/1/logs")["value"]
    number = logs[-1]["id"]
    base = f"ml/_apis/build/builds/1/logs/{number}"
    lines = client.get(base, headers={"accept": "application/json"}).json()["value"]
    part = client.get(
        base, params={"startLine": 1, "endLine": 2}, headers={"accept": "application/json"}
    ).json()
    assert part["value"] == lines[1:2]
    zipped = client.get("ml/_apis/build/builds/1/logs", params={"$format": "zip"})
    assert len(zipfile.ZipFile(io.BytesIO(zipped.content)).namelist()) == len(logs)
    log = get(client, f"pipelines/1/runs/1/logs/{number}", **{"$expand": "signedContent"})
    opened = httpx.get(log["signedContent"]["url"], trust_env=False)
    assert opened.text.splitlines() == lines
    forged = log["signedContent"]["url"][:-4] + "0000"
    assert httpx.get(forged, trust_env=False, follow_redirects=False).status_code == 401


def test_an_artifact_by_its_name_as_zip_and_by_a_signed_address(client):
    (listed,) = get(client, "build/builds/1/artifacts")["value"]
    assert listed["name"] == "out"
    run = get(client, "pipelines/1/runs/1/artifacts", artifactName="out", **{"$expand": "signedContent"})
    opened = httpx.get(run["signedContent"]["url"], trust_env=False)
    assert (opened.status_code, opened.headers["content-type"]) == (200, "application/zip")
    missing = client.get("ml/_apis/build/builds/1/artifacts", params={"artifactName": "none"})
    assert missing.json()["typeKey"] == "ArtifactNotFoundException"


def test_an_artifact_that_lies_elsewhere_is_named_by_rest(client, administrator):
    base = "ml/_apis/build/builds/2/artifacts"
    place = {"type": "FilePath", "data": "//share/drop"}
    refused = client.post(base, json={"name": "elsewhere", "resource": place})
    assert (refused.status_code, "Update build information" in refused.text) == (403, True)
    client = administrator
    made = client.post(base, json={"name": "elsewhere", "resource": place}).json()
    assert (made["resource"]["type"], made["resource"]["data"]) == ("FilePath", "//share/drop")
    again = client.post(
        base, json={"name": "elsewhere", "resource": {**place, "data": "//share/other"}}
    ).json()
    assert (again["id"], again["resource"]["data"]) == (made["id"], "//share/other")
    assert client.post(base, json={"name": "out", "resource": place}).status_code == 409
    assert client.post(base, json={"name": "a/b", "resource": place}).status_code == 400
    assert client.post(base, json={"name": "x", "resource": {"type": "FilePath"}}).status_code == 400
    stored = client.post(base, json={"name": "x", "resource": {"type": "PipelineArtifact", "data": "1"}})
    assert (stored.status_code, "PipelineArtifact" in stored.json()["message"]) == (501, True)


def test_a_lease_keeps_a_build_until_its_time_is_over(place, administrator):
    build = queue(administrator)
    place.rest()
    path = f"ml/_apis/build/builds/{build['id']}"
    new = {
        "runId": build["id"],
        "definitionId": 1,
        "ownerId": "User:me",
        "daysValid": 2,
        "protectPipeline": True,
    }
    (lease,) = administrator.post("ml/_apis/build/retention/leases", json=[new]).json()["value"]
    leases = f"ml/_apis/build/retention/leases/{lease['leaseId']}"
    assert administrator.get(leases).json()["ownerId"] == "User:me"
    assert administrator.get(f"{path}/leases").json()["count"] == 1
    assert (
        administrator.get("ml/_apis/build/retention/leases", params={"userOwnerId": "me"}).json()["count"]
        == 1
    )
    assert administrator.delete(path).json()["typeKey"] == "CannotDeleteRetainedBuildException"
    assert (
        administrator.delete("ml/_apis/build/definitions/1").json()["typeKey"]
        == "CannotDeleteRetainedDefinitionException"
    )
    longer = administrator.patch(leases, json={"daysValid": 9, "protectPipeline": False}).json()
    assert longer["validUntil"] > lease["validUntil"]
    place.run(place.kernel.scheduler.advance(10 * 86400))
    assert administrator.get(f"{path}/leases").json()["count"] == 0
    kept = administrator.patch(path, json={"keepForever": True}).json()
    assert kept["keepForever"] is True
    assert administrator.patch(path, json={"keepForever": False}).json()["keepForever"] is False
    assert administrator.delete(path).status_code == 204
    assert administrator.get(path).json()["typeKey"] == "BuildNotFoundException"
    assert build["id"] in ids(administrator, deletedFilter="onlyDeleted")


def test_definitions_keep_their_revisions_and_come_back_when_they_are_deleted(client):
    base = "ml/_apis/build/definitions"
    body = {
        "name": "made",
        "path": "some/folder",
        "process": {"type": 2, "yamlFilename": "azure-pipelines.yml"},
        "repository": {"name": "model_build", "type": "TfsGit"},
        "variables": {
            "open": {"value": "1", "allowOverride": True},
            "shut": {"value": "s3cret", "isSecret": True},
        },
    }
    made = client.post(base, json=body).json()
    url = f"{base}/{made['id']}"
    assert (made["path"], made["revision"], made["variables"]["shut"]) == (
        "\\some/folder",
        1,
        {"value": None, "isSecret": True},
    )
    assert client.post(base, json=body).json()["typeKey"] == "DefinitionExistsException"
    changed = client.put(
        url, json={**made, "name": "renamed", "queueStatus": "disabled", "comment": "why"}
    ).json()
    assert (changed["revision"], changed["name"]) == (2, "renamed")
    assert client.put(url, json=made).json()["typeKey"] == "DefinitionRevisionException"
    refused = client.post("ml/_apis/build/builds", json={"definition": {"id": made["id"]}})
    assert refused.json()["typeKey"] == "DefinitionDisabledException"
    assert client.get(url, params={"revision": 1}).json()["name"] == "made"
    revisions = client.get(f"{url}/revisions").json()["value"]
    assert [(one["revision"], one["changeType"]) for one in revisions] == [(1, "add"), (2, "update")]
    assert "parameters.who" in client.get(f"{url}/yaml").json()["yaml"]
    assert client.put(f"{url}/tags/x").json()["value"] == ["x"]
    assert client.get(base, params={"name": "ren*", "includeAllProperties": "true"}).json()["value"][0][
        "tags"
    ] == ["x"]
    assert client.delete(url).status_code == 204
    assert client.get(url).json()["typeKey"] == "DefinitionNotFoundException"
    assert client.patch(url).status_code == client.patch(f"fraud/{url[3:]}").status_code == 404
    assert client.patch(url, params={"deleted": "false"}).json()["name"] == "renamed"
    assert client.get(url).json()["revision"] == 4


def test_lists_of_definitions_and_pipelines_come_in_order_by_page(client):
    names = [
        one["name"]
        for one in get(client, "build/definitions", queryOrder="definitionNameDescending")["value"]
    ]
    assert names == sorted(names, key=str.lower, reverse=True)
    latest = get(client, "build/definitions", definitionIds="1", includeLatestBuilds="true")["value"][0]
    assert latest["latestCompletedBuild"]["definition"]["id"] == 1
    page = client.get("ml/_apis/pipelines", params={"orderBy": "name desc", "$top": 2})
    assert page.headers["x-ms-continuationtoken"]
    rest = get(
        client, "pipelines", orderBy="name desc", continuationToken=page.headers["x-ms-continuationtoken"]
    )
    assert [one["name"] for one in (*page.json()["value"], *rest["value"])] == names
    assert client.get("ml/_apis/pipelines", params={"orderBy": "colour"}).status_code == 400


def test_folders_move_with_their_pipelines(client):
    base = "ml/_apis/build/folders"
    assert client.put(f"{base}/team", json={"description": "ours"}).json()["path"] == "\\team"
    assert client.put(f"{base}/team", json={}).json()["typeKey"] == "FolderExistsException"
    pipeline = {
        "name": "in-folder",
        "folder": "\\team",
        "configuration": {
            "type": "yaml",
            "path": "/azure-pipelines.yml",
            "repository": {"name": "model_build"},
        },
    }
    made = client.post("ml/_apis/pipelines", json=pipeline).json()
    assert made["folder"] == "\\team"
    assert client.post(f"{base}/team", json={"path": "\\crew"}).json()["path"] == "\\crew"
    assert get(client, f"pipelines/{made['id']}")["folder"] == "\\crew"
    assert [one["path"] for one in get(client, "build/folders/crew")["value"]] == ["\\crew"]
    assert client.delete(f"{base}/crew").status_code == 204
    assert client.delete(f"{base}/crew").json()["typeKey"] == "FolderNotFoundException"
    assert client.get(f"ml/_apis/pipelines/{made['id']}").status_code == 404


def test_folders_bring_those_above_and_take_those_below_with_them(client):
    base = "ml/_apis/build/folders"

    def below(name):
        return [(one["path"], one["description"]) for one in get(client, f"build/folders/{name}")["value"]]

    client.put(f"{base}/deep%5Cer", json={"description": "low"})
    assert below("deep") == [("\\deep", None), ("\\deep\\er", "low")]
    client.post(f"{base}/deep", json={"path": "\\top\\deep"})
    assert below("top") == [("\\top", None), ("\\top\\deep", None), ("\\top\\deep\\er", "low")]
    assert client.delete(f"{base}/top%5Cdeep").status_code == 204
    assert below("top") == [("\\top", None)]


def test_the_newest_build_and_its_badge(place, client):
    assert get(client, "build/latest/model-build")["definition"]["id"] == 1
    svg = client.get("ml/_apis/build/status/1", params={"label": "<b>"})
    assert svg.headers["content-type"] == "image/svg+xml"
    assert "succeeded" in svg.text
    assert "<b>" not in svg.text
    public = httpx.get(f"{place.url}/_apis/public/build/definitions/ml/1/badge", trust_env=False)
    assert "succeeded" in public.text
    never = client.get("ml/_apis/build/latest/1", params={"branchName": "other"})
    assert never.json()["typeKey"] == "BuildNotFoundException"


def test_settings_of_the_project(administrator):
    base = "ml/_apis/build/generalsettings"
    assert administrator.patch(base, json={"enforceSettableVar": False}).json()["enforceSettableVar"] is False
    answer = administrator.post(
        "ml/_apis/pipelines/1/preview", json={"previewRun": True, "variables": {"x": {"value": "1"}}}
    )
    assert answer.status_code == 200
    administrator.patch(base, json={"enforceSettableVar": True})
    assert administrator.patch(base, json={"nonsense": True}).status_code == 400
    retention = "ml/_apis/build/retention"
    assert (
        administrator.patch(retention, json={"runRetention": {"value": 60}}).json()["purgeRuns"]["value"]
        == 60
    )
    assert administrator.patch(retention, json={"runRetention": {"value": 1}}).status_code == 400
    assert get(administrator, "build/settings")["daysToKeepDeletedBuildsBeforeDestroy"] == 30
    assert get(administrator, "build/options")["value"] == []
    assert administrator.get("_apis/build/resourceusage").json()["xamlControllers"] == 0


def test_the_sources_that_a_pipeline_may_have(client):
    assert [one["name"] for one in get(client, "sourceproviders")["value"]] == ["TfsGit"]
    base = "sourceproviders/tfsgit"
    assert "model_build" in [one["name"] for one in get(client, f"{base}/repositories")["repositories"]]
    assert get(client, f"{base}/branches", repository="model_build")["value"] == ["main"]
    listed = get(client, f"{base}/pathcontents", repository="model_build", path="/")["value"]
    assert [one["path"] for one in listed] == ["/azure-pipelines.yml"]
    text = client.get(
        f"ml/_apis/{base}/filecontents", params={"repository": "model_build", "path": "azure-pipelines.yml"}
    )
    assert "parameters.who" in text.text
    assert client.get("ml/_apis/sourceproviders/github/repositories").status_code == 501


def test_a_build_is_queued_with_parameters_and_again_as_it_was(place, client):
    bad = client.post("ml/_apis/build/builds", json={"definition": {"id": 1}, "parameters": "{"})
    assert bad.status_code == 400
    debug = queue(client, parameters=json.dumps({"system.debug": "true"}), reason="individualCI")
    assert (debug["reason"], json.loads(debug["parameters"])) == ("individualCI", {"system.debug": "true"})
    again = client.post("ml/_apis/build/builds", params={"sourceBuildId": 2}, json={}).json()
    place.rest()
    assert again["templateParameters"] == {"who": "moon"}
    assert get(client, f"build/builds/{again['id']}/report")["type"] == "html"
    metrics = get(client, "build/definitions/1/metrics")["value"]
    assert sum(one["intValue"] for one in metrics if one["name"] == "TotalBuilds") >= 4


def test_resources_are_authorized_by_the_older_way_too(client):
    body = [{"type": "queue", "id": "1", "name": "Default", "authorized": True}]
    assert client.patch("ml/_apis/build/definitions/1/resources", json=body).json()["value"] == body
    assert get(client, "build/definitions/1/resources", type="queue")["count"] == 1
    assert get(client, "build/authorizedresources", type="queue")["count"] == 0
