"""Settings of pipelines in a project, and lists that belong to classic builds, of which there are none."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.pipelines.project_settings import (
    GENERAL_DEFAULTS,
    build_settings,
    change_build_settings,
    change_general,
    days_to_destroy,
    general,
)
from simulator.azure_devops.shapes import number

GENERAL = "c4aefd19-30ff-405b-80ad-aca021e7242a"
SETTINGS = "aa8c1c9c-ef8b-474a-b8c4-785c7b191d0d"
OPTIONS = "591cb5a4-2d46-4f3a-a697-5cd42b6bd332"
TEMPLATES = "e884571e-7f92-4d6a-9274-3f5649900835"
CONTROLLERS = "fcac1932-2ee1-437f-9b6f-7f696be858f6"
USAGE = "3813d06c-9e36-4ea1-aac3-61a485d60e3d"
_POLICY = {
    "branches": ["+refs/heads/*"],
    "artifacts": [],
    "artifactTypesToDelete": ["FilePath", "SymbolStore"],
    "daysToKeep": 30,
    "minimumToKeep": 1,
    "deleteBuildRecord": True,
    "deleteTestResults": True,
}


@endpoint("GET", GENERAL, "vso.build")
async def general_settings(call: Call) -> object:
    """The general settings of pipelines."""
    return general(call.kernel.store, call.project()["id"])


@endpoint("PATCH", GENERAL, "vso.build_execute")
async def change_general_settings(call: Call) -> object:
    """Other settings: accepted and kept; `disableImpliedYAMLCiTrigger` and `enforceSettableVar` have effect."""
    project, given = call.project()["id"], call.object_body()
    for name, value in given.items():
        if name not in GENERAL_DEFAULTS or not isinstance(value, bool):
            raise invalid(f"The setting {name} is not known, or its value is not true or false.")
    change_general(call.kernel.store, project, given)
    return general(call.kernel.store, project)


@endpoint("GET", SETTINGS, "vso.build")
async def settings(call: Call) -> object:
    """The build settings of the organization: the older form of retention."""
    kept = build_settings(call.kernel.store)
    policy = {**_POLICY, **(kept.get("defaultRetentionPolicy") or {})}
    days = days_to_destroy(call.kernel.store)
    return {
        "defaultRetentionPolicy": policy,
        "maximumRetentionPolicy": {**_POLICY, "minimumToKeep": 50, "daysToKeep": 365},
        "daysToKeepDeletedBuildsBeforeDestroy": days,
    }


@endpoint("PATCH", SETTINGS, "vso.build_execute")
async def change_settings(call: Call) -> object:
    """Other settings: accepted and kept; the days before a deleted run is destroyed have effect."""
    given = call.object_body()
    number(given, "daysToKeepDeletedBuildsBeforeDestroy", 30)
    change_build_settings(call.kernel.store, {**build_settings(call.kernel.store), **given})
    return await settings(call)


@endpoint("GET", OPTIONS, "vso.build")
async def options(call: Call) -> object:
    """The options of classic builds: none."""
    call.project()
    return collection([])


@endpoint("GET", TEMPLATES, "vso.build")
async def templates(call: Call) -> object:
    """The templates of classic builds: none."""
    call.project()
    if wanted := call.route.get("templateid"):
        raise failure("DefinitionNotFoundException", id=wanted)
    return collection([])


@endpoint("GET", CONTROLLERS, "vso.build")
async def controllers(call: Call) -> object:
    """The controllers of XAML builds: none."""
    if wanted := call.route.get("controllerid"):
        raise failure("DefinitionNotFoundException", id=wanted)
    return collection([])


@endpoint("GET", USAGE, "vso.build")
async def usage(call: Call) -> object:
    """How many agents work now."""
    busy = len([row for row in call.azure.runs.unfinished() if row["state"] == "inProgress"])
    return {
        "distributedTaskAgents": busy,
        "paidPrivateAgentSlots": 0,
        "totalUsage": busy,
        "xamlControllers": 0,
    }
