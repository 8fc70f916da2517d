"""What a check comes to now: each kind by its own rules, from the rows of the run and of the organization."""

from __future__ import annotations

from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.pipelines.gates import (
    branch_control,
    business_hours,
    check_types,
    required_template,
)
from simulator.azure_devops.pipelines.gates.check_runs import Verdict
from simulator.azure_devops.pipelines.gates.outside_calls import OutsideCalls
from simulator.azure_devops.pipelines.gates.permissions import Permissions
from simulator.azure_devops.pipelines.gates.required_template import Extended
from simulator.azure_devops.pipelines.runs import Runs
from simulator.kernel.errors import NotSimulated

NEEDS_PERMISSION = "This pipeline needs permission to access a resource before this run can continue"
_HOURS_AGAIN_MINUTES = 5


class Evaluations:
    """Evaluates check runs by kind, except the exclusive lock, which is a matter between runs."""

    def __init__(self, organization: Organization, runs: Runs, permissions: Permissions) -> None:
        self._organization, self._runs, self._permissions = organization, runs, permissions
        self._outside = OutsideCalls(organization)

    async def evaluate(self, row: Row) -> Verdict:
        """What the check comes to now."""
        kind, task = row["type"]["id"], check_types.task_of(row)
        if kind == check_types.AUTHORIZATION:
            return self._authorization(row)
        if kind == check_types.EXTENDS:
            return self._template(row)
        if task == check_types.BRANCH_CONTROL:
            return self._branches(row)
        if task == check_types.BUSINESS_HOURS:
            return self._hours(row)
        if task in (check_types.INVOKE_REST, check_types.AZURE_FUNCTION):
            return await self._outside.evaluate(row)
        raise NotSimulated(f"the check {row['name']}", "Checks stand in pipelines/gates.")

    def _authorization(self, row: Row) -> Verdict:
        definition = self._runs.get(row["run"])["definition"]
        closed = [
            f"{resource['type']} {resource['name']}"
            for resource in row["resources"]
            if not self._permissions.allows(resource, row["project"], definition)
        ]
        if closed:
            return Verdict("running", f"{NEEDS_PERMISSION}: {', '.join(closed)}.")
        return Verdict("approved", "The pipeline has permission to use the resources.")

    def _branches(self, row: Row) -> Verdict:
        used = self._runs.get(row["run"])["repositories"].values()
        branches = [(str(one["ref"]), self._protected(one)) for one in used]
        refusal = branch_control.refusal(row["settings"].get("inputs") or {}, branches)
        return Verdict("rejected", refusal) if refusal else Verdict("approved", "Branch is allowed.")

    def _protected(self, used: Row) -> bool:
        row = self._organization.repository(used["id"])
        return self._organization.protected(row, used["ref"])

    def _hours(self, row: Row) -> Verdict:
        if business_hours.open_at(
            row["settings"].get("inputs") or {}, self._organization.kernel.clock.datetime()
        ):
            return Verdict("approved", "The run is within business hours.")
        minutes = float(row["settings"].get("retryInterval") or _HOURS_AGAIN_MINUTES)
        return Verdict("running", "The run is outside of business hours.", minutes * 60)

    def _template(self, row: Row) -> Verdict:
        wanted = row["settings"].get("extendsChecks") or []
        if required_template.satisfied(wanted, self._extended(self._runs.get(row["run"]))):
            return Verdict("approved", "The pipeline extends a required template.")
        names = ", ".join(f"{one.get('templatePath')}@{one.get('repositoryName')}" for one in wanted)
        return Verdict("rejected", f"The pipeline does not extend a required template: {names}.")

    def _extended(self, run: Row) -> Extended | None:
        path, _, alias = required_template.extended_path(run["yaml"]).partition("@")
        used = run["repositories"].get(alias or "self")
        if not path or used is None:
            return None
        repository = self._organization.repository(used["id"])
        project = self._organization.project(repository["project"])["name"]
        return Extended(repository["name"], project, used["ref"], path)
