"""Input, InputPath and InputTransformer: the exact body a target receives, as a table."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.aws.eventbridge.transform import (
    RuleNames,
    TemplateError,
    check_template,
    target_input,
    transform,
)

EVENT: dict[str, Any] = {
    "version": "0",
    "id": "1",
    "source": "aws.sagemaker",
    "detail": {
        "name": 'say "hi"',
        "zero": 0,
        "no": False,
        "none": None,
        "empty": "",
        "list": [1, "a"],
        "map": {"k": "v"},
    },
}
RULE = RuleNames("arn:aws:events:us-east-1:222222222222:rule/approved", "approved", "2026-03-01T10:00:00Z")
PATHS = {
    name: f"$.detail.{name}" for name in ("name", "zero", "no", "none", "empty", "list", "map", "absent")
}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('{"a": <name>}', '{"a": "say \\"hi\\""}'),
        ('{"a": "<name>"}', '{"a": "say \\"hi\\""}'),
        ('{"a": "it is <name>!"}', '{"a": "it is say \\"hi\\"!"}'),
        ('{"a": <zero>, "b": <no>, "c": <none>}', '{"a": 0, "b": false, "c": null}'),
        ('{"a": "<zero>", "b": "<no>"}', '{"a": "0", "b": "false"}'),
        ('{"a": <empty>, "b": "<empty>"}', '{"a": "", "b": ""}'),
        ('{"a": <list>, "b": <map>}', '{"a": [1,"a"], "b": {"k":"v"}}'),
        ('{"a": "list <list> map <map>"}', '{"a": "list [1,a] map {k:v}"}'),
        ('{"a": <absent>, "b": "<absent>"}', '{"a": "", "b": ""}'),
        ("{<name>: 1}", '{"say \\"hi\\"": 1}'),
        ('"<name> of <zero>"', '"say \\"hi\\" of 0"'),
        ('{"a": "\\"<name>\\""}', '{"a": "\\"say \\"hi\\"\\""}'),
        ("<map>", '{"k":"v"}'),
        ('{"a": <aws.events.rule-arn>}', f'{{"a": "{RULE.arn}"}}'),
        ('{"a": "<aws.events.rule-name>"}', '{"a": "approved"}'),
        ('{"a": <aws.events.event.ingestion-time>}', '{"a": "2026-03-01T10:00:00Z"}'),
        ('{"a": <aws.events.event>}', '{"a": {"version":"0","id":"1","source":"aws.sagemaker"}}'),
    ],
)
def test_a_template_is_filled_in(template: str, expected: str) -> None:
    filled = transform(PATHS, template, EVENT, RULE)
    assert filled == expected
    json.loads(filled)


def test_the_whole_event_can_stand_in_a_template() -> None:
    filled = json.loads(transform({}, '{"event": <aws.events.event.json>}', EVENT, RULE))
    assert filled == {"event": EVENT}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({}, EVENT),
        ({"Input": '{"constant": 1}'}, {"constant": 1}),
        ({"InputPath": "$.detail.zero"}, 0),
        ({"InputPath": "$.detail.map"}, {"k": "v"}),
        ({"InputPath": "$.detail.none"}, None),
        (
            {"InputTransformer": {"InputPathsMap": {"z": "$.detail.zero"}, "InputTemplate": '{"z": <z>}'}},
            {"z": 0},
        ),
    ],
)
def test_a_target_receives_what_it_asked_for(target: dict[str, Any], expected: Any) -> None:
    assert json.loads(target_input(target, EVENT, RULE)) == expected


@pytest.mark.parametrize("template", ['{"a": <name>}', '"a <name>"', '"one <name>"\n"two <zero>"', "<map>"])
def test_a_template_that_becomes_json_is_taken(template: str) -> None:
    check_template(PATHS, template)


@pytest.mark.parametrize("template", ['{"a": <other>}', "plain text", '{"a": <name>', "say <name>"])
def test_a_template_that_does_not_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        check_template(PATHS, template)
