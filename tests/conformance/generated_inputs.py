"""Inputs of operations made from the service model: valid ones with what they need to exist, and ones broken once."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StringShape, StructureShape

from simulator.aws.protocol.validate import python_pattern

_PLAIN = (
    "name-1",
    "a",
    "1",
    "1.0.0",
    "12345678-1234-1234-1234-123456789012",
    "arn:aws:iam::222222222222:role/any",
)
_NUMBERS = frozenset({"integer", "long", "float", "double"})


def matching(pattern: str) -> str:
    """A short string that a pattern of the model matches."""
    for text in _PLAIN:
        if _matches(pattern, text):
            return text
    made = _made(parser.parse(python_pattern(pattern)))
    assert _matches(pattern, made), (pattern, made)
    return made


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(python_pattern(pattern), text) is not None


def _made(tree: Any) -> str:
    """The shortest string of a parsed pattern."""
    return "".join(_piece(str(kind), argument) for kind, argument in tree)


def _piece(kind: str, argument: Any) -> str:
    if kind == "LITERAL":
        return str(chr(argument))
    if kind in ("MAX_REPEAT", "MIN_REPEAT"):
        low, _, inside = argument
        return "".join(_made(inside) for _ in range(low))
    if kind == "SUBPATTERN":
        return _made(argument[3])
    if kind == "BRANCH":
        return _made(argument[1][0])
    if kind == "IN":
        return _one_of(argument)
    return "a" if kind in ("ANY", "NOT_LITERAL") else ""


def _one_of(choices: Any) -> str:
    first, value = str(choices[0][0]), choices[0][1]
    if first == "NEGATE":
        return "a"
    if first == "LITERAL":
        return str(chr(value))
    if first == "RANGE":
        return chr(value[0])
    return {"CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " "}.get(str(value), "a")


@dataclass
class World:
    """What exists: values by member name (`RoleArn`, `DomainId`), which every generated input uses."""

    values: dict[str, Any] = field(default_factory=dict)

    def value(self, shape: Shape, name: str) -> Any:
        """A valid value of a shape: known by the member's or the shape's name, or made."""
        for known in (name, shape.name):
            if known in self.values:
                return copy.deepcopy(self.values[known])
        if isinstance(shape, StructureShape):
            return self.structure(shape)
        if isinstance(shape, ListShape):
            low = int(shape.metadata.get("min", 0))
            return [self.value(shape.member, name) for _ in range(max(low, 1))]
        if isinstance(shape, MapShape):
            return {self.value(shape.key, "key"): self.value(shape.value, "value")}
        return _scalar(shape)

    def structure(self, shape: StructureShape) -> dict[str, Any]:
        """The required members; of a union the first member."""
        names = list(shape.required_members)
        if shape.is_tagged_union:
            names = [next(iter(shape.members))]
        return {name: self.value(shape.members[name], name) for name in names}

    def request(self, operation: OperationModel, *optional: str) -> dict[str, Any]:
        """A request with what is required, and some members that are not."""
        shape = operation.input_shape
        if shape is None:
            return {}
        names = [*shape.required_members, *(name for name in optional if name in shape.members)]
        return {name: self.value(shape.members[name], name) for name in dict.fromkeys(names)}


def _scalar(shape: Shape) -> Any:
    if isinstance(shape, StringShape):
        return str(shape.enum[0]) if shape.enum else _text(shape)
    if shape.type_name in _NUMBERS:
        return max(int(shape.metadata.get("min", 1)), 1)
    return {"boolean": True, "timestamp": 1_700_000_000, "blob": b"{}"}.get(shape.type_name)


def _text(shape: StringShape) -> str:
    low, high = int(shape.metadata.get("min", 0)), int(shape.metadata.get("max", 1000))
    text = matching(shape.metadata.get("pattern", ".*"))
    for filler in ("", "a", "0", "1"):
        longer = text + filler * max(low - len(text), 0)
        if low <= len(longer) <= high and _matches(shape.metadata.get("pattern", ".*"), longer):
            return longer
    return text


@dataclass(frozen=True)
class Broken:
    """A request broken in one way, and the code and the part of the text that AWS answers."""

    constraint: str
    request: dict[str, Any]
    code: str
    text: str


def broken(operation: OperationModel, world: World) -> Iterator[Broken]:
    """The operation's valid request, broken once for each kind of constraint that its members have."""
    shape = operation.input_shape
    if shape is None:
        return
    valid = world.request(operation)
    yield Broken("unknown member", {**valid, "Nonsense": 1}, "SerializationException", "Unknown parameter")
    if shape.required_members:
        gone = shape.required_members[0]
        less = {name: value for name, value in valid.items() if name != gone}
        yield Broken("required", less, "ValidationException", "Member must not be null")
    seen: set[str] = set()
    for name, member in shape.members.items():
        for constraint, value, code, text in _wrong(member):
            if constraint not in seen:
                seen.add(constraint)
                yield Broken(constraint, {**valid, name: value}, code, text)


def _wrong(shape: Shape) -> Iterator[tuple[str, Any, str, str]]:
    refused = "ValidationException"
    if isinstance(shape, StringShape):
        yield "type", {"a": 1}, "SerializationException", "Start of structure or map found"
        if shape.enum:
            yield "enum", "Nonsense", refused, "Member must satisfy enum value set: ["
        pattern = shape.metadata.get("pattern")
        if pattern and not shape.enum and not _matches(pattern, "\u2603 \n"):
            yield "pattern", "\u2603 \n", refused, "Member must satisfy regular expression pattern: "
        if int(shape.metadata.get("max", 10**9)) < 10**5:
            long = "a" * (int(shape.metadata["max"]) + 1)
            yield "length", long, refused, "Member must have length less than or equal to"
    elif shape.type_name in _NUMBERS:
        yield "number", "many", "SerializationException", "STRING_VALUE can not be converted to"
        if "max" in shape.metadata and "min" in shape.metadata:
            yield (
                "range",
                int(shape.metadata["max"]) + 1,
                refused,
                "Member must have value less than or equal to",
            )
    elif isinstance(shape, ListShape):
        yield "list", "text", "SerializationException", "Expected list or null"
        if int(shape.metadata.get("min", 0)) > 0:
            yield "items", [], refused, "Member must have length greater than or equal to"
