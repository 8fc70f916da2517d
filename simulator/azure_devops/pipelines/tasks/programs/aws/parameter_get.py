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
        _single(required("parameterName"), given("singleNameTransform"))
    elif mode == "hierarchy":
        _hierarchy(required("parameterPath"), given("hierarchyNameTransform"))
    else:
        fail(
            f'Error: {mode} is not a valid parameter for ReadMode. Parameter must be one of "single" or "hierarchy"'
        )
    say("Successfully created variables from parameter value(s).")


def _single(name: str, transform: str) -> None:
    version = given("parameterVersion")
    if version and not (version.isdecimal() and int(version) > 0):
        shown = version if version.lstrip("-").isdecimal() else "NaN"
        fail(f"Error: {shown} is not a valid parameter version number. Version numbers should be >= 1")
    asked = f"{name}:{int(version)}" if version else name
    variable = variable_name(name, transform)
    found = sdk.client("ssm").get_parameter(Name=asked, WithDecryption=True)["Parameter"]
    _set(variable, asked, found)


def _hierarchy(path: str, transform: str) -> None:
    path = path if path.startswith("/") else f"/{path}"
    recursive = flag("recursive")
    ssm = sdk.client("ssm")
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
