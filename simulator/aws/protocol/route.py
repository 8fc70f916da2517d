"""Which operation of its service a request is for."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple
from urllib.parse import parse_qs, parse_qsl, unquote

from botocore.model import OperationModel, Shape

from simulator.aws.protocol.http import Incoming
from simulator.aws.protocol.models import UnknownOperation, service_model

_LABEL = re.compile(r"\{(\w+)(\+?)\}")
_CBOR_PATH = re.compile(r"/service/(\w+)/operation/(\w+)$")


class Routed(NamedTuple):
    """The operation's name, the protocol that the request speaks, and what the path says."""

    operation: str
    protocol: str
    labels: dict[str, str]


class _Rule(NamedTuple):
    method: str
    pattern: re.Pattern[str]
    query: dict[str, str]
    needs_query: tuple[str, ...]
    needs_headers: tuple[str, ...]
    operation: str


def route(service: str, request: Incoming) -> Routed:
    """Find the operation; raises UnknownOperation naming what the request asked for."""
    if found := _CBOR_PATH.search(request.path):
        return Routed(_known(service, found[2]), "smithy-rpc-v2-cbor", {})
    if target := request.headers.get("x-amz-target"):
        return Routed(_known(service, target.rsplit(".", 1)[-1]), "json", {})
    protocol = service_model(service).resolved_protocol
    if protocol.startswith("rest"):
        return _by_path(service, protocol, request)
    action = _action(request)
    return Routed(_known(service, action), "ec2" if protocol == "ec2" else "query", {})


def _action(request: Incoming) -> str:
    form = parse_qs(request.body.decode("utf-8", "replace")) if request.body else {}
    return (form.get("Action") or [request.arguments().get("Action", "")])[0]


def _known(service: str, operation: str) -> str:
    if operation not in service_model(service).operation_names:
        raise UnknownOperation(
            f"{service}:{operation or '(none named)'}, which the service model does not have,"
        )
    return operation


def _by_path(service: str, protocol: str, request: Incoming) -> Routed:
    arguments = request.arguments()
    best: tuple[int, _Rule, re.Match[str]] | None = None
    for rule in _rules(service):
        found = rule.pattern.fullmatch(request.path) if rule.method == request.method else None
        if not found or any(
            arguments.get(k) is None or (v and arguments[k] != v) for k, v in rule.query.items()
        ):
            continue
        if any(name not in arguments for name in rule.needs_query) or any(
            name not in request.headers for name in rule.needs_headers
        ):
            continue
        weight = 4 * len(rule.query) + 2 * len(rule.needs_query) + len(rule.needs_headers)
        weight = 100 * weight - len(found.groups())
        if best is None or weight > best[0]:
            best = (weight, rule, found)
    if best is None:
        raise UnknownOperation(f"{request.method} {request.path} of {service}")
    labels = {name: unquote(value) for name, value in best[2].groupdict().items()}
    return Routed(best[1].operation, protocol, labels)


@cache
def _rules(service: str) -> tuple[_Rule, ...]:
    model = service_model(service)
    rules = []
    for name in model.operation_names:
        operation = model.operation_model(name)
        if not operation.deprecated or service != "s3":
            rules.append(_rule(operation))
    return tuple(rules)


def _rule(operation: OperationModel) -> _Rule:
    path, _, query = operation.http["requestUri"].partition("?")
    literal = dict(parse_qsl(query, keep_blank_values=True))
    pattern, at = "", 0
    for label in _LABEL.finditer(path):
        pattern += re.escape(path[at : label.start()]) + f"(?P<{label[1]}>{'.+' if label[2] else '[^/]+'})"
        at = label.end()
    pattern += re.escape(path[at:]) + ("/?" if not path.endswith("/") else "")
    shape = operation.input_shape
    required: list[Shape] = [shape.members[m] for m in shape.required_members] if shape else []
    return _Rule(
        operation.http["method"],
        re.compile(pattern),
        literal,
        tuple(m.serialization["name"] for m in required if m.serialization.get("location") == "querystring"),
        tuple(
            m.serialization["name"].lower() for m in required if m.serialization.get("location") == "header"
        ),
        operation.name,
    )
