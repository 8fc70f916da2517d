"""What subscriptions of service hooks need."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.azure_devops.authorization.needs import Need, access_check, rule
from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.endpoints.hooks import notifications, subscriptions
from simulator.azure_devops.organization import Row
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import SERVICE_HOOKS
from simulator.azure_devops.shapes import mapping


def on_hooks(call: Call, inputs: Row, permission: str) -> Need:
    """A permission on the hooks of the project that publisher inputs name, or of all projects."""
    known = call.organization.find_project(str(inputs.get("projectId") or ""))
    token = tokens.hooks(known["id"]) if known else tokens.hooks()
    return Need(SERVICE_HOOKS, token, permission, access_check)


@rule("POST", subscriptions.SUBSCRIPTIONS, notifications.TEST)
def _create(call: Call) -> Iterator[Need]:
    if "subscriptionid" in call.route:
        yield on_hooks(call, subscriptions.found(call)["publisherInputs"], "EditSubscriptions")
        return
    given = call.object_body()
    if known := call.azure.hooks.subscriptions.find(str(given.get("subscriptionId") or "")):
        yield on_hooks(call, known["publisherInputs"], "EditSubscriptions")
        return
    inputs = mapping(given, "publisherInputs") or mapping(mapping(given, "details"), "publisherInputs")
    yield on_hooks(call, inputs, "EditSubscriptions")


@rule("PUT", subscriptions.SUBSCRIPTIONS, subscriptions.DIAGNOSTICS)
@rule("DELETE", subscriptions.SUBSCRIPTIONS)
@rule("GET", subscriptions.SUBSCRIPTIONS, subscriptions.DIAGNOSTICS, notifications.NOTIFICATIONS)
def _subscription(call: Call) -> Iterator[Need]:
    identifier = call.route.get("subscriptionid")
    if identifier is None and call.method == "PUT":
        identifier = str(call.member("id"))
    row = call.azure.hooks.subscriptions.find(identifier) if identifier else None
    permissions = {"GET": "ViewSubscriptions", "PUT": "EditSubscriptions", "DELETE": "DeleteSubscriptions"}
    if row is not None and subscriptions.visible(call, row):
        yield on_hooks(call, row["publisherInputs"], permissions.get(call.method, "ViewSubscriptions"))
