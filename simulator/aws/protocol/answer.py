"""What a behaviour returned, as the bytes that the client's protocol expects, and errors in AWS's envelope."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import cbor2
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from simulator.aws.protocol.http import Outgoing
from simulator.kernel.errors import CallerError

_JSON_TYPES = {"json": "application/x-amz-json-{version}", "rest-json": "application/json"}


def answer(operation: OperationModel, protocol: str, result: Mapping[str, Any], request_id: str) -> Outgoing:
    """A successful answer; members that the output shape does not have raise KeyError, a defect of ours."""
    shape = operation.output_shape
    _check(operation.name, shape, result)
    identity = (("x-amzn-requestid", request_id),)
    if protocol == "json":
        kind = _JSON_TYPES["json"].format(version=operation.service_model.metadata.get("jsonVersion", "1.1"))
        return Outgoing(200, (("content-type", kind), *identity), _dump(_plain(shape, result)))
    if protocol == "smithy-rpc-v2-cbor":
        headers = (("content-type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor"), *identity)
        return Outgoing(200, headers, cbor2.dumps(_plain(shape, result, cbor=True)))
    if protocol in ("query", "ec2"):
        return Outgoing(
            200, (("content-type", "text/xml"), *identity), _query_xml(operation, result, request_id)
        )
    return _rest(operation, result, identity)


def error(service: ServiceModel, protocol: str, failure: CallerError, request_id: str) -> Outgoing:
    """The error envelope of the protocol: JSON with `__type`, XML `ErrorResponse`, or S3's bare `Error`."""
    identity = (("x-amzn-requestid", request_id),)
    status, code = _status(service, failure), failure.code
    if protocol == "rest-xml":
        body = _error_xml("", [("Code", code), ("Message", failure.message), ("RequestId", request_id)])
        return Outgoing(status, (("content-type", "application/xml"), ("x-amz-request-id", request_id)), body)
    if protocol in ("query", "ec2"):
        fault = "Sender" if status < 500 else "Receiver"
        inner = [("Type", fault), ("Code", code), ("Message", failure.message)]
        return Outgoing(status, (("content-type", "text/xml"), *identity), _error_xml(request_id, inner))
    members = {"__type": code, "message": failure.message, "Message": failure.message, **failure.extra}
    if protocol == "smithy-rpc-v2-cbor":
        members["__type"] = f"{service.metadata.get('targetPrefix', '')}#{code}"
        headers = (("content-type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor"), *identity)
        return Outgoing(status, headers, cbor2.dumps(members))
    kind = _JSON_TYPES.get(protocol, _JSON_TYPES["json"]).format(
        version=service.metadata.get("jsonVersion", "1.1")
    )
    return Outgoing(status, (("content-type", kind), ("x-amzn-errortype", code), *identity), _dump(members))


def _status(service: ServiceModel, failure: CallerError) -> int:
    if failure.status != 400:
        return failure.status
    for shape in service.error_shapes:
        declared = shape.metadata.get("error", {})
        if failure.code in (shape.name, declared.get("code")):
            return int(declared.get("httpStatusCode", 400))
    return 400


def _check(name: str, shape: StructureShape | None, result: Mapping[str, Any]) -> None:
    unknown = set(result) - set(shape.members if shape else ())
    if unknown:
        raise KeyError(f"{name} answered {sorted(unknown)}, which the service model does not have")


def _dump(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.fromtimestamp(float(value), UTC)


def _plain(shape: Shape | None, value: Any, cbor: bool = False) -> Any:
    """A value as JSON or CBOR carries it; members that are None are left out."""
    if shape is None:
        return {}
    if isinstance(shape, StructureShape):
        if shape.is_document_type:
            return value
        members = ((shape.members[k], k, v) for k, v in value.items() if k in shape.members and v is not None)
        return {m.serialization.get("name", k): _plain(m, v, cbor) for m, k, v in members}
    if isinstance(shape, ListShape):
        return [_plain(shape.member, item, cbor) for item in value]
    if isinstance(shape, MapShape):
        return {key: _plain(shape.value, item, cbor) for key, item in value.items()}
    if shape.type_name == "timestamp":
        moment = _moment(value)
        if cbor:
            return cbor2.CBORTag(1, moment.timestamp())
        return _timestamp(shape, moment, "unixtimestamp")
    if shape.type_name == "blob" and not cbor:
        return base64.b64encode(value if isinstance(value, bytes) else str(value).encode()).decode()
    if shape.type_name in ("float", "double"):
        return float(value)
    return value


def _timestamp(shape: Shape, moment: datetime, default: str) -> Any:
    form = shape.serialization.get("timestampFormat", default).lower()
    if form == "unixtimestamp":
        return round(moment.timestamp(), 3)
    if form == "rfc822":
        return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(shape: Shape, value: Any, default: str) -> str:
    if shape.type_name == "boolean":
        return "true" if value else "false"
    if shape.type_name == "timestamp":
        return str(_timestamp(shape, _moment(value), default))
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return str(value)


def _query_xml(operation: OperationModel, result: Mapping[str, Any], request_id: str) -> bytes:
    namespace = operation.service_model.metadata.get("xmlNamespace", "")
    root = ET.Element(f"{operation.name}Response", {"xmlns": namespace} if namespace else {})
    shape = operation.output_shape
    if shape is not None:
        wrapper = shape.serialization.get("resultWrapper")
        _fill(ET.SubElement(root, wrapper) if wrapper else root, shape, result)
    metadata = ET.SubElement(root, "ResponseMetadata")
    ET.SubElement(metadata, "RequestId").text = request_id
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root)


def _fill(parent: ET.Element, shape: StructureShape, value: Mapping[str, Any]) -> None:
    for name, item in value.items():
        if item is not None and name in shape.members:
            member = shape.members[name]
            _element(parent, member.serialization.get("name", name), member, item)


def _element(parent: ET.Element, name: str, shape: Shape, value: Any) -> None:
    if isinstance(shape, ListShape):
        flat = shape.serialization.get("flattened")
        holder = parent if flat else ET.SubElement(parent, name)
        for item in value:
            _element(
                holder, name if flat else shape.member.serialization.get("name", "member"), shape.member, item
            )
        return
    element = ET.SubElement(parent, name)
    if isinstance(shape, StructureShape):
        _fill(element, shape, value)
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            entry = ET.SubElement(element, "entry")
            _element(entry, shape.key.serialization.get("name", "key"), shape.key, key)
            _element(entry, shape.value.serialization.get("name", "value"), shape.value, item)
    else:
        element.text = _text(shape, value, "iso8601")


def _error_xml(request_id: str, inner: list[tuple[str, str]]) -> bytes:
    root = ET.Element("ErrorResponse" if request_id else "Error")
    holder = ET.SubElement(root, "Error") if request_id else root
    for name, text in inner:
        ET.SubElement(holder, name).text = text
    if request_id:
        ET.SubElement(root, "RequestId").text = request_id
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root)


def _rest(
    operation: OperationModel, result: Mapping[str, Any], identity: tuple[tuple[str, str], ...]
) -> Outgoing:
    """A rest-json answer: members bound to headers and status leave the body."""
    shape, status = operation.output_shape, int(operation.http.get("responseCode", 200))
    headers, body = [*identity], {}
    payload = shape.serialization.get("payload") if shape else None
    raw, kind = b"", "application/json"
    for name, value in result.items():
        member = shape.members[name] if shape else None
        if member is None or value is None:
            continue
        location, wire = member.serialization.get("location"), member.serialization.get("name", name)
        if location == "header":
            headers.append((wire, _text(member, value, "rfc822")))
            kind = str(value) if wire.lower() == "content-type" else kind
        elif location == "statusCode":
            status = int(value)
        elif name == payload and member.type_name in ("blob", "string"):
            raw = value if isinstance(value, bytes) else str(value).encode()
        elif name == payload:
            raw = _dump(_plain(member, value))
        else:
            body[wire] = _plain(member, value)
    headers = [(k, v) for k, v in headers if k.lower() != "content-type"]
    if not payload and status != 204:  # an answer without content has no body, not even an empty object
        raw = _dump(body)
    return Outgoing(status, (("content-type", kind), *headers), raw)
