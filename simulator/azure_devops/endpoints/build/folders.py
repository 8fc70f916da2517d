"""Folders of pipelines."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.build.definition_views import ROOT_FOLDER
from simulator.azure_devops.endpoints.core import projects
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import DEFINITION, Row
from simulator.azure_devops.pipelines import definition_history

FOLDERS = "a906531b-d2da-4f55-bda7-f3e676cc50d9"
_KIND = "azure_devops.pipeline_folder"


def _path(text: str) -> str:
    return ROOT_FOLDER + text.replace("/", ROOT_FOLDER).strip(ROOT_FOLDER)


def _lineage(path: str) -> list[str]:
    """The path and each above it: of `\\a\\b` itself, `\\a` and `\\`."""
    names = path.strip(ROOT_FOLDER).split(ROOT_FOLDER)
    return [ROOT_FOLDER + ROOT_FOLDER.join(names[:count]) for count in range(len(names) + 1)]


def _key(project: Row, path: str) -> str:
    return f"{project['id']}/{path.lower()}"


def _view(call: Call, project: Row, row: Row) -> Row:
    person = call.person_reference(row["by"])
    return {
        "path": row["path"],
        "description": row["description"] or None,
        "createdBy": person,
        "createdOn": row["at"],
        "project": projects.reference(call, project),
    }


def _rows(call: Call, project: Row) -> list[Row]:
    """The folders that were made, those that pipelines stand in with all above them, and the root."""
    rows = _kept(call, project)
    known = {row["path"].lower() for row in rows}
    creator = call.organization.topology.test_person
    used = {row.get("folder", ROOT_FOLDER) for row in call.organization.rows(DEFINITION, project["id"])}
    above = {parent for path in (ROOT_FOLDER, *used) for parent in _lineage(path)}
    rows += [
        {"path": path, "description": "", "by": creator, "at": project["created"]}
        for path in sorted(above)
        if path.lower() not in known
    ]
    return sorted(rows, key=lambda row: row["path"].lower())


@endpoint("GET", FOLDERS, "vso.build")
async def folders(call: Call) -> object:
    """All folders, or those at and below a path."""
    project, wanted = call.project(), _path(call.route.get("path", "")).lower()
    rows = [row for row in _rows(call, project) if row["path"].lower().startswith(wanted)]
    if call.query.get("queryorder", "").lower() == "folderdescending":
        rows.reverse()
    return collection([_view(call, project, row) for row in rows])


@endpoint("PUT", FOLDERS, "vso.build_execute")
async def create(call: Call) -> object:
    """A new folder."""
    project, path = call.project(), _path(call.route["path"])
    if any(row["path"].lower() == path.lower() for row in _rows(call, project)):
        raise failure("FolderExistsException", path=path)
    given = call.body if isinstance(call.body, dict) else {}
    description, person = str(given.get("description") or ""), call.caller.identity.name
    row = {"path": path, "description": description, "by": person, "at": call.kernel.clock.iso()}
    with call.kernel.store.transaction():
        _put_above(call, project, path)
        call.kernel.store.put(_KIND, _key(project, path), row)
    return _view(call, project, row)


def _put_above(call: Call, project: Row, path: str) -> None:
    """Make the folders above a new one, which stay when it goes."""
    known = {row["path"].lower() for row in _rows(call, project)}
    person = call.caller.identity.name
    for parent in _lineage(path)[1:-1]:
        if parent.lower() not in known:
            row = {"path": parent, "description": "", "by": person, "at": call.kernel.clock.iso()}
            call.kernel.store.put(_KIND, _key(project, parent), row)


@endpoint("POST", FOLDERS, "vso.build_execute")
async def change(call: Call) -> object:
    """Another path or description; the pipelines and folders in it move with it."""
    project, path, given = call.project(), _path(call.route["path"]), call.object_body()
    row = next((row for row in _rows(call, project) if row["path"].lower() == path.lower()), None)
    if row is None:
        raise failure("FolderNotFoundException", path=path)
    target = _path(str(given.get("path") or path))
    changed = {**row, "path": target, "description": str(given.get("description") or row["description"])}
    with call.kernel.store.transaction():
        call.kernel.store.delete(_KIND, _key(project, path))
        _put_above(call, project, target)
        call.kernel.store.put(_KIND, _key(project, target), changed)
        for one in _inside(_kept(call, project), "path", path):
            call.kernel.store.delete(_KIND, _key(project, one["path"]))
            moved = {**one, "path": target + one["path"][len(path) :]}
            call.kernel.store.put(_KIND, _key(project, moved["path"]), moved)
        for one in _pipelines(call, project, path):
            folder = target + one.get("folder", ROOT_FOLDER)[len(path) :]
            call.organization.save(DEFINITION, {**one, "folder": folder})
    return _view(call, project, changed)


@endpoint("DELETE", FOLDERS, "vso.build_execute")
async def remove(call: Call) -> object:
    """Remove a folder, and as on the service all that is in it: folders and pipelines."""
    project, path = call.project(), _path(call.route["path"])
    if path == ROOT_FOLDER or all(row["path"].lower() != path.lower() for row in _rows(call, project)):
        raise failure("FolderNotFoundException", path=path)
    with call.kernel.store.transaction():
        call.kernel.store.delete(_KIND, _key(project, path))
        for one in _inside(_kept(call, project), "path", path):
            call.kernel.store.delete(_KIND, _key(project, one["path"]))
        for one in _pipelines(call, project, path):
            definition_history.delete(call.kernel, one, call.caller.identity.name)
    return Answer(204)


def _kept(call: Call, project: Row) -> list[Row]:
    return [row for _, row in call.kernel.store.scan(_KIND, f"{project['id']}/")]


def _pipelines(call: Call, project: Row, path: str) -> list[Row]:
    """The pipelines in a folder and in those below it."""
    rows = call.organization.rows(DEFINITION, project["id"])
    here = [row for row in rows if row.get("folder", ROOT_FOLDER).lower() == path.lower()]
    return here + _inside(rows, "folder", path)


def _inside(rows: list[Row], member: str, path: str) -> list[Row]:
    below = f"{path.lower()}{ROOT_FOLDER}"
    return [row for row in rows if str(row.get(member, "")).lower().startswith(below)]
