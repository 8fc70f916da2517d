"""Package resources of a run: the version that the YAML or the request names, else the newest when the run is queued.

Source: Learn "resources.packages.package". The texts are ours: the service's are not documented.
"""

from __future__ import annotations

from simulator.azure_devops.errors import failure
from simulator.azure_devops.language.plan import PackageResource, Plan
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.pipelines import package_registries
from simulator.azure_devops.pipelines.package_registries import PackageUnavailable
from simulator.azure_devops.pipelines.runs import RunRequest
from simulator.kernel.errors import CallerError

CONNECTION = "github"
_INSTEAD = (
    "GitHub tells the service of each new version by a webhook that the service makes there; here nobody does"
)


async def resolve(organization: Organization, request: RunRequest, plan: Plan) -> dict[str, str]:
    """The version behind every alias. Raises CallerError: 400 PipelineValidationException, with what was asked."""
    found: dict[str, str] = {}
    for package in plan.resources.packages:
        version = request.packages.get(package.alias) or package.version
        if version and version.lower() != "latest":
            found[package.alias] = version
            continue
        row = connection_of(organization, request.definition["project"], package)
        if row is None:
            raise _invalid(
                f"Package Resource {package.alias}: there is no service connection {package.connection}"
                f" of the type {CONNECTION}."
            )
        registry = package_registries.of_connection(organization.kernel.outbound, row)
        try:
            found[package.alias] = await package_registries.newest(registry, package)
        except PackageUnavailable as wrong:
            raise _invalid(
                f"Unable to resolve latest version for package {package.alias} ({package.name}): {wrong}."
            ) from wrong
    return found


def connection_of(organization: Organization, project: str, package: PackageResource) -> Row | None:
    """The connection that a package names, if it is one to GitHub."""
    row = organization.service_endpoint_named(project, package.connection)
    return row if row is not None and row["type"].lower() == CONNECTION else None


def tell(organization: Organization, plan: Plan) -> None:
    """For the ledger: triggers of packages, which nothing here fires."""
    for package in plan.resources.packages:
        if package.trigger:
            subject = f"trigger of package resource {package.alias}"
            organization.kernel.log.record("AcceptedNotSimulated", subject, {"instead": _INSTEAD})


def _invalid(message: str) -> CallerError:
    return failure("PipelineValidationException", message=message)
