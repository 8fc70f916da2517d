"""LambdaNETCoreDeploy@1: the .NET command line and its Lambda tools package and deploy a function or an application.

Source: LambdaNETCoreDeploy and dotNetCliWrapper of aws/aws-toolkit-azure-devops (order, arguments, texts).
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import aws_session  # type: ignore[import-not-found]  # beside this file when it runs
import child  # type: ignore[import-not-found]
import sdk  # type: ignore[import-not-found]
from task_library import (  # type: ignore[import-not-found]
    debug,
    error,
    existing_path,
    fail,
    flag,
    given,
    required,
    say,
)

_TOOLS = "Amazon.Lambda.Tools"
_NO_TOOLS = (
    "Unable to install global Amazon.Lambda.Tools! The old package based version of Amazon.Lambda.Tools is now"
    " deprecated. Newer .NET core versions will need to use a newer hosted agent and the global tools (which this"
    " task auto installs). Refer to Microsoft's guide for the correct hosted agent for which hosted agent you need"
    " to use newer .NET Core versions:https://docs.microsoft.com/en-us/azure/devops/pipelines/agents/hosted"
)


def main() -> None:
    """Install or update the tools, restore, then package or deploy."""
    command, package_only = required("command"), flag("packageOnly")
    project = existing_path("lambdaProjectPath")
    package = required("packageOutputFile") if package_only else ""
    keys = aws_session.credentials()
    dotnet = str(shutil.which("dotnet"))
    directory = project if Path(project).is_dir() else str(Path(project).parent)
    say(f"Processing Lambda project at {directory}")
    _clear_profile(Path(directory) / "aws-lambda-tools-defaults.json")
    environment = _environment(keys)
    region = aws_session.region()
    _install(dotnet, environment, directory)
    debug("Beginning dotnet restore")
    child.run([dotnet, "restore"], "", environment, False, directory)
    arguments = _arguments(command, region, package)
    tool = shutil.which("dotnet-lambda")
    if tool is None:
        debug("Lambda tools not found after install! install failed!")
    start = [tool] if tool else [dotnet, "lambda"]
    child.run([*start, *arguments], given("additionalArgs"), environment, False, directory)
    done = "packaging" if package_only else "packaging and deployment"
    say(f"Completed {done} of the project")


def _clear_profile(settings: Path) -> None:
    """A profile that the project's settings name would go before the task's keys."""
    if not settings.exists():
        return
    say("Reading existing aws-lambda-tools-defaults.json")
    found = json.loads(settings.read_text(encoding="utf-8"))
    if found.get("profile"):
        say(f"Clearing out profile {found['profile']} so task credentials will be used.")
        text = json.dumps({**found, "profile": ""}, separators=(",", ":"), ensure_ascii=False)
        settings.write_text(text, encoding="utf-8")


def _environment(keys: Any) -> dict[str, str]:
    made: dict[str, str] = aws_session.inherited()
    if keys is not None:
        debug("configure credentials into environment variables")
        made |= {"AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key}
        made |= {"AWS_SESSION_TOKEN": keys.token} if keys.token else {}
    return made


def _install(dotnet: str, environment: dict[str, str], directory: str) -> None:
    """The tools as a global one: installed, else updated, else the error is told and the task goes on."""
    debug("Lambda tools not found, installing or updating them!")
    for verb in ("install", "update"):
        code = child.exit_code([dotnet, "tool", verb, "-g", _TOOLS], environment, directory)
        if code == 0:
            return
        failure = f"Error: The process '{dotnet}' failed with exit code {code}"
        debug(f"{verb.title()} of dotnet lambda tools failed with: {failure}")
    error(_NO_TOOLS)


def _arguments(command: str, region: str, package: str) -> list[str]:
    if command == "deployFunction":
        return _function(region, package)
    if command == "deployServerless":
        return _serverless(region, package)
    fail(f"Error: Unknown deployment type: {command}")
    raise AssertionError("a task that has failed is over")


def _function(region: str, package: str) -> list[str]:
    say("Beginning Lambda Deployment")
    first = ["package", "-o", package] if package else ["deploy-function"]
    if package:
        text = "Performing package-only build of function, output package will be placed in"
        say(f"{text} {package}")
    return [
        *first,
        *_options(
            ("--region", region),
            ("-fn", given("functionName")),
            ("-fh", given("functionHandler")),
            ("--function-role", given("functionRole")),
            ("--function-memory-size", _number("functionMemory")),
            ("--function-timeout", _number("functionTimeout")),
        ),
    ]


def _serverless(region: str, package: str) -> list[str]:
    say("Beginning Serverless Deployment")
    if package:
        text = "Performing package-only build of serverless application, output template will be placed in"
        say(f"{text} {package}")
    first = ["package-ci", "-ot", package] if package else ["deploy-serverless"]
    stack = () if package else (("--stack-name", given("stackName")),)
    place = (("--s3-bucket", given("s3Bucket")), ("--s3-prefix", given("s3Prefix")))
    return [*first, *_options(*stack, ("--region", region), *place)]


def _options(*pairs: tuple[str, str]) -> list[str]:
    said = [word for name, value in pairs if value for word in (name, value)]
    return [*said, "--disable-interactive", "true"]


def _number(name: str) -> str:
    """The whole number that the input begins with, as JavaScript reads it; "" for none and for 0."""
    text = given(name)
    digits = text[: len(text) - len(text.lstrip("0123456789"))]
    return str(int(digits)) if digits and int(digits) else ""


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    sdk.run(main)
