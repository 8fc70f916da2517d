"""What hangs on a build: tags, properties, changes, work items, report, attachments, sources."""

from __future__ import annotations

from html import escape

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint, paged
from simulator.azure_devops.endpoints.build.build_views import definition_of, found
from simulator.azure_devops.endpoints.build.definition_details import (
    chosen_properties,
    patched,
    wire_properties,
)
from simulator.azure_devops.endpoints.build.tags import answer_tags
from simulator.azure_devops.errors import failure
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.objects import Commit
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.agent.uploads import ATTACHMENT, attachment_path
from simulator.azure_devops.pipelines.timeline import Timeline

TAGS = "6e6114b2-8161-44c8-8f6c-c5505782427f"
PROJECT_TAGS = "d84ac5c6-edc7-43d5-adc9-1b34be5dea09"
PROPERTIES = "0a6312e9-0627-49b7-8083-7d74a64849c9"
CHANGES = "54572c7b-bbd3-45d4-80dc-28be08941620"
CHANGES_BETWEEN = "f10f0ea5-18a1-43ec-a8fb-2042c7be9b43"
WORK_ITEMS = "5a21f5d2-5642-47e4-a0bd-1356e6731bee"
WORK_ITEMS_BETWEEN = "52ba8915-5518-42e3-a4bb-b0182d159e2d"
REPORT = "45bcaa88-67e1-4042-a035-56d3b4a7d44c"
ATTACHMENTS = "f2192269-89fa-4f94-baf6-8fb128c55159"
ATTACHMENT_FILE = "af5122d3-3438-485e-a25a-2dbbfde84ee6"
_LONGEST_MESSAGE = 200


def _keep_tags(call: Call, row: Row, tags: list[str]) -> None:
    call.azure.runs.update(row["id"], tags=tags)


answer_tags(TAGS, found, _keep_tags)


@endpoint("GET", PROJECT_TAGS, "vso.build")
async def project_tags(call: Call) -> object:
    """Every tag that a build of the project has."""
    runs = call.azure.runs.of(call.project()["id"])
    return collection(sorted({tag for run in runs for tag in run["tags"]}))


@endpoint("DELETE", PROJECT_TAGS, "vso.build_execute")
async def remove_project_tag(call: Call) -> object:
    """Take a tag from every build and definition of the project; the tags that are left."""
    for run in call.azure.runs.of(call.project()["id"]):
        if call.route["tag"] in run["tags"]:
            call.azure.runs.update(run["id"], tags=[tag for tag in run["tags"] if tag != call.route["tag"]])
    return await project_tags(call)


@endpoint("GET", PROPERTIES, "vso.build")
async def properties(call: Call) -> object:
    """The properties, or those named by `filter`."""
    return chosen_properties(call, found(call).get("properties", {}))


@endpoint("PATCH", PROPERTIES, "vso.build_execute")
async def change_properties(call: Call) -> object:
    """Change properties by a JSON patch."""
    row = found(call)
    changed = patched(call, row.get("properties", {}))
    call.azure.runs.update(row["id"], properties=changed)
    return wire_properties(changed)


@endpoint("GET", CHANGES, "vso.build")
async def changes(call: Call) -> object:
    """The commits since the build before of the same branch, the newest first."""
    row = found(call)
    runs = call.azure.runs.of(row["project"], row["definition"])
    before = next(
        (run for run in runs if run["id"] < row["id"] and run["sourceBranch"] == row["sourceBranch"]), None
    )
    return await _commits(call, row, before["sourceVersion"] if before else "")


@endpoint("GET", CHANGES_BETWEEN, "vso.build")
async def changes_between(call: Call) -> object:
    """The commits that `toBuildId` has and `fromBuildId` has not."""
    call.route["buildid"] = str(call.number("frombuildid", 0))
    first = found(call)
    call.route["buildid"] = str(call.number("tobuildid", 0))
    return await _commits(call, found(call), first["sourceVersion"])


async def _commits(call: Call, row: Row, before: str) -> object:
    definition = definition_of(call, row)
    repository = call.organization.repository(definition["repository"])
    path = call.azure.refs.path(repository)
    commits = await objects.log(path, row["sourceVersion"], 1000 if before else 1, exclude=before)
    base = f"{call.url}/{row['project']}/_apis/git/repositories/{repository['id']}/commits"
    project = call.organization.project(row["project"])["name"]
    web = f"{call.url}/{project}/_git/{repository['name']}/commit"
    return paged(call, commits, lambda commit: _change(commit, base, web), 50)


def _change(commit: Commit, base: str, web: str) -> Row:
    first = commit.message.split("\n")[0]
    return {
        "id": commit.id,
        "message": first[:_LONGEST_MESSAGE],
        "messageTruncated": len(first) > _LONGEST_MESSAGE,
        "type": "TfsGit",
        "author": {"displayName": commit.author.name, "uniqueName": commit.author.email, "id": "", "url": ""},
        "timestamp": commit.author.date,
        "location": f"{base}/{commit.id}",
        "displayUri": f"{web}/{commit.id}",
        "pusher": commit.committer.name,
    }


@endpoint("GET", WORK_ITEMS, "vso.build")
async def work_items(call: Call) -> object:
    """No build has any: the organization has no work items."""
    found(call)
    return collection([])


@endpoint("POST", WORK_ITEMS, "vso.build")
async def work_items_of_commits(call: Call) -> object:
    """The same for the commits of the body."""
    found(call)
    return collection([])


@endpoint("GET", WORK_ITEMS_BETWEEN, "vso.build")
async def work_items_between(call: Call) -> object:
    """The same between two builds."""
    call.project()
    return collection([])


@endpoint("GET", REPORT, "vso.build")
async def report(call: Call) -> object:
    """How the build went, as HTML (the wording is ours; the service's own page is not documented)."""
    row, timeline = found(call), Timeline(call.kernel, int(call.route["buildid"]))
    items = "".join(
        f"<li>{escape(one['type'])} {escape(one['name'])}: {escape(one['result'] or one['state'])}</li>"
        for one in timeline.records()
        if one["type"] in ("Stage", "Job", "Task")
    )
    content = f"<h1>Build {escape(row['name'])} {escape(row['result'] or row['state'])}</h1><ul>{items}</ul>"
    return {"buildId": row["id"], "content": content, "type": "html"}


@endpoint("GET", ATTACHMENTS, "vso.build")
async def attachments(call: Call) -> object:
    """The attachments of a type that the build's tasks have added."""
    row = found(call)
    base = f"{call.url}/{row['project']}/_apis/build/builds/{row['id']}/{Timeline(call.kernel, row['id']).id}"
    return collection(
        [
            {
                "name": one["name"],
                "_links": {
                    "self": {"href": f"{base}/{one['record']}/attachments/{one['type']}/{one['name']}"}
                },
            }
            for one in _attached(call, row)
            if one["type"].lower() == call.route["type"].lower()
        ]
    )


@endpoint("GET", ATTACHMENT_FILE, "vso.build")
async def attachment(call: Call) -> object:
    """The content of one."""
    wanted = tuple(call.route[name].lower() for name in ("recordid", "type", "name"))
    for one in _attached(call, found(call)):
        if (one["record"].lower(), one["type"].lower(), one["name"].lower()) == wanted:
            content = attachment_path(call.kernel.store, one).read_bytes()
            return Answer(content=content, content_type="application/octet-stream")
    raise failure("AttachmentNotFoundException", name=call.route["name"])


def _attached(call: Call, row: Row) -> list[Row]:
    return [one for _, one in call.kernel.store.scan(ATTACHMENT) if one["run"] == row["id"]]
