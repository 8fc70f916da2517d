"""Every folder of fixtures/pipelines is one behaviour: its YAML compiles as `expected.json` says, or is refused."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from simulator.azure_devops.language.compile import Origin, compile_pipeline
from simulator.azure_devops.language.invalid import PipelineInvalid
from simulator.azure_devops.language.plan import Plan, Variable

FOLDERS = Path(__file__).parents[3] / "fixtures" / "pipelines"
BEHAVIOURS = sorted(folder.name for folder in FOLDERS.iterdir() if (folder / "azure-pipelines.yml").exists())
ORIGIN = Origin("https://dev.azure.com/acme/ml/_git/model_build", "refs/heads/main", "0" * 40)


def read_json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text()) if path.exists() else {}


def compile_folder(folder: Path) -> Plan:
    """`surroundings.json` may hold `variables`, `groups`, `environments` and `connections`."""
    around = read_json(folder / "surroundings.json")
    groups = around.get("groups", {})
    environments = around.get("environments")
    connections = around.get("connections")

    def read_file(path: str) -> str | None:
        file = folder / path
        return file.read_text() if file.is_file() else None

    def group(name: str) -> dict[str, Variable] | None:
        values = groups.get(name)
        return None if values is None else {key: Variable(key, value) for key, value in values.items()}

    def missing(name: str, resource: str) -> str:
        return "" if name in (environments or ()) else "environment"

    return compile_pipeline(
        "azure-pipelines.yml",
        read_file,
        read_json(folder / "parameters.json"),
        around.get("variables", {}),
        groups=group,
        environments=None if environments is None else missing,
        connections=None if connections is None else connections.get,
        origin=ORIGIN,
    )


def holds(actual: object, expected: object, path: str = "plan") -> list[str]:
    """Where `actual` is not what `expected` says: mappings may have further keys, lists have the same length."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return [
            line
            for key in expected
            for line in holds(actual.get(key, "<absent>"), expected[key], f"{path}.{key}")
        ]
    if isinstance(expected, list) and isinstance(actual, list | tuple):
        if len(expected) != len(actual):
            return [f"{path} has {len(actual)} items, not {len(expected)}: {actual}"]
        return [line for i, each in enumerate(expected) for line in holds(actual[i], each, f"{path}[{i}]")]
    return [] if actual == expected else [f"{path} is {actual!r}, not {expected!r}"]


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_a_behaviour_compiles_or_is_refused_as_its_folder_says(behaviour):
    folder = FOLDERS / behaviour
    refusal = folder / "expected_errors.txt"
    if refusal.exists():
        with pytest.raises(PipelineInvalid) as caught:
            compile_folder(folder)
        assert caught.value.message.splitlines() == refusal.read_text().splitlines()
        return
    plan = dataclasses.asdict(compile_folder(folder))
    assert holds(plan, json.loads((folder / "expected.json").read_text())) == []


def test_every_behaviour_says_what_it_expects():
    assert BEHAVIOURS
    for behaviour in BEHAVIOURS:
        names = {path.name for path in (FOLDERS / behaviour).iterdir()}
        assert len(names & {"expected.json", "expected_errors.txt"}) == 1, behaviour
