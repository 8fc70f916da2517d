"""From an occurrence to the event that is sent: its payload by kind, in its envelope."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.git.refs import RefWatch
from simulator.azure_devops.hooks import code_payloads, run_payloads
from simulator.azure_devops.hooks.envelopes import Payload, envelope
from simulator.azure_devops.hooks.occurrences import Occurrence
from simulator.azure_devops.hooks.publishers import EventType
from simulator.azure_devops.identities import stable_id
from simulator.azure_devops.organization import Organization

_OF_RUNS = {
    "build.complete": run_payloads.build,
    "ms.vss-pipelines.run-state-changed-event": run_payloads.run_state,
    "ms.vss-pipelines.stage-state-changed-event": run_payloads.stage_state,
    "ms.vss-pipelines.job-state-changed-event": run_payloads.job_state,
    "ms.vss-pipelinechecks-events.approval-pending": run_payloads.approval,
    "ms.vss-pipelinechecks-events.approval-completed": run_payloads.approval,
}


class Events:
    """Writes the events of occurrences."""

    def __init__(self, organization: Organization, refs: RefWatch) -> None:
        self._organization, self._refs = organization, refs

    async def event(
        self, kind: EventType, version: str, identifier: str, occurrence: Occurrence, created: str
    ) -> dict[str, Any]:
        """The Event of the wire."""
        if kind.id in _OF_RUNS:
            payload = _OF_RUNS[kind.id](self._organization, occurrence)
        elif kind.id == "git.push":
            payload = await code_payloads.push(self._organization, self._refs, occurrence)
        else:
            payload = await code_payloads.pull_request(self._organization, self._refs, occurrence)
        return self._wrapped(kind, version, identifier, payload, occurrence.project, created)

    def sample(
        self, kind: EventType, version: str, identifier: str, project: str, created: str
    ) -> dict[str, Any]:
        """The event of a test notification: it says that it is one, and names the kind (its text is ours)."""
        payload = Payload(
            f"Test notification of the event {kind.name}.", {"id": "0", "url": self._organization.url}
        )
        return self._wrapped(kind, version, identifier, payload, project, created)

    def _wrapped(
        self, kind: EventType, version: str, identifier: str, payload: Payload, project: str, created: str
    ) -> dict[str, Any]:
        owner, base = stable_id("organization", self._organization.name), f"{self._organization.url}/"
        containers: dict[str, Any] = {
            "collection": {"id": owner, "baseUrl": base},
            "account": {"id": owner, "baseUrl": base},
        }
        if project:
            containers["project"] = {"id": project, "baseUrl": base}
        shown = version or kind.version
        return envelope(identifier, kind.id, kind.publisher, shown, payload, containers, created)
