"""Where a pipeline's sources may come from, as the clients browse them: the project's own repositories."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.organization import REPOSITORY, Row
from simulator.kernel.errors import NotSimulated

PROVIDERS = "3ce81729-954f-423d-a581-9fea01d25186"
REPOSITORIES = "d44d1680-f978-4834-9b93-8c6e132329c9"
BRANCHES = "e05d4403-9b81-4244-8763-20fde28d1976"
FILE = "29d12225-b1d9-425f-b668-6c594a981313"
FOLDER = "7944d6fb-df01-4709-920a-7a189aa34037"
_CAPABILITIES = ("queryBranches", "queryPathContents", "queryFileContents", "createLabel")


@endpoint("GET", PROVIDERS, "vso.build")
async def providers(call: Call) -> object:
    """Azure Repos, and no other."""
    call.project()
    triggers = [
        {"type": "continuousIntegration", "notificationType": "server", "supportedCapabilities": {}},
        {"type": "schedule", "notificationType": "server", "supportedCapabilities": {}},
    ]
    capabilities = dict.fromkeys(_CAPABILITIES, True)
    return collection(
        [{"name": "TfsGit", "supportedCapabilities": capabilities, "supportedTriggers": triggers}]
    )


def _repositories(call: Call) -> list[Row]:
    name = call.route["providername"]
    if name.lower() not in ("tfsgit", "git"):
        raise NotSimulated(f"the source provider {name}", "Use repositories of the project (TfsGit).")
    rows = call.organization.rows(REPOSITORY, call.project()["id"])
    wanted = call.query.get("repository", "").lower()
    return [row for row in rows if wanted in ("", row["name"].lower(), row["id"].lower())]


async def _commit(call: Call) -> tuple[Row, str]:
    rows = _repositories(call)
    if not call.query.get("repository") or not rows:
        raise failure("GitRepositoryNotFoundException", name=call.query.get("repository", ""))
    ref = call.query.get("commitorbranch") or rows[0]["defaultBranch"]
    commit = await objects.resolve(call.azure.refs.path(rows[0]), ref)
    if commit is None:
        raise invalid(f"The commit or branch {ref} could not be found.")
    return rows[0], commit


@endpoint("GET", REPOSITORIES, "vso.build")
async def repositories(call: Call) -> object:
    """The repositories of the project."""
    name = call.organization.project(call.project()["id"])["name"]
    found = [
        {
            "id": row["id"],
            "name": row["name"],
            "fullName": f"{name}/{row['name']}",
            "defaultBranch": row["defaultBranch"],
            "sourceProviderName": "TfsGit",
            "url": f"{call.url}/{name}/_git/{row['name']}",
            "properties": {},
        }
        for row in _repositories(call)
    ]
    return {"repositories": found, "pageLength": len(found), "totalPageCount": 1}


@endpoint("GET", BRANCHES, "vso.build")
async def branches(call: Call) -> object:
    """The branches of a repository."""
    rows = _repositories(call)
    refs = await call.azure.refs.read(rows[0]) if rows else {}
    names = [name.removeprefix("refs/heads/") for name in refs if name.startswith("refs/heads/")]
    wanted = call.query.get("branchname", "")
    return collection([name for name in names if wanted in ("", name)])


@endpoint("GET", FILE, "vso.build")
async def file(call: Call) -> object:
    """The content of a file."""
    repository, commit = await _commit(call)
    path = call.query.get("path", "").lstrip("/")
    content = await objects.blob(call.azure.refs.path(repository), commit, path)
    if content is None:
        raise invalid(f"The file {path} could not be found.")
    return Answer(content=content, content_type="text/plain; charset=utf-8")


@endpoint("GET", FOLDER, "vso.build")
async def folder(call: Call) -> object:
    """What a folder holds."""
    repository, commit = await _commit(call)
    place, path = call.azure.refs.path(repository), call.query.get("path", "").strip("/")
    found = await objects.entry(place, commit, path) if path else None
    if path and (found is None or found.kind != "tree"):
        raise invalid(f"The folder {path} could not be found.")
    entries = await objects.tree(place, commit, path)
    return collection(
        [
            {"path": f"/{one.path}", "isContainer": one.kind == "tree", "type": one.kind, "url": ""}
            for one in entries
        ]
    )
