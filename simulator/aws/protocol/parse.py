"""A request's bytes to the operation's parameters, as botocore's model types them.

Timestamps become epoch seconds, blobs bytes. A member unknown to the model is kept, for validation to name.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import cbor2
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.utils import parse_timestamp

from simulator.aws.protocol.http import Incoming
from simulator.aws.protocol.route import Routed
from simulator.kernel.errors import CallerError


def parse(operation: OperationModel, routed: Routed, request: Incoming) -> dict[str, Any]:
    """The parameters; raises CallerError(SerializationException) where bytes do not fit the protocol."""
    shape = operation.input_shape
    if shape is None:
        return {}
    if routed.protocol == "json":
        return dict(_json(shape, _loads(request.body)))
    if routed.protocol == "smithy-rpc-v2-cbor":
        return dict(_json(shape, _cbor(request.body)))
    if routed.protocol in ("query", "ec2"):
        return _query_structure(shape, {**request.arguments(), **_form(request.body)}, "")
    return _rest(shape, routed, request)


def _loads(body: bytes) -> Any:
    try:
        value = json.loads(body or b"{}")
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CallerError("SerializationException", f"The request body is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise CallerError("SerializationException", "Start of structure or map found where not expected.")
    return value


def _cbor(body: bytes) -> Any:
    try:
        return cbor2.loads(body) if body else {}
    except cbor2.CBORDecodeError as error:
        raise CallerError("SerializationException", f"The request body is not CBOR: {error}") from error


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _json(shape: Shape, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        names = {m.serialization.get("name", name): (name, m) for name, m in shape.members.items()}
        known = {names[k][0]: _json(names[k][1], v) for k, v in value.items() if k in names and v is not None}
        return known | {k: v for k, v in value.items() if k not in names and k != "__type"}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_json(shape.member, item) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {key: _json(shape.value, item) for key, item in value.items()}
    return _scalar(shape, value)


def _scalar(shape: Shape, value: Any) -> Any:
    if shape.type_name == "blob" and isinstance(value, str):
        return _base64(value)
    if shape.type_name == "timestamp":
        try:
            return parse_timestamp(value).timestamp()
        except (ValueError, OverflowError) as error:
            raise CallerError("SerializationException", f"{value!r} is not a timestamp") from error
    return value


def _text(shape: Shape, value: str) -> Any:
    """A scalar that came as text: from a form, a header, the path or the query string."""
    if shape.type_name == "boolean":
        return value.lower() == "true"
    try:
        if shape.type_name in ("integer", "long"):
            return int(value)
        if shape.type_name in ("float", "double"):
            return float(value)
    except ValueError:
        return value
    return _scalar(shape, value)


def _base64(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise CallerError("SerializationException", f"A blob is not base64: {error}") from error


def _query_structure(shape: StructureShape, form: Mapping[str, str], prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        value = _query(member, form, prefix + member.serialization.get("name", name))
        if value is not None:
            found[name] = value
    return found


def _query(shape: Shape, form: Mapping[str, str], prefix: str) -> Any:
    inside = any(key == prefix or key.startswith(prefix + ".") for key in form)
    if not inside:
        return None
    if isinstance(shape, StructureShape):
        return _query_structure(shape, form, prefix + ".")
    if isinstance(shape, ListShape):
        flat = shape.serialization.get("flattened")
        stem = prefix if flat else f"{prefix}.{shape.member.serialization.get('name', 'member')}"
        return _query_list(shape.member, form, stem, form.get(prefix))
    if isinstance(shape, MapShape):
        return _query_map(shape, form, prefix)
    return _text(shape, form[prefix]) if prefix in form else None


def _query_list(member: Shape, form: Mapping[str, str], stem: str, whole: str | None) -> list[Any]:
    items: list[Any] = []
    while (value := _query(member, form, f"{stem}.{len(items) + 1}")) is not None:
        items.append(value)
    return items if items or not whole else [_text(member, whole)]


def _query_map(shape: MapShape, form: Mapping[str, str], prefix: str) -> dict[str, Any]:
    stem = prefix if shape.serialization.get("flattened") else f"{prefix}.entry"
    key_name = shape.key.serialization.get("name", "key")
    value_name = shape.value.serialization.get("name", "value")
    items: dict[str, Any] = {}
    index = 1
    while f"{stem}.{index}.{key_name}" in form:
        items[form[f"{stem}.{index}.{key_name}"]] = _query(shape.value, form, f"{stem}.{index}.{value_name}")
        index += 1
    return items


def _rest(shape: StructureShape, routed: Routed, request: Incoming) -> dict[str, Any]:
    arguments, found = request.arguments(), {}
    in_body: dict[str, Shape] = {}
    for name, member in shape.members.items():
        location, wire = member.serialization.get("location"), member.serialization.get("name", name)
        if location == "uri" and wire in routed.labels:
            found[name] = _text(member, routed.labels[wire])
        elif location == "querystring" and wire in arguments:
            found[name] = _rest_argument(member, request, wire)
        elif location == "header" and wire.lower() in request.headers:
            found[name] = _text(member, request.headers[wire.lower()])
        elif location == "headers":
            found[name] = {
                k[len(wire) :]: v for k, v in request.headers.items() if k.startswith(wire.lower())
            }
        elif location is None:
            in_body[name] = member
    return found | _rest_body(shape, in_body, request.body)


def _rest_argument(member: Shape, request: Incoming, wire: str) -> Any:
    values = [value for key, value in parse_qsl(request.query, keep_blank_values=True) if key == wire]
    return (
        [_text(member.member, v) for v in values]
        if isinstance(member, ListShape)
        else _text(member, values[0])
    )


def _rest_body(shape: StructureShape, in_body: Mapping[str, Shape], body: bytes) -> dict[str, Any]:
    payload = shape.serialization.get("payload")
    if payload:
        member = shape.members[payload]
        if member.type_name in ("blob", "string"):
            if not body and payload not in shape.required_members:
                return {}
            return {payload: body if member.type_name == "blob" else body.decode()}
        return {payload: _json(member, _loads(body))} if body else {}
    return dict(_json(shape, _loads(body))) if in_body and body else {}
