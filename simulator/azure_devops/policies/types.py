"""The policy types of Azure Repos: ids and names are the service's own.

Source: the REST specification's examples, Azure/azure-devops-cli-extension (MIT), Learn "Branch policies and settings".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PolicyType:
    """One type. `protects`: where it is required, the branch takes pull requests only; `inspects`: it judges pushes."""

    id: str
    name: str
    description: str
    protects: bool = True
    inspects: bool = False


MINIMUM_REVIEWERS = "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd"
REQUIRED_REVIEWERS = "fd2167ab-b0be-447a-8ec8-39368250530e"
BUILD = "0609b952-1397-4640-95ec-e00a01b2c241"
STATUS = "cbdc66da-9728-4af8-aada-9a5a32e4a226"
COMMENTS = "c6a1889d-b943-4856-b76f-9e46bb6b0df2"
WORK_ITEMS = "40e92b44-2fe1-4dd6-b3d8-74a9c21d0c6e"
MERGE_STRATEGY = "fa4e907d-c16b-4a4c-9dfa-4916e5d171ab"
FILE_SIZE = "2e26e725-8201-4edd-8bf5-978563c34a80"
FILE_NAME = "51c78909-e838-41a2-9496-c647091e3c61"
PATH_LENGTH = "001a79cf-fda1-4c4e-9e7c-bac40ee5ead8"
RESERVED_NAMES = "db2b9b4c-180d-4529-9701-01541d19f36b"
AUTHOR_EMAIL = "77ed4bd3-b063-4689-934a-175e4d0a78d7"
GIT_SETTINGS = "7ed39669-655c-494e-b4a0-a08b4da0fcce"

_TYPES = (
    PolicyType(
        MINIMUM_REVIEWERS,
        "Minimum number of reviewers",
        "This policy will ensure that a minimum number of reviewers have approved a pull request before completion.",
    ),
    PolicyType(
        REQUIRED_REVIEWERS,
        "Required reviewers",
        "This policy will ensure that required reviewers are added for modified files matching specified patterns.",
    ),
    PolicyType(
        BUILD,
        "Build",
        "This policy will require a successful build has been performed before updating protected refs.",
    ),
    PolicyType(
        STATUS,
        "Status",
        "This policy will require a successful status to be posted before updating protected refs.",
    ),
    PolicyType(COMMENTS, "Comment requirements", "Check if the pull request has any active comments"),
    PolicyType(
        WORK_ITEMS,
        "Work item linking",
        "This policy will encourage developers to link work items to their pull requests.",
    ),
    PolicyType(
        MERGE_STRATEGY,
        "Require a merge strategy",
        "This policy ensures that pull requests use a consistent merge strategy.",
    ),
    PolicyType(
        FILE_SIZE,
        "File size restriction",
        "This policy will reject pushes to a repository for files which exceed the specified size.",
        protects=False,
        inspects=True,
    ),
    PolicyType(
        FILE_NAME,
        "File name restriction",
        "This policy will reject pushes to a repository which add file paths that match the specified patterns.",
        protects=False,
        inspects=True,
    ),
    PolicyType(
        PATH_LENGTH,
        "Path Length restriction",
        "This policy will reject pushes to a repository for paths which exceed the specified length.",
        protects=False,
        inspects=True,
    ),
    PolicyType(
        RESERVED_NAMES,
        "Reserved names restriction",
        "This policy will reject pushes to a repository for names which aren't valid on all supported client OSes.",
        protects=False,
        inspects=True,
    ),
    PolicyType(
        AUTHOR_EMAIL,
        "Commit author email validation",
        "This policy will block pushes from including commits where the author email does not match the specified"
        " patterns.",
        protects=False,
        inspects=True,
    ),
    PolicyType(
        GIT_SETTINGS,
        "Git repository settings",
        "This policy will control the settings of Git repositories.",
        protects=False,
        inspects=True,
    ),
)

TYPES = {each.id: each for each in _TYPES}
