"""Content of hubs: imported in versions, referred to, listed by its latest version."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, memory
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.hubs import HUB, HUB_CONTENT
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.naming import arn_of, key_of
from simulator.aws.sagemaker.paging import page
from simulator.aws.sagemaker.showing import answer
from simulator.kernel.errors import CallerError

_FIRST = "1.0.0"


def _hub(call: Call) -> str:
    key = key_of(call, call.params["HubName"])
    resources.fetch(call.kernel, HUB, key)
    return key


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def versions(call: Call, hub: str, kind: str, name: str) -> list[tuple[str, Row]]:
    """The versions of one content, the oldest first."""
    found = call.kernel.store.scan(HUB_CONTENT.row, f"{hub}/{kind}/{name}/")
    return sorted(found, key=lambda each: _number(each[1]["HubContentVersion"]))


def _insert(call: Call, kind: str, name: str, version: str, members: dict[str, Any]) -> Answer:
    hub = _hub(call)
    key = f"{hub}/{kind}/{name}/{version}"
    kept = {
        **members,
        "HubArn": arn_of(HUB, hub),
        "HubName": resources.place(hub)[2],
        "HubContentName": name,
        "HubContentType": kind,
        "HubContentVersion": version,
    }
    row = resources.insert(call.kernel, HUB_CONTENT, key, kept, call.params.get("Tags", ()))
    return {"HubArn": row["HubArn"], "HubContentArn": row["HubContentArn"]}


@memory("sagemaker", "ImportHubContent")
async def import_hub_content(call: Call) -> Answer:
    """A new version of content; without a number, the one after the latest."""
    params = {name: value for name, value in call.params.items() if name != "Tags"}
    with call.kernel.store.transaction():
        known = versions(call, _hub(call), params["HubContentType"], params["HubContentName"])
        version = params.get("HubContentVersion") or _next(known)
        return _insert(call, params["HubContentType"], params["HubContentName"], version, params)


def _next(known: list[tuple[str, Row]]) -> str:
    if not known:
        return _FIRST
    major, *_ = _number(known[-1][1]["HubContentVersion"])
    return f"{major + 1}.0.0"


@memory("sagemaker", "CreateHubContentReference")
async def create_hub_content_reference(call: Call) -> Answer:
    """A reference to a model of the public hub."""
    public = str(call.params["SageMakerPublicHubContentArn"])
    name = call.params.get("HubContentName") or public.split("/Model/")[1].split("/")[0]
    members = {
        "SageMakerPublicHubContentArn": public,
        "ReferenceMinVersion": call.params.get("MinVersion", ""),
        "DocumentSchemaVersion": "2.3.0",
        "HubContentDocument": "{}",
        "HubContentStatus": "Available",
    }
    return _insert(call, "ModelReference", name, call.params.get("MinVersion", _FIRST), members)


def _latest(call: Call) -> tuple[str, Row]:
    params = call.params
    found = versions(call, _hub(call), params["HubContentType"], params["HubContentName"])
    if version := params.get("HubContentVersion"):
        found = [each for each in found if each[1]["HubContentVersion"] == version]
    if not found:
        key = call.key(f"{params['HubName']}/{params['HubContentType']}/{params['HubContentName']}")
        raise resources.missing(HUB_CONTENT, key)
    return found[-1]


@memory("sagemaker", "DescribeHubContent")
async def describe_hub_content(call: Call) -> Answer:
    """A version of content, the latest where none is named."""
    return answer(call, HUB_CONTENT, _latest(call)[1])


@memory("sagemaker", "UpdateHubContentReference")
async def update_hub_content_reference(call: Call) -> Answer:
    """Another least version of a reference."""
    key, row = _latest(call)
    row = resources.change(
        call.kernel, HUB_CONTENT, key, {"ReferenceMinVersion": call.params.get("MinVersion", "")}
    )
    return {"HubArn": row["HubArn"], "HubContentArn": row["HubContentArn"]}


@memory("sagemaker", "DeleteHubContentReference")
async def delete_hub_content_reference(call: Call) -> Answer:
    """A reference that is no more."""
    if call.params["HubContentType"] != "ModelReference":
        raise CallerError("ValidationException", "HubContentType must be ModelReference.")
    resources.remove(call.kernel, HUB_CONTENT, _latest(call)[0])
    return {}


@memory("sagemaker", "ListHubContents")
async def list_hub_contents(call: Call) -> Answer:
    """The latest version of each content of a kind."""
    hub, latest = _hub(call), dict[str, Row]()
    for _, row in call.kernel.store.scan(HUB_CONTENT.row, f"{hub}/{call.params['HubContentType']}/"):
        name = row["HubContentName"]
        if name not in latest or _number(row["HubContentVersion"]) > _number(
            latest[name]["HubContentVersion"]
        ):
            latest[name] = row
    return page(call, HUB_CONTENT, list(latest.values()))


@memory("sagemaker", "ListHubContentVersions")
async def list_hub_content_versions(call: Call) -> Answer:
    """The versions of one content."""
    params = call.params
    least = _number(params.get("MinVersion", "0.0.0"))
    found = versions(call, _hub(call), params["HubContentType"], params["HubContentName"])
    return page(call, HUB_CONTENT, [row for _, row in found if _number(row["HubContentVersion"]) >= least])
