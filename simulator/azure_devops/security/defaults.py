"""The access control lists that a new project and a new organization have.

Source: Microsoft Learn, "Default permissions quick reference" (git, pipelines) and "Manage security in Azure
Pipelines" (roles of the library, environments, service connections and agent queues); hooks: "Only project
administrators". A role is the bits that the service gives for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from simulator.azure_devops.identities import build_service, descriptor_of, group_descriptor
from simulator.azure_devops.security import namespaces as spaces
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.groups import ADMINISTRATORS, VALID_USERS, group_id
from simulator.azure_devops.security.lists import AccessControlLists
from simulator.azure_devops.security.namespaces import known

ALL = ("*",)
LIBRARY_ADMINISTRATOR = ("View", "Administer", "Create", "ViewSecrets", "Use", "Owner")
BRANCH_MAKER = ("GenericContribute", "ForcePush", "ManagePermissions", "RemoveOthersLocks")
_READ_BUILDS = ("ViewBuilds", "ViewBuildDefinition")
_WORK_ON_BUILDS = (
    *_READ_BUILDS,
    *("EditBuildQuality", "QueueBuilds", "EditBuildDefinition", "DeleteBuildDefinition"),
    *("CreateBuildDefinition", "EditPipelineQueueConfigurationPermission"),
)
_ADMINISTER_BUILDS = (
    *_WORK_ON_BUILDS,
    *("RetainIndefinitely", "DeleteBuilds", "ManageBuildQualities", "DestroyBuilds", "ManageBuildQueue"),
    *("StopBuilds", "AdministerBuildPermissions", "ManageStageRunOrderPermission"),
)
_BUILD_SERVICE_BUILDS = (
    *_READ_BUILDS,
    *("EditBuildQuality", "RetainIndefinitely", "UpdateBuildInformation", "QueueBuilds", "ManageBuildQueue"),
    *("OverrideBuildCheckInValidation", "EditPipelineQueueConfigurationPermission", "AbandonBuilds"),
)
_READ_CODE = ("GenericRead", "PullRequestContribute")
_CONTRIBUTE = (*_READ_CODE, "GenericContribute", "CreateBranch", "CreateTag", "ManageNote")
_ADMINISTER_CODE = (
    *_CONTRIBUTE,
    *("CreateRepository", "DeleteRepository", "RenameRepository", "EditPolicies"),
    *("RemoveOthersLocks", "ManagePermissions"),
)
_SEE_PROJECT = ("GENERIC_READ", "VIEW_TEST_RESULTS")
_WORK_ON_PROJECT = (*_SEE_PROJECT, "PUBLISH_TEST_RESULTS", "DELETE_TEST_RESULTS")
_BUILD_SERVICE = "Build Service"

# A namespace; then who has what on all of it that a project has. The administrators of the organization have all of it,
# but for what no group has on repositories.
_PROJECT_LISTS: dict[str, dict[str, tuple[str, ...]]] = {
    spaces.PROJECT: {
        "Project Administrators": ALL,
        "Build Administrators": _WORK_ON_PROJECT,
        "Contributors": _WORK_ON_PROJECT,
        "Readers": _SEE_PROJECT,
        "Project Valid Users": ("GENERIC_READ",),
        _BUILD_SERVICE: _WORK_ON_PROJECT,
    },
    spaces.GIT: {
        "Project Administrators": _ADMINISTER_CODE,
        "Build Administrators": _CONTRIBUTE,
        "Contributors": _CONTRIBUTE,
        "Readers": _READ_CODE,
        _BUILD_SERVICE: ("GenericRead",),
    },
    spaces.BUILD: {
        "Project Administrators": (
            *_ADMINISTER_BUILDS,
            "UpdateBuildInformation",
            "OverrideBuildCheckInValidation",
        ),
        "Build Administrators": _ADMINISTER_BUILDS,
        "Contributors": _WORK_ON_BUILDS,
        "Readers": _READ_BUILDS,
        _BUILD_SERVICE: _BUILD_SERVICE_BUILDS,
    },
    spaces.ENVIRONMENT: {
        "Project Administrators": ("View", "Create"),
        "Contributors": ("View", "Create"),
        "Project Valid Users": ("View",),
        _BUILD_SERVICE: ("View",),
    },
    spaces.SERVICE_ENDPOINTS: {
        "Endpoint Administrators": ALL,
        "Endpoint Creators": ("Create", "ViewEndpoint"),
        "Project Valid Users": ("ViewEndpoint",),
    },
    spaces.LIBRARY: {
        "Project Administrators": LIBRARY_ADMINISTRATOR,
        "Build Administrators": LIBRARY_ADMINISTRATOR,
        "Release Administrators": LIBRARY_ADMINISTRATOR,
        "Contributors": ("View", "Create"),
        "Project Valid Users": ("View",),
        _BUILD_SERVICE: ("View",),
    },
    spaces.DISTRIBUTED_TASK: {
        "Project Administrators": ALL,
        "Build Administrators": ALL,
        "Release Administrators": ALL,
        "Contributors": ("View", "Use"),
        "Project Valid Users": ("View",),
        _BUILD_SERVICE: ("View", "Use"),
    },
    spaces.SERVICE_HOOKS: {"Project Administrators": ALL},
    spaces.IDENTITY: {"Project Administrators": ALL, "Project Valid Users": ("Read",)},
}
_ROOTS = {
    spaces.PROJECT: tokens.project,
    spaces.GIT: tokens.repositories,
    spaces.BUILD: tokens.builds,
    spaces.ENVIRONMENT: tokens.environment,
    spaces.SERVICE_ENDPOINTS: tokens.endpoint,
    spaces.LIBRARY: tokens.library,
    spaces.DISTRIBUTED_TASK: tokens.queue,
    spaces.SERVICE_HOOKS: tokens.hooks,
    spaces.IDENTITY: tokens.groups,
}
_ORGANIZATION_LISTS = (
    (spaces.COLLECTION, tokens.COLLECTION, ("GENERIC_READ",)),
    (spaces.DISTRIBUTED_TASK, tokens.POOLS, ("View",)),
    (spaces.SERVICE_HOOKS, tokens.hooks(), ()),
    (spaces.IDENTITY, tokens.groups(""), ("Read",)),
)


def of_organization(lists: AccessControlLists) -> None:
    """Write the lists of the organization, in the caller's transaction."""
    administrators, everybody = (
        group_descriptor(group_id("", name)) for name in (ADMINISTRATORS, VALID_USERS)
    )
    for space, token, for_all in _ORGANIZATION_LISTS:
        lists.grant(known(space), token, administrators, known(space).mask(*ALL))
        lists.grant(known(space), token, everybody, known(space).mask(*for_all))


def of_project(lists: AccessControlLists, project: str, project_name: str, organization: str) -> None:
    """Write the lists of a project, in the caller's transaction."""
    for space, holders in _PROJECT_LISTS.items():
        token = _ROOTS[space](project)
        for descriptor, permissions in _holders(holders, project, project_name, organization):
            lists.grant(known(space), token, descriptor, known(space).mask(*permissions))
        every = _ADMINISTER_CODE if space == spaces.GIT else ALL
        lists.grant(
            known(space), token, group_descriptor(group_id("", ADMINISTRATORS)), known(space).mask(*every)
        )


def _holders(
    holders: dict[str, tuple[str, ...]], project: str, project_name: str, organization: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, permissions in holders.items():
        if name == _BUILD_SERVICE:
            yield descriptor_of(build_service(project_name, organization)), permissions
        else:
            yield group_descriptor(group_id(project, name)), permissions
