"""YAML text: what the service refuses before it looks at a pipeline at all."""

from __future__ import annotations

import pytest

from simulator.azure_devops.language.invalid import PipelineInvalid, Position, YamlError
from simulator.azure_devops.language.source import MappingNode, ScalarNode, parse_source

FILE = "/azure-pipelines.yml"
ANCHOR = f"{FILE}: Anchors are not currently supported. Remove the anchor"
MAPPING_VALUES = "Mapping values are not allowed in this context."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &shared 1\n", f"{ANCHOR} 'shared'\nObject reference not set to an instance of an object."),
        (
            "# nothing\n",
            f"{FILE}: Expected document start parse event\nObject reference not set to an instance of an object.",
        ),
        ("a: 1\nb: 2\nA: 3\n", f"{FILE} (Line: 3, Col: 1): 'A' is already defined"),
        ("a: 1\n---\nb: 2\n", f"{FILE}: Expected stream end parse event"),
        (
            "a: 1\nb:\n  - x\n c: 2\n",
            f"{FILE} (Line: 4, Col: 2): While parsing a block mapping, did not find expected key.",
        ),
        (
            "a: b: c\n",
            f"{FILE}: (Line: 1, Col: 5, Idx: 4) - (Line: 1, Col: 5, Idx: 4): {MAPPING_VALUES}",
        ),
        ("[a]: 1\n", f"{FILE} (Line: 1, Col: 1): Expected a scalar value"),
    ],
)
def test_what_is_refused(text, message):
    with pytest.raises(PipelineInvalid) as caught:
        parse_source(text, FILE)
    assert caught.value.message == message


def test_duplicate_keys_of_the_whole_file_are_reported_together():
    with pytest.raises(PipelineInvalid) as caught:
        parse_source("a: {x: 1, X: 2}\nb: {y: 1, y: 2}\n", FILE)
    assert len(caught.value.errors) == 2


def test_scalars_stay_text_and_know_their_place():
    root = parse_source("---\na: yes\nb:\n  c: 0o17\n...\n", FILE)
    assert isinstance(root, MappingNode)
    inner = root.find("b")
    assert isinstance(inner, MappingNode)
    found = inner.find("c")
    assert isinstance(found, ScalarNode)
    assert (found.text, found.where.line, found.where.column) == ("0o17", 4, 6)


def test_deep_nesting_and_large_files_are_refused():
    with pytest.raises(PipelineInvalid, match="Maximum object depth exceeded"):
        parse_source("[" * 120 + "]" * 120, FILE)
    with pytest.raises(PipelineInvalid, match="maximum file size"):
        parse_source("#" * 1_100_000, FILE)


def test_equal_directive_keys_may_repeat():
    root = parse_source("${{ if eq(1, 1) }}: {a: 1}\n${{ if eq(1, 1) }} : {b: 1}\n", FILE)
    assert isinstance(root, MappingNode)
    assert len(root.entries) == 2


def test_a_line_about_a_place_is_cut_at_five_hundred_characters():
    """Measured (reference 4.2), as `TemplateValidationErrors.Add` of actions/runner (2019, MIT) does it."""
    line = YamlError("x" * 600, Position("/a.yml", 1, 2)).text
    assert line == "/a.yml (Line: 1, Col: 2): " + "x" * 474 + "[...]"
    assert YamlError("x" * 600).text == "x" * 600
