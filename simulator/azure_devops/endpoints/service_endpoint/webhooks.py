"""The public address of incoming webhooks: no token, a signature where the connection has a secret."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, endpoint
from simulator.azure_devops.endpoints.run_requests import DELIVERY_HEADER
from simulator.azure_devops.errors import failure
from simulator.azure_devops.pipelines.starting.webhooks import signed

WEBHOOKS = "44f7ed85-9a3a-4669-bd4c-312d021559f4"


@endpoint("POST", WEBHOOKS, None)
async def receive(call: Call) -> object:
    """Hand the payload to the pipelines that wait for it; an unknown name is a 500, as on the real service."""
    name = call.route.get("webhookid", "")
    connections = call.azure.webhooks.connections(name)
    if not connections:
        raise failure("WebHookNotFoundException", name=name)
    taken = [one for one in connections if signed(one, call.headers, call.raw)]
    if not taken:
        raise failure("WebHookSignatureException", name=name)
    for connection in taken:
        await call.azure.webhooks.receive(connection, call.body, call.headers.get(DELIVERY_HEADER, ""))
    return Answer(200)
