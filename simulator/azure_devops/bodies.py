"""Reads a request's body into the type that its location takes, as .NET does; what does not convert is refused. Pure.

The types are those of the public REST specification (data/body_types.json). As in the real service (Newtonsoft.Json):
names of members and of enumerations in any case, "1" for 1 and 1 for "1", an empty text for no value. Null is left as
it is, and so is a member that the type has not. The text of an error is Newtonsoft's, without the line and column.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from simulator.azure_devops.errors import failure
from simulator.kernel.errors import CallerError

_DATA = Path(__file__).parent / "data" / "body_types.json"
_LARGEST = 2**63
_WORDS = {"true": True, "false": False}
_SYSTEM = {"integer": "System.Int64", "number": "System.Double", "boolean": "System.Boolean"}
_SYSTEM |= {
    "uuid": "System.Guid",
    "time": "System.DateTime",
    "string": "System.String",
    "byte": "System.Byte[]",
}


def read(verb: str, location: str, body: Any) -> Any:
    """The body as its type; JsonSerializationException (400) at the first place that does not convert."""
    kinds = _table()["bodies"].get(f"{verb} {location}", ())
    if body is None or not kinds or not all(kind.lstrip("[").find("#") > 0 for kind in kinds):
        return body
    # Locations that take one thing or many of it tell them apart by the form, two things by their members.
    fitting = [kind for kind in kinds if (kind[0] == "[") == isinstance(body, list)]
    return _converted(max(fitting or kinds, key=lambda kind: _known(kind, body)), body, "")


def _known(kind: str, body: Any) -> int:
    """How many members of a body a type has."""
    members = _members(kind.lstrip("["))
    return sum(name.lower() in members for name in body) if isinstance(body, dict) else 0


@cache
def _table() -> Mapping[str, Any]:
    return dict(json.loads(_DATA.read_text(encoding="utf-8")))


@cache
def _members(name: str) -> Mapping[str, tuple[str, str]]:
    """Member name as written, and its type, by lower-case name."""
    return {member.lower(): (member, kind) for member, kind in _table()["types"][name].items()}


def _converted(kind: str, value: Any, path: str) -> Any:
    if value is None or kind == "any":
        return value
    if value == "" and kind not in ("string", "byte"):
        return None
    if kind[0] == "[":
        if not isinstance(value, list):
            raise _refused(value, "System.Collections.Generic.List", path)
        return [_converted(kind[1:], item, f"{path}[{index}]") for index, item in enumerate(value)]
    if kind[0] == "{":
        if not isinstance(value, dict):
            raise _refused(value, "System.Collections.Generic.Dictionary", path)
        return {name: _converted(kind[1:], item, _below(path, name)) for name, item in value.items()}
    if kind[0] == "=":
        return _of_enumeration(kind[1:].split("|"), value, path)
    return _of_type(kind, value, path) if "#" in kind else _plain(kind, value, path)


def _of_type(kind: str, value: Any, path: str) -> Any:
    members = _members(kind)
    if not members:
        return value  # a dictionary, of which the specification names no members
    if not isinstance(value, dict):
        raise _refused(value, kind.rpartition("#")[2], path)
    found = {}
    for name, item in value.items():
        written, of = members.get(name.lower(), (name, "any"))
        found[written] = _converted(of, item, _below(path, written))
    return found


def _of_enumeration(names: list[str], value: Any, path: str) -> Any:
    """Flags are written as "a, b"; what the specification does not number stays a number."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST:
        return value
    if not isinstance(value, str):
        raise _refused(value, "System.Enum", path)
    known = {name.lower(): name for name in names}
    found = [known.get(part.strip().lower()) for part in value.split(",")]
    if any(name is None for name in found):
        if value.isascii() and value.isdecimal() and int(value) < _LARGEST:
            return int(value)
        raise _refused(value, "System.Enum", path)
    return ", ".join(str(name) for name in found)


def _plain(kind: str, value: Any, path: str) -> Any:
    if isinstance(value, dict | list):
        raise _refused(value, _SYSTEM[kind], path)
    try:
        return _READ[kind](value)
    except (ValueError, OverflowError):
        raise _refused(value, _SYSTEM[kind], path) from None


def _integer(value: Any) -> int:
    found = int(value) if isinstance(value, str | int) or value == int(value) else None
    if found is None or abs(found) >= _LARGEST:
        raise ValueError(value)
    return found


def _number(value: Any) -> int | float:
    return value if isinstance(value, int | float) else float(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, str):
        if value.strip().lower() not in _WORDS:
            raise ValueError(value)
        return _WORDS[value.strip().lower()]
    return bool(value)


def _string(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _uuid(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    UUID(value)
    return value


def _time(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    datetime.fromisoformat(value)
    return value


_READ = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "string": _string,
    "byte": _string,
    "uuid": _uuid,
    "time": _time,
}


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _refused(value: Any, kind: str, path: str) -> CallerError:
    return failure("JsonSerializationException", value=json.dumps(value)[:200], kind=kind, path=path)
