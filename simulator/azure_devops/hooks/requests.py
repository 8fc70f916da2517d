"""The HTTP request of a web hook, and how history shows it: what is secret in it is asterisks. Pure."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from simulator.azure_devops.hooks.envelopes import trimmed
from simulator.azure_devops.inputs import MASK, value

LARGEST_BYTES = 2 * 1024 * 1024
AGENT = "VSServices/19.225.35203.1 (w3wp.exe)"


@dataclass(frozen=True)
class HookRequest:
    """One POST; `secret` names the headers whose values nobody reads again (lower case)."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    secret: frozenset[str]


def request_of(
    inputs: Mapping[str, Any], event: Mapping[str, Any], subscription: str, notification: int, activity: str
) -> HookRequest:
    """The request that carries an event to the URL of a subscription's inputs."""
    sent = {"subscriptionId": subscription, "notificationId": notification, **trimmed(event, inputs)}
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": AGENT,
        "X-VSS-ActivityId": activity,
        "X-VSS-SubscriptionId": subscription,
        "Request-Id": f"|{activity.replace('-', '')}.",
    }
    secret = {"authorization"}
    for line in value(inputs, "httpHeaders").replace("\r", "\n").split("\n"):
        name, colon, item = line.partition(":")
        if colon and name.strip():
            headers[name.strip()] = item.strip()
            secret.add(name.strip().lower())
    user, password = value(inputs, "basicAuthUsername"), value(inputs, "basicAuthPassword")
    if user or password:
        headers["Authorization"] = f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
    return HookRequest(value(inputs, "url"), headers, json.dumps(sent).encode(), frozenset(secret))


def shown(request: HookRequest) -> str:
    """The request as history keeps it: a URL without its user and query, headers with what is secret masked."""
    parts = urlsplit(request.url)
    place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" + (
        f"?{MASK}" if parts.query else ""
    )
    lines = [
        f"{name}: {MASK if name.lower() in request.secret else item}"
        for name, item in request.headers.items()
    ]
    return "\n".join([f"Method: POST, RequestUri: '{place}', Version: 1.1", "Headers:", "{", *lines, "}"])
