"""The tasks behind `checkout`, `download` and `getPackage`: the agent's own, known to the service by their ids only.

Source: the agent's `build/BuildJobExtension` and pipeline decorators; names of inputs as the YAML schema has them.
"""

from __future__ import annotations

from simulator.azure_devops.task_definitions.definition import Task, TaskInput

_ARTIFACT = ("artifact", "patterns", "tags", "path")
CHECKOUT = (
    "clean",
    "fetchDepth",
    "fetchFilter",
    "fetchTags",
    "lfs",
    "persistCredentials",
    "submodules",
    "path",
    "sparseCheckoutDirectories",
    "sparseCheckoutPatterns",
    "workspaceRepo",
)
"""What `checkout` takes beside its repository, as key of the YAML and as input of its task."""

TASKS: tuple[Task, ...] = (
    Task(
        "Checkout",
        1,
        "6d15af64-176c-496d-b583-fd2ae21d4df4",
        (
            TaskInput("repository", required=True, default="self"),
            *(TaskInput(name) for name in CHECKOUT),
        ),
        "Get sources",
        keyword="checkout",
        named=False,
        description="Get sources from a repository. Supports Git, TfsVC, and SVN repositories.",
        author="Microsoft",
        help="[More Information](https://go.microsoft.com/fwlink/?LinkId=798199)",
    ),
    Task(
        "Download",
        1,
        "30f35852-3f7e-4c0c-9a88-e127b4f97211",
        (
            TaskInput("alias", required=True, default="current"),
            *(TaskInput(name, default="**" if name == "patterns" else "") for name in _ARTIFACT),
        ),
        "Download artifacts",
        keyword="download",
        named=False,
        description="Downloads pipeline type artifacts.",
        author="Microsoft",
        help="[More Information](https://github.com)",
    ),
    Task(
        "GetPackage",
        1,
        # Ours: the service's id of the step is not public. The default is that of DownloadPackage@1 (Learn).
        "f2a1c3de-6b5e-5c0e-9d3a-70b8c4a7e511",
        (
            TaskInput("alias", required=True),
            TaskInput("path", default="$(System.ArtifactsDirectory)"),
        ),
        "Download package",
        keyword="getPackage",
        named=False,
        description="Downloads the package of a package resource.",
        author="Microsoft",
    ),
)
