"""File containers over the wire: what the agent's library, the SDK and scripts do with them."""

from __future__ import annotations

import gzip
import io
import zipfile
from urllib.parse import parse_qsl

import pytest
from azure.devops._models import VssJsonCollectionWrapper
from azure.devops.v7_1.file_container.file_container_client import FileContainerClient

from simulator.runtime.engine_scripted import Script
from simulator.topology import load
from tests.azure_devops.conftest import Served, working_copy
from tests.azure_devops.scripted import script_of

YAML = """
trigger: none
jobs:
  - job: First
    steps:
      - checkout: none
      - script: make-files
      - task: PublishBuildArtifacts@1
        inputs: {PathtoPublish: $(Build.ArtifactStagingDirectory), ArtifactName: drop}
  - job: Second
    dependsOn: First
    steps:
      - checkout: none
      - script: make-files and echo the command
"""
COMMAND = "##vso[artifact.upload artifactname=drop;containerfolder=drop]/home/vsts/work/1/a/second.txt"


def files(work):
    """The work of a step: a file in its staging directory, and for the second job the command that uploads it."""
    text = script_of(work)
    place = next(each.source for each in work.mounts if each.target == "/home/vsts") / "work/1/a"
    if "command" in text:
        (place / "second.txt").write_text("of the second job")
        return COMMAND
    if "make-files" in text:
        (place / "deep").mkdir()
        (place / "deep" / "a.txt").write_text("of the first job")
    return ""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A served organization and a finished build whose two jobs published into one artifact."""
    top = tmp_path_factory.mktemp("containers")
    served = Served(load(), top / "state")
    served.start()
    served.engine.script("agent", Script(effect=files))
    copy = working_copy(served, top)
    copy.commit({"azure-pipelines.yml": YAML}, "first")
    copy("push", "-q", "origin", "main")
    with served.client("ada") as client:
        assert client.post("ml/_apis/build/builds", json={"definition": {"id": 1}}).status_code == 200
        served.rest()
        assert client.get("ml/_apis/build/builds/1").json()["result"] == "succeeded"
    yield served
    served.stop()


@pytest.fixture
def client(served):
    """Somebody who may write into containers: the service's jobs may, contributors may not."""
    with served.client("operator") as made:
        yield made


def put(client, path, content, where="", **headers):
    headers = {"Content-Range": where} | headers if where else headers
    address = "_apis/resources/Containers/1"
    return client.put(address, params={"itemPath": path}, content=content, headers=headers)


def opened(client, url):
    """What is at a URL; the client would put its own query in the place of the URL's."""
    address, _, query = url.partition("?")
    return client.get(address, params=dict(parse_qsl(query)))


def test_what_jobs_publish_is_one_artifact_in_the_container_of_the_run(client):
    (drop,) = client.get("ml/_apis/build/builds/1/artifacts").json()["value"]
    resource = drop["resource"]
    assert (drop["name"], resource["type"], resource["data"]) == ("drop", "Container", "#/1/drop")
    assert resource["properties"]["artifactsize"] == str(len("of the first job") + len("of the second job"))
    listed = client.get("_apis/resources/Containers/1", params={"itemPath": "drop"}).json()["value"]
    assert [(item["path"], item["itemType"]) for item in listed] == [
        ("drop", "folder"),
        ("drop/deep", "folder"),
        ("drop/deep/a.txt", "file"),
        ("drop/second.txt", "file"),
    ]
    assert opened(client, listed[2]["contentLocation"]).text == "of the first job"
    with zipfile.ZipFile(io.BytesIO(opened(client, resource["downloadUrl"]).content)) as archive:
        assert sorted(archive.namelist()) == ["drop/deep/a.txt", "drop/second.txt"]


def test_a_file_comes_in_chunks_and_is_named_as_an_artifact(client):
    first = put(client, "logs\\all.txt", b"hello ", "bytes 0-5/11")
    assert (first.status_code, first.json()["status"]) == (202, "pendingUpload")
    gap = put(client, "logs/all.txt", b"!", "bytes 8-8/11")
    assert (gap.status_code, "have not come" in gap.text) == (400, True)
    last = put(client, "logs/all.txt", b"world", "bytes 6-10/11")
    item = last.json()
    assert (last.status_code, item["status"], item["path"], item["fileLength"]) == (
        201,
        "created",
        "logs/all.txt",
        11,
    )
    base = "ml/_apis/build/builds/1/artifacts"
    resource = {"type": "Container", "data": "#/1/logs", "properties": {"localpath": "/tmp/logs"}}
    made = client.post(base, json={"name": "logs", "source": "me", "resource": resource}).json()
    assert made["resource"]["properties"] == {"localpath": "/tmp/logs", "artifactsize": "11"}
    zipped = client.get(base, params={"artifactName": "logs", "$format": "zip"}).content
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        assert archive.read("logs/all.txt") == b"hello world"
    missing = client.post(base, json={"name": "x", "resource": {"type": "Container", "data": "#/1/none"}})
    assert missing.json()["typeKey"] == "ContainerItemNotFoundException"


def test_compressed_content_is_a_file_as_it_was(client):
    plain = b"much of the same " * 500
    packed = gzip.compress(plain)
    half = len(packed) // 2
    said = {"Content-Encoding": "gzip", "x-tfs-filelength": str(len(plain))}
    put(client, "packed/a.bin", packed[:half], f"bytes 0-{half - 1}/{len(packed)}", **said)
    done = put(client, "packed/a.bin", packed[half:], f"bytes {half}-{len(packed) - 1}/{len(packed)}", **said)
    assert (done.status_code, done.json()["fileLength"]) == (201, len(plain))
    where = {"itemPath": "packed/a.bin"}
    got = client.get(
        "_apis/resources/Containers/1", params=where, headers={"accept": "application/octet-stream"}
    )
    assert (got.content, got.headers["content-type"]) == (plain, "application/octet-stream")
    said["x-tfs-filelength"] = "3"
    whole = f"bytes 0-{len(packed) - 1}/{len(packed)}"
    assert put(client, "packed/b.bin", packed, whole, **said).status_code == 400


def test_the_form_of_the_answer_is_the_one_that_is_asked_for(client):
    put(client, "forms/deep/a.txt", b"abc")
    put(client, "forms/empty.txt", b"")
    address = "_apis/resources/Containers/1"

    def ask(accept="*/*", **query):
        return client.get(address, params=query, headers={"accept": accept})

    assert ask(itemPath="forms/deep/a.txt").content == b"abc"
    assert ask("application/json", itemPath="forms/deep/a.txt").json()["count"] == 1
    shallow = ask(itemPath="forms", isShallow="true").json()["value"]
    assert [item["path"] for item in shallow] == ["forms", "forms/deep", "forms/empty.txt"]
    assert ask(itemPath="forms", metadata="true").json()["count"] == 1
    for more, names in (({}, ["forms/deep/a.txt"]), ({"saveAbsolutePath": "false"}, ["a.txt"])):
        answer = ask(itemPath="forms/deep", **{"$format": "zip"}, **more)
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.namelist() == names
    assert client.get(f"{address}/forms/deep/a.txt").content == b"abc"


def test_what_cannot_be_in_a_container_is_refused(client, served):
    put(client, "wrong/a", b"1")
    assert put(client, "wrong/a/b", b"1").json()["typeKey"] == "ContainerItemExistsException"
    assert put(client, "wrong", b"1").json()["typeKey"] == "ContainerItemExistsException"
    assert put(client, "wrong/../../../b", b"1").status_code == 400
    assert put(client, "wrong/b", b"1", "bytes 0-5/6").status_code == 400
    assert client.get("_apis/resources/Containers/99").json()["typeKey"] == "ContainerNotFoundException"
    blob = [{"path": "x", "itemType": "file", "blobMetadata": {"artifactHash": "00"}}]
    assert client.post("_apis/resources/Containers/1", json=blob).status_code == 501
    with served.client("ada") as contributor:
        assert put(contributor, "mine", b"1").status_code == 403


def test_the_sdk_lists_containers_makes_folders_and_deletes(connect):
    containers = connect("operator").get_client(
        "azure.devops.v7_1.file_container.file_container_client.FileContainerClient"
    )
    assert isinstance(containers, FileContainerClient)
    (found,) = containers.get_containers(artifact_uris="vstfs:///Build/Build/1")
    assert (found.id, found.artifact_uri) == (1, "vstfs:///Build/Build/1")
    assert containers.get_containers(artifact_uris="vstfs:///Build/Build/9") == []
    item = {"containerId": 1, "itemType": "folder", "path": "/made/here", "status": "created"}
    given = VssJsonCollectionWrapper(count=1, value=[item])
    assert [each.path for each in containers.create_items(given, 1)] == ["made/here"]
    assert [each.path for each in containers.get_items(1, item_path="made")] == ["made", "made/here"]
    containers.delete_item(1, "made", scope=found.scope_identifier)
    with pytest.raises(Exception, match="The item made in container 1 could not be found"):
        containers.get_items(1, item_path="made")
