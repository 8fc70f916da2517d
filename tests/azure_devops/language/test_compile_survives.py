"""No text makes the compiler fail in any other way than by saying what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.azure_devops.language.compile import compile_pipeline
from simulator.azure_devops.language.expressions.evaluate import evaluate_text
from simulator.azure_devops.language.expressions.failure import ExpressionFailure
from simulator.azure_devops.language.expressions.values import of
from simulator.azure_devops.language.invalid import PipelineInvalid

FOLDERS = Path(__file__).parents[3] / "fixtures" / "pipelines"
TEXTS = {path.parent.name: path.read_text() for path in sorted(FOLDERS.glob("*/azure-pipelines.yml"))}
PIECES = [
    "[]",
    "{}",
    "''",
    "x",
    "- x",
    "${{ if true }}",
    "${{ parameters.a",
    "${{ each x in y }}",
    "$[ ",
    "none",
]


def compile_text(folder: str, text: str) -> None:
    def read_file(path: str) -> str | None:
        file = FOLDERS / folder / path
        return text if path == "azure-pipelines.yml" else file.read_text() if file.is_file() else None

    try:
        compile_pipeline("azure-pipelines.yml", read_file, {}, {}, groups=lambda name: {})
    except PipelineInvalid as refusal:
        if not refusal.message:
            raise AssertionError("refused without a word") from refusal


@pytest.mark.parametrize("folder", sorted(TEXTS))
def test_every_prefix_of_a_pipeline_compiles_or_is_refused(folder):
    lines = TEXTS[folder].splitlines(keepends=True)
    for end in range(len(lines)):
        compile_text(folder, "".join(lines[:end]))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(TEXTS)), st.randoms(use_true_random=False), st.sampled_from(PIECES))
def test_a_damaged_pipeline_compiles_or_is_refused(folder, random, piece):
    lines = TEXTS[folder].splitlines()
    index = random.randrange(len(lines))
    head, colon, tail = lines[index].partition(":")
    lines[index] = random.choice(
        [f"{head}{colon} {piece}", f"{piece}: {tail}", tail, lines[index][2:], piece]
    )
    compile_text(folder, "\n".join(lines))


ALPHABET = [
    "eq",
    "(",
    ")",
    "[",
    "]",
    ",",
    ".",
    "*",
    "'a'",
    "1",
    "1.2.3",
    "a",
    "-",
    " ",
    "true",
    "format",
    "not",
    "'",
    "{0}",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(ALPHABET), max_size=12))
def test_any_expression_has_a_value_or_a_sentence(tokens):
    try:
        evaluate_text("".join(tokens), {"a": of({"a": [1, {"a": "x"}]})})
    except ExpressionFailure as failure:
        if not str(failure):
            raise AssertionError("refused without a word") from failure
