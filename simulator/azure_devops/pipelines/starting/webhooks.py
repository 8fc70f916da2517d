"""Incoming webhooks: a payload from outside starts the pipelines that name its connection and whose filters hold.

Source: Learn "Webhooks" in "Resources in YAML pipelines"; the signature was checked against a known vector
(reference/azure-devops.md 4.5).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simulator.azure_devops.errors import failure
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import RefWatch
from simulator.azure_devops.language.plan import WebhookResource
from simulator.azure_devops.organization import SERVICE_ENDPOINT, Organization, Row
from simulator.azure_devops.pipelines.gates.permissions import Permissions
from simulator.azure_devops.pipelines.runs import RunRequest
from simulator.azure_devops.pipelines.starting.queueing import Queue
from simulator.formats import jsonpath
from simulator.kernel.errors import CallerError, NotSimulated

TYPE = "incomingwebhook"


def signature(secret: str, body: bytes) -> str:
    """What the header of a signed delivery must hold: HMAC-SHA1 in upper-case hexadecimal digits."""
    return hmac.new(secret.encode(), body, hashlib.sha1).hexdigest().upper()


def signed(connection: Row, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the delivery carries the connection's signature; without a secret none is asked for."""
    parameters = connection["authorization"]["parameters"]
    secret, header = parameters.get("secret") or "", (parameters.get("header") or "").lower()
    if not secret:
        return True
    given = headers.get(header, "").upper().removeprefix("SHA1=")
    return hmac.compare_digest(given.encode(), signature(secret, body).encode())


def passes(resource: WebhookResource, payload: Any) -> bool:
    """Whether all filters of a webhook resource hold for the payload."""
    return all(str(jsonpath.find(_rooted(path), payload)) == value for path, value in resource.filters)


def _rooted(path: str) -> str:
    return path if path.startswith("$") else f"$.{path}"


class Webhooks:
    """Receives payloads by the name of their webhook."""

    def __init__(
        self, organization: Organization, refs: RefWatch, queue: Queue, permissions: Permissions
    ) -> None:
        self._organization, self._refs, self._queue = organization, refs, queue
        self._permissions = permissions

    def connections(self, name: str) -> list[Row]:
        """The service connections that receive the webhook of that name."""
        rows = [row for row in self._organization.rows(SERVICE_ENDPOINT) if row["type"].lower() == TYPE]
        wanted = name.lower()
        return [
            row for row in rows if row["authorization"]["parameters"].get("webhookname", "").lower() == wanted
        ]

    async def receive(self, connection: Row, payload: Any, delivery: str) -> list[Row]:
        """Start what the payload starts; a pipeline whose YAML it makes invalid starts nothing and says so."""
        runs = []
        for definition in self._organization.definitions(connection["project"]):
            repository = self._organization.repository(definition["repository"])
            ref = repository["defaultBranch"]
            commit = await objects.resolve(self._refs.path(repository), ref)
            if commit is None:
                continue
            try:
                runs += await self._start(definition, connection, ref, commit, payload, delivery)
            except (CallerError, NotSimulated) as wrong:
                detail = {"pipeline": definition["name"], "pipelineId": definition["id"], "error": str(wrong)}
                self._organization.kernel.log.record("TriggerFailed", f"{definition['name']} webhook", detail)
        return runs

    async def _start(
        self, definition: Row, connection: Row, ref: str, commit: str, payload: Any, delivery: str
    ) -> list[Row]:
        project = self._organization.project(definition["project"])["name"]
        person = f"build-service/{project}"
        key = f"webhook {definition['id']} {delivery}" if delivery else ""
        request = RunRequest(definition, ref, commit, "ResourceTrigger", person, key=key)
        resources = (await self._queue.outline(request)).resources.webhooks
        taken = [one for one in resources if one.connection == connection["name"] and passes(one, payload)]
        if not taken:
            return []
        resource = {"type": "endpoint", "id": str(connection["id"])}
        if not self._permissions.allows(resource, definition["project"], definition["id"]):
            raise failure(
                "PipelineValidationException",
                message=f"The pipeline is not authorized to use the service connection {connection['name']}.",
            )
        payloads = {one.alias: payload for one in taken}
        told = {"Resources.TriggeringAlias": taken[0].alias, "Resources.TriggeringCategory": "webhook"}
        return [await self._queue.queue(replace(request, payloads=payloads, predefined=told))]
