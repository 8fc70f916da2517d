"""What a target receives: the matched event, a part of it, a constant, or a filled-in template."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.formats.jsonpath import MISSING, find

_PLACEHOLDER = re.compile(r"<([\w.\-]+)>")
RESERVED = (
    "aws.events.rule-arn",
    "aws.events.rule-name",
    "aws.events.event.ingestion-time",
    "aws.events.event",
    "aws.events.event.json",
)


class TemplateError(ValueError):
    """The InputTemplate cannot become JSON; the text says why."""


@dataclass(frozen=True)
class RuleNames:
    """What the reserved variables say about the rule and the event's arrival."""

    arn: str
    name: str
    ingestion_time: str


def target_input(target: Mapping[str, Any], event: Mapping[str, Any], rule: RuleNames) -> str:
    """The body for one target of PutTargets' shape. Source: EventBridge user guide, "Input transformation"."""
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        value = find(target["InputPath"], event)
        return _json({} if value is MISSING else value)
    if "InputTransformer" in target:
        transformer = target["InputTransformer"]
        return transform(transformer.get("InputPathsMap", {}), transformer["InputTemplate"], event, rule)
    return _json(event)


def transform(paths: Mapping[str, str], template: str, event: Mapping[str, Any], rule: RuleNames) -> str:
    """Fill in a template. A path that finds nothing gives an empty string."""
    values: dict[str, Any] = {name: find(path, event) for name, path in paths.items()}
    values |= {
        "aws.events.rule-arn": rule.arn,
        "aws.events.rule-name": rule.name,
        "aws.events.event.ingestion-time": rule.ingestion_time,
        "aws.events.event": {key: value for key, value in event.items() if key != "detail"},
        "aws.events.event.json": dict(event),
    }
    return _fill(template, values)


def check_template(paths: Mapping[str, str], template: str) -> None:
    """Raise TemplateError if a placeholder is unknown or the filled-in template would not be JSON."""
    known = {*paths, *RESERVED}
    unknown = sorted(set(_PLACEHOLDER.findall(template)) - known)
    if unknown:
        raise TemplateError(f"placeholders without an input path: {', '.join(unknown)}")
    filled = _fill(template, dict.fromkeys(known, 0))
    try:
        json.loads(filled)
        return
    except ValueError:
        lines = [line for line in filled.splitlines() if line.strip()]
    # A template of several strings, one a line, is allowed too.
    if not lines or not all(_is_json_string(line.strip()) for line in lines):
        raise TemplateError("it is neither JSON nor strings in quotation marks, one a line")


def _fill(template: str, values: Mapping[str, Any]) -> str:
    filled, at, quoted = [], 0, False
    for match in _PLACEHOLDER.finditer(template):
        if match[1] not in values:
            continue
        before = template[at : match.start()]
        quoted = _quoted_after(before, quoted)
        value = values[match[1]]
        filled += [before, _inside(value) if quoted else _bare(value)]
        at = match.end()
    return "".join([*filled, template[at:]])


def _quoted_after(text: str, quoted: bool) -> bool:
    """Whether the end of `text` is within a JSON string, if its start was."""
    for mark in re.findall(r"\\.|\"", text):
        quoted = quoted != (mark == '"')
    return quoted


def _bare(value: Any) -> str:
    """A value where JSON expects one: a string gets its quotation marks."""
    return '""' if value is MISSING else _json(value)


def _inside(value: Any) -> str:
    """A value within a string: strings escaped, objects and arrays without quotation marks, as EventBridge does."""
    if value is MISSING:
        return ""
    if isinstance(value, str):
        return _json(value)[1:-1]
    return re.sub(r'\\?"', "", _json(value))


def _is_json_string(text: str) -> bool:
    try:
        return isinstance(json.loads(text), str)
    except ValueError:
        return False


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
