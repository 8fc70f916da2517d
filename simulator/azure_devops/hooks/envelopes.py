"""The envelope of an event: its messages, its resource and where it happened, in the service's order. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from simulator.azure_devops.inputs import value


@dataclass(frozen=True)
class Payload:
    """What an event says: one sentence, the longer text (the same where there is none), and the resource."""

    message: str
    resource: Mapping[str, Any]
    detail: str = ""


def envelope(
    identifier: str, event_type: str, publisher: str, version: str, payload: Payload, containers: Mapping[str, Any],
    created: str,
) -> dict[str, Any]:  # fmt: skip
    """The Event of the wire."""
    return {
        "id": identifier,
        "eventType": event_type,
        "publisherId": publisher,
        "message": _texts(payload.message),
        "detailedMessage": _texts(payload.detail or payload.message),
        "resource": dict(payload.resource),
        "resourceVersion": version,
        "resourceContainers": dict(containers),
        "createdDate": created,
    }


def _texts(text: str) -> dict[str, str]:
    return {"text": text, "html": escape(text, quote=False), "markdown": text}


def trimmed(event: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The event as `resourceDetailsToSend`, `messagesToSend` and `detailedMessagesToSend` leave it."""
    sent = dict(event)
    for member, name in (("message", "messagesToSend"), ("detailedMessage", "detailedMessagesToSend")):
        wanted = value(inputs, name) or "all"
        if wanted == "none":
            del sent[member]
        elif wanted != "all":
            sent[member] = {wanted: event[member][wanted]}
    details = value(inputs, "resourceDetailsToSend") or "all"
    if details == "none":
        sent["resource"] = None
    elif details == "minimal":
        sent["resource"] = {
            name: event["resource"][name] for name in ("id", "url") if name in event["resource"]
        }
    return sent
