"""Augmented manifests: JSON lines of which some attributes, or the objects that they name, are streamed: pure.

Source: developer guide, "Augmented Manifest Files for Training Jobs".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class NotAugmented(Exception):
    """A line is no JSON object, or lacks an attribute; the text says which."""


@dataclass(frozen=True)
class Part:
    """One attribute of one line: an object's URI to fetch, or the bytes themselves."""

    uri: str = ""
    data: bytes = b""


def lines(text: bytes, names: Sequence[str], uri: str) -> list[list[Part]]:
    """The parts of each line in the order of AttributeNames; raises NotAugmented."""
    found = []
    for number, line in enumerate(text.decode(errors="replace").splitlines(), 1):
        if line.strip():
            found.append(_parts(line, names, f"line {number} of {uri}"))
    return found


def _parts(line: str, names: Sequence[str], where: str) -> list[Part]:
    try:
        document: Any = json.loads(line)
    except ValueError as error:
        raise NotAugmented(f"{where} is not valid JSON") from error
    if not isinstance(document, dict):
        raise NotAugmented(f"{where} is not a JSON object")
    for name in names:
        if name not in document:
            raise NotAugmented(f"{where} has no attribute {name}")
    return [_part(name, document[name]) for name in names]


def _part(name: str, value: Any) -> Part:
    if name.endswith("-ref"):
        return Part(uri=str(value))
    return Part(data=(value if isinstance(value, str) else json.dumps(value)).encode())
