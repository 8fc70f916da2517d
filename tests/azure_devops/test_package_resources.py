"""Package resources: versions and files of npm and NuGet packages come from the registry of the connection."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import tarfile
import zipfile

import pytest

from simulator.azure_devops.language.plan import PackageResource
from simulator.azure_devops.pipelines.package_registries import Registry, archive, start
from simulator.kernel.outbound import Outbound, OutboundResponse
from simulator.runtime.engine_scripted import Script, ScriptedEngine
from tests.azure_devops.scripted import log_text, script_of

TOKEN = "registry-secret-word"
NPM = "/@contoso%2FKit"

YAML = """
trigger: none
resources:
  packages:
  - {{package: kit, type: {type}, connection: hub, name: contoso/Kit, {more}}}
steps:
- checkout: none
- getPackage: kit
  path: $(Pipeline.Workspace)/kit
- script: look
"""


def tarball(**files):
    """An archive as npm packs it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(text), 0o755 if name.endswith("run") else 0o644
            tar.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def serve_npm(outside, content, tags=None, digest=None):
    sha = base64.b64encode(hashlib.sha512(digest or content).digest()).decode()
    dist = {"tarball": "https://outside.example/download/kit.tgz", "integrity": f"sha512-{sha}"}
    versions = {number: {"dist": dist} for number in ("1.0.0", "1.2.0", "2.0.0-rc")}
    told = {"dist-tags": {"latest": "1.2.0", "next": "2.0.0-rc"}, "versions": versions}
    outside.by_path[NPM] = [(200, json.dumps(told).encode())]
    outside.by_path["/download/kit.tgz"] = [(200, content)]


def connect_hub(served, url="https://outside.example"):
    project = {"id": served.call(lambda: served.azure.organization.project("ml")["id"]), "name": "ml"}
    parameters = {"accessToken": TOKEN}
    body = {
        "name": "hub",
        "type": "github",
        "url": url,
        "authorization": {"scheme": "PersonalAccessToken", "parameters": parameters},
        "serviceEndpointProjectReferences": [{"projectReference": project, "name": "hub"}],
    }
    with served.client() as client:
        made = client.post("_apis/serviceendpoint/endpoints", json=body)
        assert made.status_code == 200, made.text
        permit = f"ml/_apis/pipelines/pipelinepermissions/endpoint/{made.json()['id']}"
        assert client.patch(permit, json={"allPipelines": {"authorized": True}}).status_code == 200


def looking(found):
    """An engine whose step finds what is below $(Pipeline.Workspace)/kit: path, mode, text."""

    def look(work):
        if "look" not in script_of(work):
            return ""
        home = next(mount.source for mount in work.mounts if mount.target == "/home/vsts")
        top = home / "work" / "1" / "kit"
        for path in sorted(path for path in top.rglob("*") if path.is_file()):
            found.append((path.relative_to(top).as_posix(), oct(path.stat().st_mode)[-3:], path.read_text()))
        return ""

    engine = ScriptedEngine()
    engine.script("agent", Script(effect=look))
    return engine


def test_the_newest_version_of_an_npm_package_is_taken_and_its_files_come(outside, queued, served):
    connect_hub(served)
    serve_npm(outside, tarball(**{"package/package.json": "{}", "package/bin/run": "go"}))
    found: list[object] = []
    build = queued(YAML.format(type="npm", more="trigger: true"), looking(found))
    assert build["result"] == "succeeded", log_text(served, build)
    assert found == [("package/bin/run", "755", "go"), ("package/package.json", "644", "{}")]
    assert {one.headers.get("authorization") for one in outside.asked} == {f"Bearer {TOKEN}"}
    log = log_text(served, build)
    assert "Downloading npm package contoso/Kit version 1.2.0" in log
    assert TOKEN not in log
    (told,) = [fact for fact in served.facts("AcceptedNotSimulated") if "package" in fact.subject]
    assert told.subject == "trigger of package resource kit"


@pytest.mark.parametrize(
    ("more", "asked", "version"),
    [("version: 1.0.0", {}, "1.0.0"), ("tag: next", {}, "2.0.0-rc"), ("", {"version": "1.0.0"}, "1.0.0")],
)
def test_a_version_is_named_by_the_yaml_by_a_tag_or_by_the_request(
    outside, queued, served, more, asked, version
):
    connect_hub(served)
    serve_npm(outside, tarball(**{"package/index.js": "x"}))
    build = queued(YAML.format(type="npm", more=more), resources={"packages": {"kit": asked}})
    assert f"contoso/Kit version {version}" in log_text(served, build)


def test_a_nuget_package_comes_by_the_third_version_of_its_protocol(outside, queued, served):
    connect_hub(served, "https://outside.example/feed/index.json")
    base = {"@id": "https://outside.example/flat/", "@type": "PackageBaseAddress/3.0.0"}
    outside.by_path["/feed/index.json"] = [(200, json.dumps({"resources": [base]}).encode())]
    versions = {"versions": ["1.0.0", "1.10.0", "2.0.0-beta"]}
    outside.by_path["/flat/kit/index.json"] = [(200, json.dumps(versions).encode())]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("lib/kit.dll", "code")
    outside.by_path["/flat/kit/1.10.0/kit.1.10.0.nupkg"] = [(200, buffer.getvalue())]
    found: list[object] = []
    build = queued(YAML.format(type="NuGet", more=""), looking(found))
    assert build["result"] == "succeeded", log_text(served, build)
    assert found == [("lib/kit.dll", "644", "code")]
    assert outside.asked[-1].headers["authorization"].startswith("Basic ")


def test_what_the_registry_does_not_have_is_refused_with_what_was_asked(outside, git, served):
    git.commit({"azure-pipelines.yml": YAML.format(type="npm", more="")})
    git("push", "-q", "origin", "main")
    outside.by_path[NPM] = [(404, b"{}")]

    def refused():
        with served.client("ada") as client:
            answer = client.post("ml/_apis/pipelines/1/runs", json={})
        assert (answer.status_code, answer.json()["typeKey"]) == (400, "PipelineValidationException")
        return answer.json()["message"]

    assert "service connection" in refused()
    connect_hub(served)
    assert "https://outside.example/@contoso%2FKit answered with status" in refused()
    assert served.facts("RunQueued") == []


@pytest.mark.parametrize(
    ("files", "digest", "why"),
    [
        ({"package/x": "x"}, b"another", "has not the sha512"),
        ({"../../../../x": "x"}, None, "is not among the files of the job"),
    ],
)
def test_an_archive_that_is_not_what_it_should_be_fails_the_step(outside, queued, served, files, digest, why):
    connect_hub(served)
    serve_npm(outside, tarball(**files), digest=digest)
    build = queued(YAML.format(type="npm", more=""))
    assert build["result"] == "failed"
    assert why in log_text(served, build)


@pytest.mark.parametrize(
    ("kind", "name", "url", "address"),
    [
        ("npm", "contoso/kit", "https://github.com", "https://npm.pkg.github.com/@contoso%2Fkit"),
        ("npm", "@contoso/kit", "http://registry:4873", "http://registry:4873/@contoso%2Fkit"),
        ("npm", "kit", "http://registry:4873", "http://registry:4873/kit"),
        ("NuGet", "contoso/kit", "https://github.com", "https://nuget.pkg.github.com/contoso/index.json"),
        ("NuGet", "contoso/kit", "http://feed/v3/index.json", "http://feed/v3/index.json"),
    ],
)
def test_a_packages_registry_is_github_or_what_the_connection_names(kind, name, url, address):
    package = PackageResource("kit", kind, "hub", name)
    assert start(Registry(Outbound(), url, ""), package) == address


class Redirecting(Outbound):
    """Answers as a registry whose archives lie on another host."""

    def __init__(self):
        super().__init__()
        self.asked = []

    async def send(self, method, url, headers, body=b"", *, timeout_seconds=0.0):
        self.asked.append((url, "Authorization" in headers))
        if url.endswith("/kit"):
            told = {"versions": {"1.0.0": {"dist": {"tarball": "https://registry/kit.tgz"}}}}
            return OutboundResponse(200, {}, json.dumps(told).encode())
        if url == "https://registry/kit.tgz":
            return OutboundResponse(302, {"location": "https://files.example/kit.tgz?signed=1"}, b"")
        return OutboundResponse(200, {}, b"content")


def test_the_connections_secret_goes_to_its_own_registry_only():
    outbound = Redirecting()
    package = PackageResource("kit", "npm", "hub", "kit")
    found = asyncio.run(archive(Registry(outbound, "https://registry", TOKEN), package, "1.0.0"))
    assert found == ("kit-1.0.0.tgz", b"content")
    assert outbound.asked == [
        ("https://registry/kit", True),
        ("https://registry/kit.tgz", True),
        ("https://files.example/kit.tgz?signed=1", False),
    ]
