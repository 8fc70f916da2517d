"""Parameters against the service model, with the texts that AWS's front end answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StringShape, StructureShape

from simulator.kernel.errors import CallerError

_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float),
    "blob": (bytes,),
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
}


_HIDDEN = "***Sensitive Data Redacted***"  # for members that the model marks as sensitive


def validate(operation: OperationModel, params: dict[str, Any]) -> None:
    """Raise CallerError naming every constraint that the parameters break, as AWS counts and words them."""
    shape = operation.input_shape
    if shape is None:
        return
    for problem in _misfits(shape, params, ""):
        raise CallerError("SerializationException", problem)
    found = list(problems(shape, params, ""))
    if found:
        plural = "s" if len(found) > 1 else ""
        text = f"{len(found)} validation error{plural} detected: {'; '.join(found)}"
        raise CallerError(_code(operation), text)


def _code(operation: OperationModel) -> str:
    return "ValidationError" if operation.service_model.protocol == "query" else "ValidationException"


def _misfits(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """Wrong types and unknown members."""
    if isinstance(shape, StructureShape) and shape.is_document_type:
        return
    if not fits(shape.type_name, value):
        yield _unconvertible(shape.type_name, value)
        return
    if isinstance(shape, StructureShape):
        for name, item in value.items():
            if name not in shape.members:
                known = ", ".join(shape.members)
                yield f"Unknown parameter {path}{'.' if path else ''}{name}; expected one of {known}"
            else:
                yield from _misfits(shape.members[name], item, f"{path}.{name}" if path else name)
    elif isinstance(shape, ListShape):
        for index, item in enumerate(value):
            yield from _misfits(shape.member, item, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _misfits(shape.value, item, f"{path}.{key}")


_TOKENS: tuple[tuple[type, str], ...] = (
    (bool, "TRUE_VALUE"),
    (int, "NUMBER_VALUE"),
    (float, "DECIMAL_VALUE"),
    (str, "STRING_VALUE"),
    (bytes, "STRING_VALUE"),
)
_WANTED = {
    "string": "a String",
    "boolean": "Boolean",
    "integer": "an Integer",
    "long": "a Long",
    "float": "a Float",
    "double": "a Double",
    "timestamp": "a Timestamp",
    "blob": "a ByteBuffer",
}


def _unconvertible(wanted: str, value: Any) -> str:
    """What AWS's JSON front end says of a value of another type, as clients have reported it; it names no member."""
    if isinstance(value, (list, tuple)):
        return "Start of list found where not expected"
    if isinstance(value, dict):
        return "Start of structure or map found where not expected."
    if wanted in ("list", "structure", "map"):
        return "Expected list or null" if wanted == "list" else f"Expected {wanted} or null"
    token = "FALSE_VALUE" if value is False else next(t for kind, t in _TOKENS if isinstance(value, kind))
    return f"{token} can not be converted to {_WANTED.get(wanted, wanted)}"


def fits(type_name: str, value: Any) -> bool:
    """Whether a Python value is of a type of the model."""
    expected = _PYTHON[type_name]
    return isinstance(value, expected) and (bool in expected or not isinstance(value, bool))


def problems(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """The constraints of a shape that a value breaks, in AWS's words."""
    if isinstance(shape, StructureShape):
        if shape.is_document_type:
            return
        for name in shape.required_members:
            if name not in value:
                yield _sentence("null", _join(path, name), "Member must not be null")
        if shape.is_tagged_union and len(value) != 1:
            # AWS's words for a union are not known; these are ours.
            known = ", ".join(shape.members)
            yield _sentence(dict(value), path, f"Member must have exactly one of: [{known}]")
        for name, item in value.items():
            if name in shape.members and item is not None:
                yield from problems(shape.members[name], item, _join(path, name))
        return
    yield from _bounds(shape, value, path)
    if isinstance(shape, ListShape):
        for index, item in enumerate(value):
            yield from problems(shape.member, item, f"{path}.{index + 1}.member")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from problems(shape.key, key, f"{path}.key")
            yield from problems(shape.value, item, f"{path}.{key}.member")


def _bounds(shape: Shape, value: Any, path: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    shown = _HIDDEN if shape.metadata.get("sensitive") else value
    if shape.type_name in ("integer", "long", "float", "double"):
        if low is not None and value < low:
            yield _sentence(shown, path, f"Member must have value greater than or equal to {low}")
        if high is not None and value > high:
            yield _sentence(shown, path, f"Member must have value less than or equal to {high}")
        return
    if shape.type_name in ("string", "list", "map", "blob"):
        if low is not None and len(value) < low:
            yield _sentence(shown, path, f"Member must have length greater than or equal to {low}")
        if high is not None and len(value) > high:
            yield _sentence(shown, path, f"Member must have length less than or equal to {high}")
    if isinstance(shape, StringShape):
        pattern = shape.metadata.get("pattern")
        if shape.enum and value not in shape.enum:
            yield _sentence(shown, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
        elif pattern and not _matches(pattern, value):
            yield _sentence(shown, path, f"Member must satisfy regular expression pattern: {pattern}")


def _join(path: str, name: str) -> str:
    wire = name[:1].lower() + name[1:]
    return f"{path}.{wire}" if path else wire


def _sentence(value: Any, path: str, constraint: str) -> str:
    shown = str(value) if len(str(value)) <= 200 else str(value)[:200] + "..."
    return f"Value '{shown}' at '{path}' failed to satisfy constraint: {constraint}"


# Java's classes of characters, as they stand in the models' patterns, in Python's words; wide rather than strict.
_CLASSES = {
    "L": "A-Za-z\\u00aa-\\u02ff\\u0370-\\uffff",
    "M": "\\u0300-\\u036f",
    "Z": "\\s",
    "S": "$+<=>^`|~\\u00a2-\\u00b8\\u00d7\\u00f7",
    "N": "0-9",
    "P": "!-#%-*,-/:;?@\\[-\\]_{}\\u00a1-\\u00bf",
    "Alnum": "A-Za-z0-9",
    "Alpha": "A-Za-z",
    "ASCII": "\\x00-\\x7f",
    "Graph": "!-~",
    "Print": " -~",
}


_PIECES = re.compile(r"\\p\{(\w+)\}|\\.|\[|\]|[^\\\[\]]+", re.DOTALL)


def python_pattern(pattern: str) -> str:
    """A pattern of the models, which is Java's, as Python reads it."""
    pattern = pattern.replace("\\uD800\\uDC00-\\uDBFF\\uDFFF", "\\U00010000-\\U0010ffff")
    made, inside = "", False
    for piece in _PIECES.finditer(pattern):
        text = piece[0]
        if piece[1]:
            found = _CLASSES.get(piece[1], "\\w")
            text = found if inside else f"[{found}]"
        elif text == "\\z":
            text = "\\Z"
        elif text in "[]":
            inside = text == "["
        made += text
    return made


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """The model's pattern compiled; None where Python's syntax has no equivalent."""
    try:
        return re.compile(python_pattern(pattern))
    except re.error:
        return None


def _matches(pattern: str, value: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is None or compiled.fullmatch(value) is not None
