"""RecordIO-protobuf, the format of SageMaker's own algorithms: records framed, each a message of tensors by name.

Source: SageMaker developer guide, "Common data formats for training" and "for inference" (the schema aialgs.data).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

MAGIC = 0xCED7230A
_LENGTH_BITS = 0x1FFFFFFF
_FLOAT32, _FLOAT64, _INT32 = 2, 3, 7


def is_record_io(body: bytes) -> bool:
    """Whether the bytes begin as records do."""
    return len(body) >= 8 and struct.unpack_from("<I", body)[0] == MAGIC


def read(body: bytes) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Features and labels of each record, each a vector by its name."""
    at = 0
    while at < len(body):
        magic, length = struct.unpack_from("<II", body, at)
        if magic != MAGIC:
            raise ValueError("the data is not RecordIO")
        length &= _LENGTH_BITS
        yield _record(body[at + 8 : at + 8 + length])
        at += 8 + (length + 3) // 4 * 4


def write(labels: Iterable[Mapping[str, float]]) -> bytes:
    """Records that hold labels of one number each, as inference answers them."""
    return b"".join(_framed(_labelled(each)) for each in labels)


def _framed(payload: bytes) -> bytes:
    return struct.pack("<II", MAGIC, len(payload)) + payload + b"\0" * (-len(payload) % 4)


def _labelled(values: Mapping[str, float]) -> bytes:
    made = b""
    for name, value in values.items():
        tensor = _part(1, struct.pack("<f", value))
        made += _part(2, _part(1, name.encode()) + _part(2, _part(_FLOAT32, tensor)))
    return made


def _part(field: int, payload: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(payload)) + payload


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)


def _record(message: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {1: {}, 2: {}}
    for field, content in _fields(message):
        if field in found:
            entry = dict(_fields(content))
            found[field][entry.get(1, b"").decode()] = _vector(entry.get(2, b""))
    return found[1], found[2]


def _vector(message: bytes) -> Any:
    """A tensor as a dense vector; a sparse one has keys and a shape."""
    import numpy as np

    for field, content in _fields(message):
        values, keys, shape = _tensor(field, content)
        if keys.size:
            dense = np.zeros(int(shape[-1]) if shape.size else int(keys.max()) + 1)
            dense[keys.astype(int)] = values
            return dense
        return values
    return np.zeros(0)


def _tensor(kind: int, message: bytes) -> tuple[Any, Any, Any]:
    import numpy as np

    parts: dict[int, list[Any]] = {1: [], 2: [], 3: []}
    for field, content in _fields(message):
        if field == 1 and kind in (_FLOAT32, _FLOAT64):
            parts[1].append(np.frombuffer(content, "<f4" if kind == _FLOAT32 else "<f8").astype(float))
        elif field in parts:
            parts[field].append(np.array(list(_varints(content)), dtype=float))
    values, keys, shape = (np.concatenate(part) if part else np.zeros(0) for part in parts.values())
    return values, keys, shape


def _varints(content: bytes) -> Iterator[int]:
    at = 0
    while at < len(content):
        value, at = _read_varint(content, at)
        yield value - (1 << 64) if value >= 1 << 63 else value


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value, at


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each field; single numbers come as the bytes that a packed list of one would have."""
    at = 0
    while at < len(message):
        tag, at = _read_varint(message, at)
        kind = tag & 7
        if kind == 2:
            length, at = _read_varint(message, at)
            yield tag >> 3, message[at : at + length]
            at += length
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            yield tag >> 3, message[at : at + size]
            at += size
        else:
            start = at
            _, at = _read_varint(message, at)
            yield tag >> 3, message[start:at]
