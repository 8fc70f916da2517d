"""The function `convertToJson`: a value as JSON, two spaces deep, in authored order.

Source: as the values', `ConvertToJson`; strings are escaped as Newtonsoft.Json does.
"""

from __future__ import annotations

import json
from decimal import Decimal

from simulator.azure_devops.language.expressions.values import ArrayValue, ObjectValue, Value, to_text

# Escaped by Newtonsoft.Json besides what json.dumps escapes.
_MORE = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def json_text(value: Value) -> str:
    """The value as JSON."""
    pieces: list[str] = []
    _write(value, "\n", pieces)
    return "".join(pieces)


def _write(value: Value, line: str, pieces: list[str]) -> None:
    if isinstance(value, ObjectValue) and value.items:
        inner = line + "  "
        opening = "{"
        for name, item in value.items.items():
            pieces.append(f"{opening}{inner}{_string(name)}: ")
            _write(item, inner, pieces)
            opening = ","
        pieces.append(line + "}")
    elif isinstance(value, ArrayValue) and value.items:
        inner = line + "  "
        opening = "["
        for item in value.items:
            pieces.append(opening + inner)
            _write(item, inner, pieces)
            opening = ","
        pieces.append(line + "]")
    else:
        pieces.append(_scalar(value))


def _scalar(value: Value) -> str:
    if isinstance(value, (ObjectValue, ArrayValue)):
        return "{}" if isinstance(value, ObjectValue) else "[]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return to_text(value) if isinstance(value, Decimal) else _string(to_text(value))


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).translate(_MORE)
