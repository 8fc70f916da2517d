"""The proxy of service connections: a request to a connection's own host with its secrets, which the caller never sees.

Source: Learn "Endpoint proxy", the data sources of service endpoint types: a type's own by their names, any other by
its URL. What a type does not name is refused; connections of github and azurerm are stored and not asked.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from simulator.azure_devops import connection_types
from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import mapping, mappings
from simulator.formats.jsonpath import MISSING, JsonPathError, find
from simulator.kernel.errors import NotSimulated
from simulator.kernel.outbound import OutboundFailed, OutboundRefused, OutboundResponse

PROXY = "cc63bb57-2a5f-4a7a-b79c-c142d308657e"
_TIMEOUT_SECONDS = 20.0
_PLACE = re.compile(r"\{\{\{?\s*([^{}]*?)\s*\}?\}\}")
_LOGIC = ("#", "/", "^", ">", "!", "&")


@endpoint("POST", PROXY, "vso.serviceendpoint_query")
async def execute(call: Call) -> object:
    """Send what `dataSourceDetails` says (with `endpointId`), or the older form of it, which answers the list alone."""
    given = call.object_body()
    if "endpointid" in call.query:
        details = mapping(given, "dataSourceDetails")
        template = str(mapping(given, "resultTransformationDetails").get("resultTemplate") or "")
        return await _asked(call, call.query["endpointid"], details, template)
    older = {**given, "dataSourceUrl": given.get("endpointUrl")}
    answer = await _asked(
        call, str(given.get("endpointId") or ""), older, str(given.get("resultTemplate") or "")
    )
    if answer["errorMessage"]:
        raise invalid(answer["errorMessage"])
    return collection(answer["result"])


async def _asked(call: Call, identifier: str, details: Row, template: str) -> Row:
    row = _connection(call, identifier)
    details = _named(row, details)
    url, method = _url(row, details), str(details.get("requestVerb") or "GET").upper()
    if method not in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        raise invalid(f"The request verb {method} is not valid.")
    body = _filled(str(details.get("requestContent") or ""), _parameters(details))
    try:
        answer = await call.kernel.outbound.send(
            method, url, _headers(row, details), body.encode(), timeout_seconds=_TIMEOUT_SECONDS
        )
    except (OutboundRefused, OutboundFailed) as failed:
        return _result(call, [], "badGateway", f"Failed to query service connection API: '{url}'. {failed}")
    if not 200 <= answer.status < 300:
        status = _status(answer.status)
        told = (
            f"Failed to query service connection API: '{url}'. Status Code: '{status}', Response from server:"
        )
        return _result(call, [], status, f"{told} '{answer.body.decode(errors='replace')[:1000]}'")
    found = _selected(answer, str(details.get("resultSelector") or ""))
    return _result(call, [_shown(each, template) for each in found], _status(answer.status), "")


def _connection(call: Call, identifier: str) -> Row:
    """The connection, if the project of the route has it."""
    row = call.organization.service_endpoint_named(call.project()["id"], identifier)
    if row is None or row["id"] != identifier.lower():
        raise failure("ServiceEndpointNotFoundException", id=identifier)
    kind = connection_types.find(row["type"])
    if kind is None or kind.stored:
        raise NotSimulated(
            f"the data sources of service connections of the type {row['type']}",
            "Connections of the other types are asked through the proxy.",
        )
    return row


def _named(row: Row, details: Row) -> Row:
    """The details, with what the connection's type says of the data source that they name. Text of the refusal ours."""
    if not (name := str(details.get("dataSourceName") or "")):
        return details
    kind = connection_types.find(row["type"])
    sources = {one.name.lower(): one for one in kind.sources} if kind else {}
    if (source := sources.get(name.lower())) is None:
        raise invalid(f"Service connections of the type {row['type']} have no data source {name}.")
    own = str(row["url"])
    url = source.url.replace("{{endpoint.url}}", own if own.endswith("/") else f"{own}/")
    return {**details, "dataSourceUrl": url, "resultSelector": source.selector}


def _url(row: Row, details: Row) -> str:
    """Where the request goes: at the connection's own host and nowhere else, for it carries the secrets."""
    if not urlsplit(str(row["url"] or "")).netloc:
        raise invalid(f"The service connection {row['name']} has no URL that could be asked.")
    own = str(row["url"]).rstrip("/")
    template = str(details.get("dataSourceUrl") or "{{endpoint.url}}")
    url = _filled(template, {"endpoint.url": own, **_parameters(details)})
    if urlsplit(url)[:2] != urlsplit(own)[:2]:
        raise invalid(f"The URL {url} is not one of the service connection's host {urlsplit(own).netloc}.")
    return url


def _parameters(details: Row) -> dict[str, str]:
    return {str(name): str(value) for name, value in mapping(details, "parameters").items()}


def _headers(row: Row, details: Row) -> dict[str, str]:
    """The caller's headers, in which `{{endpoint.apitoken}}` and the like stand for parameters of the connection."""
    kept = mapping(row["authorization"], "parameters")
    secrets = {f"endpoint.{name}": str(value or "") for name, value in kept.items()}
    found = {}
    if kept.get("username") or kept.get("password"):
        pair = f"{kept.get('username') or ''}:{kept.get('password') or ''}"
        found["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    for header in mappings(details, "headers"):
        name = str(header.get("name") or "")
        value = _filled(str(header.get("value") or ""), {**_parameters(details), **secrets})
        if not re.fullmatch(r"[\w-]+", name) or not value.isprintable() or not value.isascii():
            raise invalid(f"The header {name} is not valid.")
        found[name] = value
    return found


def _filled(template: str, values: Mapping[str, str]) -> str:
    """A Mustache template whose places are names; what is not known is empty, as in Mustache."""
    known = {name.lower(): value for name, value in values.items()}

    def value(place: re.Match[str]) -> str:
        if place[1].startswith(_LOGIC):
            raise NotSimulated(
                f"the template {place[0]}", "Places are names; sections and helpers are not there."
            )
        return known.get(place[1].lower(), "")

    return _PLACE.sub(value, template)


def _selected(answer: OutboundResponse, selector: str) -> list[Any]:
    """What `jsonpath:` selects; the whole answer without a selector."""
    text = answer.body.decode(errors="replace")
    if not selector:
        return [text]
    kind, _, path = selector.partition(":")
    if kind.lower() != "jsonpath":
        raise NotSimulated(f"the result selector {selector}", "jsonpath: is there; xpath: and plain are not.")
    try:
        found = find(path.strip(), json.loads(text))
    except (ValueError, JsonPathError) as error:
        raise invalid(f"The result selector {selector} does not fit the answer: {error}") from error
    if found is MISSING:
        return []
    return found if isinstance(found, list) else [found]


def _shown(value: Any, template: str) -> str:
    if not template:
        return value if isinstance(value, str) else json.dumps(value)
    members = value if isinstance(value, dict) else {"defaultResultKey": value}
    return _filled(
        template,
        {name: each if isinstance(each, str) else json.dumps(each) for name, each in members.items()},
    )


def _status(code: int) -> str:
    """The name that .NET's HttpStatusCode has for it, else the number."""
    try:
        words = HTTPStatus(code).name.lower().split("_")
    except ValueError:
        return str(code)
    return words[0] + "".join(word.capitalize() for word in words[1:])


def _result(call: Call, result: list[str], status: str, error: str) -> Row:
    return {
        "result": result,
        "statusCode": status,
        "errorMessage": error,
        "activityId": call.azure.activity_ids.uuid(),
        "callbackRequired": False,
    }
