"""What can be subscribed to and who can be told: publishers with their events, consumers with their actions."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.errors import failure
from simulator.azure_devops.hooks import consumers, publishers
from simulator.azure_devops.hooks.consumers import Action, Consumer
from simulator.azure_devops.hooks.publishers import EventType
from simulator.azure_devops.organization import DEFINITION, ENVIRONMENT, REPOSITORY, Row
from simulator.azure_devops.shapes import mapping, mappings, texts

PUBLISHERS = "1e83a210-5b53-43bc-90f0-d476a4e5d731"
EVENT_TYPES = "db4777cd-8e08-4a84-8ba3-c974ea033718"
PUBLISHERS_QUERY = "99b44a8a-65a8-4670-8f3e-e7f7842cce64"
INPUT_VALUES = "d815d352-a566-4dc1-a3e3-fd245acf688c"
INPUT_VALUES_QUERY = "140ed26d-ed51-4583-a1bd-0dd3fdd708bd"
CONSUMERS = "4301c514-5f34-4f5d-a145-f0ea7b5b7d19"
ACTIONS = "c3428e90-7a69-4194-8ed8-0f153185ee0d"


@endpoint("GET", PUBLISHERS, "vso.build")
async def all_publishers(call: Call) -> object:
    """Every publisher, or one."""
    if "publisherid" in call.route:
        return _publisher(call, _known(call.route["publisherid"]))
    return collection([_publisher(call, name) for name in publishers.PUBLISHERS])


@endpoint("POST", PUBLISHERS_QUERY, "vso.build")
async def query(call: Call) -> object:
    """The publishers of some ids."""
    given = call.object_body()
    wanted = texts(given, "publisherIds") or tuple(publishers.PUBLISHERS)
    return {**given, "results": [_publisher(call, name) for name in publishers.PUBLISHERS if name in wanted]}


@endpoint("GET", EVENT_TYPES, "vso.build")
async def event_types(call: Call) -> object:
    """The events of a publisher, or one."""
    publisher = _known(call.route["publisherid"])
    if name := call.route.get("eventtypeid"):
        found = publishers.event_type(publisher, name)
        if found is None:
            raise failure("EventTypeNotFoundException", id=name, publisher=publisher)
        return _event(call, found)
    return collection([_event(call, one) for one in publishers.EVENTS if one.publisher == publisher])


@endpoint("GET", CONSUMERS, "vso.build")
async def all_consumers(call: Call) -> object:
    """Every consumer, or one."""
    if "consumerid" in call.route:
        return _consumer(call, _consumer_of(call))
    return collection([_consumer(call, one) for one in consumers.CONSUMERS])


@endpoint("GET", ACTIONS, "vso.build")
async def actions(call: Call) -> object:
    """The actions of a consumer, or one."""
    found = _consumer_of(call)
    if name := call.route.get("consumeractionid"):
        action = consumers.action(found, name)
        if action is None:
            raise failure("ConsumerActionNotFoundException", id=name, consumer=found.id)
        return _action(call, found, action)
    return collection([_action(call, found, one) for one in found.actions])


@endpoint("POST", INPUT_VALUES, "vso.build")
async def input_values(call: Call) -> object:
    """The values that inputs of a publisher may have, given those that are chosen already."""
    _known(call.route["publisherid"])
    return _values(call)


@endpoint("POST", INPUT_VALUES_QUERY, "vso.build")
async def input_values_query(call: Call) -> object:
    """The same, for the inputs of a subscription."""
    return _values(call)


def _values(call: Call) -> Row:
    given = call.object_body()
    chosen = mapping(given, "currentValues")
    if not chosen:
        subscription = mapping(given, "subscription") or mapping(given, "resource")
        chosen = mapping(subscription, "publisherInputs")
    found = []
    for one in mappings(given, "inputValues"):
        possible = _possible(call, str(one.get("inputId", "")), chosen)
        values = [{"value": name, "displayValue": shown} for name, shown in possible]
        shown: dict[str, Any] = {"inputId": one.get("inputId"), "defaultValue": "", "possibleValues": values}
        found.append({**shown, "isLimitedToPossibleValues": True, "isDisabled": False, "isReadOnly": False})
    return {**given, "inputValues": found}


def _possible(call: Call, name: str, chosen: Row) -> list[tuple[str, str]]:
    """Names and titles of what the input may be: rows of the chosen project that the caller sees."""
    organization = call.organization
    if name == "projectId":
        return [
            (row["id"], row["name"]) for row in organization.projects() if row["name"] in call.caller.projects
        ]
    kinds = {"repository": REPOSITORY, "definitionName": DEFINITION, "pipelineId": DEFINITION,
             "environmentName": ENVIRONMENT}  # fmt: skip
    project = str(chosen.get("projectId") or "")
    if name not in kinds or not project:
        return []
    call.visible(organization.project(project), project)
    listed = organization.rows(kinds[name], organization.project(project)["id"])
    by_name = name in ("definitionName", "environmentName")
    return [(row["name"] if by_name else str(row["id"]), row["name"]) for row in listed]


def _known(publisher: str) -> str:
    name = next((one for one in publishers.PUBLISHERS if one.lower() == publisher.lower()), None)
    if name is None:
        raise failure("PublisherNotFoundException", id=publisher)
    return name


def _publisher(call: Call, identifier: str) -> Row:
    name, description = publishers.PUBLISHERS[identifier]
    events = [_event(call, one) for one in publishers.EVENTS if one.publisher == identifier]
    return {
        "id": identifier,
        "url": f"{call.url}/_apis/hooks/publishers/{identifier}",
        "name": name,
        "description": description,
        "supportedEvents": events,
        "inputDescriptors": [publishers.PROJECT.descriptor()],
    }


def _event(call: Call, event: EventType) -> Row:
    return {
        "publisherId": event.publisher,
        "id": event.id,
        "url": f"{call.url}/_apis/hooks/publishers/{event.publisher}/eventTypes/{event.id}",
        "name": event.name,
        "description": event.description,
        "supportedResourceVersions": list(event.versions),
        "inputDescriptors": [one.descriptor() for one in event.inputs],
    }


def _consumer_of(call: Call) -> Consumer:
    found = consumers.consumer(call.route["consumerid"])
    if found is None:
        raise failure("ConsumerNotFoundException", id=call.route["consumerid"])
    return found


def _consumer(call: Call, found: Consumer) -> Row:
    url = f"{call.url}/_apis/hooks/consumers/{found.id}"
    return {
        "id": found.id,
        "url": url,
        "name": found.name,
        "description": found.description,
        "informationUrl": "https://learn.microsoft.com/azure/devops/service-hooks/overview",
        "authenticationType": found.authentication,
        "inputDescriptors": [one.descriptor() for one in found.inputs],
        "actions": [_action(call, found, one) for one in found.actions],
        "_links": {"self": {"href": url}, "actions": {"href": f"{url}/actions"}},
    }


def _action(call: Call, found: Consumer, action: Action) -> Row:
    url = f"{call.url}/_apis/hooks/consumers/{found.id}/actions/{action.id}"
    return {
        "id": action.id,
        "consumerId": found.id,
        "url": url,
        "name": action.name,
        "description": action.description,
        "supportedEventTypes": list(action.events),
        "supportedResourceVersions": {},
        "inputDescriptors": [one.descriptor() for one in action.inputs],
        "allowResourceVersionOverride": found.id == consumers.WEB_HOOKS,
        "_links": {"self": {"href": url}},
    }
