"""The inputs of CloudFormationCreateOrUpdateStack@1 as CloudFormation takes them: parameters, tags, lists, files."""

import json
from pathlib import Path
from typing import Any

import yaml
from task_library import fail, given  # type: ignore[import-not-found]  # beside this file when it runs


def lines(name: str) -> list[str]:
    """A multi-line input, one item a line."""
    return [line.strip() for line in given(name).split("\n") if line.strip()]


def read_file(name: str) -> str:
    """The text of the file that an input names."""
    path = Path(given(name))
    if not path.is_file():
        fail(f"Not found {name}: {path}")
    return path.read_text()


def parameters() -> list[dict[str, Any]]:
    """Template parameters: JSON or YAML, as a list of ParameterKey and ParameterValue or as one mapping."""
    if (given("templateParametersSource") or "file") == "inline":
        text, source = given("templateParameters"), "templateParameters"
    elif given("templateParametersFile") and not Path(given("templateParametersFile")).is_dir():
        text, source = read_file("templateParametersFile"), given("templateParametersFile")
    else:
        return []
    return parsed(text, source)


def parsed(text: str, source: str) -> list[dict[str, Any]]:
    """The list that CloudFormation takes."""
    if not text.strip():
        return []
    try:
        found = json.loads(text) if text.lstrip()[0] in "[{" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        fail(f"Unable to parse template parameters from {source}: {error}")
    if isinstance(found, dict):
        return [{"ParameterKey": key, "ParameterValue": str(value)} for key, value in found.items()]
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        fail(
            f"Unable to parse template parameters from {source}: expected a list of ParameterKey and ParameterValue"
        )
    return list(found)


def tags() -> list[dict[str, str]]:
    """Tags, one `key=value` a line."""
    pairs = (line.partition("=") for line in lines("tags"))
    return [{"Key": key.strip(), "Value": value.strip()} for key, _, value in pairs]
