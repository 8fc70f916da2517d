"""Setting entries of everyone (`host`) or of the caller (`me`), in the organization or a project, by paths."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, endpoint
from simulator.azure_devops.errors import invalid
from simulator.kernel.errors import NotSimulated

ENTRIES = "cd006711-163d-4cd4-a597-b05bad2556ff"
ENTRIES_OF_A_SCOPE = "4cbaafaf-e8af-4570-98d1-79ee99c56327"
_KIND = "azure_devops.setting_entry"


@endpoint("GET", ENTRIES, "vso.settings")
@endpoint("GET", ENTRIES_OF_A_SCOPE, "vso.settings")
async def entries(call: Call) -> object:
    """The entries below a key, named from there on; all of them without a key."""
    top = _place(call)
    found = {
        path[len(top) :]: row["value"] for path, row in call.kernel.store.scan(_KIND, top) if path != top
    }
    return {"count": len(found), "value": found}


@endpoint("PATCH", ENTRIES, "vso.settings_write")
@endpoint("PATCH", ENTRIES_OF_A_SCOPE, "vso.settings_write")
async def put(call: Call) -> object:
    """Set entries: a body of key and value."""
    root, given = _root(call), call.object_body()
    with call.kernel.store.transaction():
        for key, value in given.items():
            call.kernel.store.put(_KIND, root + key.strip("/"), {"value": value})
    return Answer(204)


@endpoint("DELETE", ENTRIES, "vso.settings_write")
@endpoint("DELETE", ENTRIES_OF_A_SCOPE, "vso.settings_write")
async def remove(call: Call) -> object:
    """Remove the entry of a key and those below it."""
    root, key = _root(call), call.route.get("key", "").strip("/")
    if not key:
        raise invalid("Invalid argument value.\r\nParameter name: key")
    with call.kernel.store.transaction():
        for path in [path for path, _ in call.kernel.store.scan(_KIND, f"{root}{key}")]:
            if path == root + key or path.startswith(f"{root}{key}/"):
                call.kernel.store.delete(_KIND, path)
    return Answer(204)


def _place(call: Call) -> str:
    key = call.route.get("key", "").strip("/")
    return _root(call) + (f"{key}/" if key else "")


def _root(call: Call) -> str:
    """Where the entries of the asked scope begin in the store."""
    user = call.route.get("userscope", "").lower()
    if user not in ("me", "host"):
        raise invalid("Invalid argument value.\r\nParameter name: userScope")
    whose = call.caller.identity.id if user == "me" else user
    return f"{_scope(call)}/{whose}/"


def _scope(call: Call) -> str:
    kind = call.route.get("scopename", "").lower()
    if not kind:
        return "organization"
    if kind != "project":
        raise NotSimulated(f"settings of a {kind}", "They are kept for the organization and for projects.")
    project = call.organization.project(call.route["scopevalue"])
    return f"project/{call.visible(project, call.route['scopevalue'])['id']}"
