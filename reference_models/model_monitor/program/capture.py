"""Captured inference records: what they hold, and the rows that they become."""

from __future__ import annotations

import base64
import importlib.util
import inspect
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_types import as_text

# A row is column name -> text, or None where the value is missing.
Row = dict[str, str | None]
Handler = Callable[["InferenceRecord"], Any]


@dataclass
class EventData:
    """One side of a captured request; `data` is text, or the decoded document where the encoding is JSON."""

    data: Any
    encoding: str | None = None
    observed_content_type: str | None = None
    mode: str | None = None

    @property
    def observedContentType(self) -> str | None:  # noqa: N802 - scripts know both names
        """The same as observed_content_type."""
        return self.observed_content_type


@dataclass
class EventMetadata:
    """When and under which id a request was captured."""

    event_id: str | None
    event_time: str | None
    custom_attribute: Any = None
    inference_id: str | None = None


class InferenceRecord:
    """What a preprocessing script receives as its argument."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        sides, metadata = record.get("captureData", {}), record.get("eventMetadata", {})
        self.endpoint_input = event_data(sides.get("endpointInput", {}))
        self.endpoint_output = event_data(sides.get("endpointOutput", {}))
        self.event_metadata = EventMetadata(
            metadata.get("eventId"),
            metadata.get("inferenceTime"),
            metadata.get("customAttributes"),
            metadata.get("inferenceId"),
        )
        self.event_version = record.get("eventVersion")
        self.event_dict = dict(record)


def is_capture(record: Any) -> bool:
    """Whether a JSON document is a captured inference record."""
    return isinstance(record, dict) and "captureData" in record


def event_data(side: Mapping[str, Any]) -> EventData:
    """One side with its data decoded: base64 to text, JSON to a document, csv as it is."""
    encoding, data = side.get("encoding"), side.get("data")
    content_type = side.get("observedContentType") or ""
    if encoding == "BASE64" and data is not None:
        data = base64.b64decode(data).decode(errors="replace")
    if data is not None and (encoding == "JSON" or (encoding == "BASE64" and "json" in content_type)):
        data = json.loads(data)
    return EventData(data, encoding, side.get("observedContentType"), side.get("mode"))


def default_rows(record: InferenceRecord) -> list[Row]:
    """One row: the answer's columns, then the request's.

    Columns without a name are _c0, _c1 and so on. A request of more than one csv line collapses into one column, as on
    AWS: the whole text becomes one value.
    """
    texts = [str(side.data).strip() for side in (record.endpoint_output, record.endpoint_input) if side.data]
    if any("\n" in text for text in texts):
        return [{"_c0": "\n".join(texts)}]
    named: Row = {}
    values: list[str | None] = []
    for side in (record.endpoint_output, record.endpoint_input):
        if isinstance(side.data, dict):
            named |= flatten(side.data)
        elif isinstance(side.data, list):
            values += [as_text(item) for item in flatten({"": side.data}).values()]
        elif side.data is not None:
            values += split_csv(str(side.data))
    return [{f"_c{position}": value for position, value in enumerate(values)} | named]


def split_csv(text: str) -> list[str | None]:
    """The values of one line."""
    return [as_text(part.strip()) for part in text.strip("\r\n").split(",")]


def flatten(document: Mapping[str, Any], prefix: str = "") -> Row:
    """A JSON document as columns: `a.b` becomes a_b, list items get their position."""
    row: Row = {}
    for name, value in document.items():
        key = f"{prefix}_{name}" if prefix and name else prefix or name
        if isinstance(value, list):
            value = {str(position): item for position, item in enumerate(value)}
        if isinstance(value, dict):
            row |= flatten(value, key)
        else:
            row[key] = as_text(value)
    return row


def load_function(path: Path, name: str) -> Callable[..., Any]:
    """A function of a script that the user gave; raises AttributeError when it is not there."""
    specification = importlib.util.spec_from_file_location(path.stem, path)
    if specification is None or specification.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    function: Callable[..., Any] = getattr(module, name)
    return function


def load_preprocessor(path: Path) -> Handler:
    """The user's preprocess_handler, which may or may not want a logger."""
    function = load_function(path, "preprocess_handler")
    if len(inspect.signature(function).parameters) > 1:
        return lambda record: function(record, logging.getLogger("preprocess"))
    return function


def preprocessed_rows(result: Any) -> list[Row]:
    """What a preprocessor gave back: a document, several, a list of values, a csv text, or nothing."""
    if result is None or result == [] or result == {}:
        return []
    if isinstance(result, dict):
        return [flatten(result)]
    if isinstance(result, str):
        return [{f"_c{position}": value for position, value in enumerate(split_csv(result))}]
    items = list(result)
    if all(isinstance(item, dict) for item in items):
        return [flatten(item) for item in items]
    return [{f"_c{position}": as_text(item) for position, item in enumerate(items)}]


def rows_of(record: Mapping[str, Any], handler: Handler | None) -> list[Row]:
    """The rows of one captured record."""
    captured = InferenceRecord(record)
    return default_rows(captured) if handler is None else preprocessed_rows(handler(captured))
