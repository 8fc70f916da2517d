"""SystemsManagerGetParameter@1: parameters of the Parameter Store become variables, secure ones secret variables.

Source: SystemsManagerGetParameter of aws/aws-toolkit-azure-devops (order, texts, name transforms).
"""

import re
from typing import Any

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from task_library import fail, flag, given, required, say, set_variable  # type: ignore[import-not-found]


def main() -> None:
    """Read one parameter, or all below a path."""
    mode = required("readMode")
    if mode == "single":
        name, version = required("parameterName"), _version()
        transform = _checked(given("singleNameTransform"))
        _single(sdk.client("ssm"), name, version, transform)
    elif mode == "hierarchy":
        path, transform = required("parameterPath"), _checked(given("hierarchyNameTransform"))
        _hierarchy(sdk.client("ssm"), path, transform)
    else:
        fail(
            f'Error: {mode} is not a valid parameter for ReadMode. Parameter must be one of "single" or "hierarchy"'
        )
    say("Successfully created variables from parameter value(s).")


def _version() -> str:
    """The version as the name takes it, `:3`; a text is the number that it begins with, as JavaScript reads it."""
    text = given("parameterVersion")
    if not text:
        return ""
    found = re.match(r"[+-]?\d+", text)
    number = int(found[0]) if found else 0
    if number <= 0:
        shown = number if found else "NaN"
        fail(f"Error: {shown} is not a valid parameter version number. Version numbers should be >= 1")
    return f":{number}"


def _checked(transform: str) -> str:
    needed = {"substitute": "replacementPattern", "custom": "customVariableName"}.get(transform)
    if needed:
        required(needed)
    return transform


def _single(ssm: Any, name: str, version: str, transform: str) -> None:
    variable, asked = variable_name(name, transform), f"{name}{version}"
    _set(variable, asked, ssm.get_parameter(Name=asked, WithDecryption=True)["Parameter"])


def _hierarchy(ssm: Any, path: str, transform: str) -> None:
    path = path if path.startswith("/") else f"/{path}"
    recursive = flag("recursive")
    say(f"Reading parameter hierarchy with path {path}, recursive mode = {str(recursive).lower()}")
    pages = ssm.get_paginator("get_parameters_by_path").paginate(
        Path=path, Recursive=recursive, WithDecryption=True
    )
    for page in pages:
        for found in page["Parameters"]:
            _set(variable_name(found["Name"], transform), found["Name"], found)


def _set(variable: str, name: str, found: dict[str, Any]) -> None:
    hidden = found["Type"] == "SecureString"
    say(f"Setting variable {variable} from parameter {name}, is secret = {str(hidden).lower()}")
    set_variable(variable, found["Value"], hidden=hidden)


def variable_name(name: str, transform: str) -> str:
    """The variable for a parameter: its name, its last part, with a pattern replaced, or one of its own."""
    if transform in ("", "none"):
        say(f"Using original parameter name {name} for build variable")
        return name
    if transform == "leaf":
        parts = [part for part in name.split("/")[1:] if part]
        if not parts:
            fail(f"Error: Failed to determine leaf component of parameter name {given('parameterName')}")
        made = parts[-1]
    elif transform == "substitute":
        flags = re.IGNORECASE if flag("caseInsensitiveMatch") else 0
        count = 0 if flag("globalMatch") else 1
        text = re.sub(r"\$(\d)", r"\\\1", given("replacementText"))
        made = re.sub(required("replacementPattern"), text, name, count=count, flags=flags)
    elif transform == "custom":
        made = required("customVariableName")
    else:
        fail(f"Error: Unknown name transform mode {transform}")
    say(f"Transformed input parameter name {name} to build variable name {made}")
    return str(made)


if __name__ == "__main__":
    sdk.run(main)
