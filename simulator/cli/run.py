"""`simulator run -- COMMAND`: any tool, unedited, with its clients pointed at the simulator."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from simulator.cli.commands import CommandFailed, control
from simulator.cli.status import variables
from simulator.runtime.images import Images
from simulator.runtime.reach import client_variables

# What would lead a client past the simulator, or to other keys than those of the chosen person.
_REMOVED = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
_TELEMETRY_OFF = """\
SchemaVersion: '1.0'
SageMaker:
  PythonSDK:
    Modules:
      TelemetryOptOut: true
"""


def run(options: argparse.Namespace) -> int:
    """Replace this process by COMMAND in the prepared environment; status 127 when there is no such command."""
    words = options.words[1:] if options.words[:1] == ["--"] else options.words
    if not words:
        raise CommandFailed("nothing to run; expected: simulator run -- COMMAND ...")
    found = control(options, "GET", "status")
    environment = {k: v for k, v in os.environ.items() if k not in _REMOVED}
    environment |= prepared(found, options)
    if options.image:
        environment |= _python_of(options.image, environment.get("PATH", ""))
    try:
        os.execvpe(words[0], words, environment)
    except FileNotFoundError:
        raise CommandFailed(f"{words[0]}: command not found") from None


def prepared(found: dict[str, Any], options: argparse.Namespace) -> dict[str, str]:
    """The variables that a command needs, for the chosen person, account and role."""
    made = client_variables(
        urlsplit(found["aws"]).port or 4566, urlsplit(found["proxy"]).port, found["certificates"]
    )
    made |= variables(found, options.person)
    if options.role:
        made |= _assumed(found, made, options)
    elif options.account:
        raise CommandFailed("--account needs --role: the role to assume there")
    made["AWS_CONFIG_FILE"] = made["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    made["SAGEMAKER_USER_CONFIG_OVERRIDE"] = _telemetry_off()
    made["AZURE_DEVOPS_CACHE_DIR"] = tempfile.mkdtemp(prefix="azure-devops-cache-")
    return made


def _assumed(found: dict[str, Any], keys: dict[str, str], options: argparse.Namespace) -> dict[str, str]:
    account = found["accounts"].get(
        options.account or found["people"][options.person]["account"], options.account
    )
    if options.account and account is None:
        raise CommandFailed(
            f"there is no account {options.account!r}; expected one of {', '.join(found['accounts'])}"
        )
    number = account or found["people"][options.person]["account"]
    import boto3  # only here: without a role, a command starts sooner

    sts = boto3.client(
        "sts",
        endpoint_url=found["aws"],
        region_name=found["region"],
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
    )
    role = f"arn:aws:iam::{number}:role/{options.role}"
    try:
        made = sts.assume_role(RoleArn=role, RoleSessionName=options.person)["Credentials"]
    except sts.exceptions.ClientError as error:
        raise CommandFailed(str(error)) from error
    return {
        "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
        "AWS_SESSION_TOKEN": made["SessionToken"],
    }


def _python_of(image: str, path: str) -> dict[str, str]:
    """A reference image's Python environment, built if it is not there yet, ahead of the caller's own."""
    images = Images()
    folder = images.environment(images.describe(image))
    return {"PATH": f"{folder / 'bin'}{os.pathsep}{path}", "VIRTUAL_ENV": str(folder)}


def _telemetry_off() -> str:
    file = Path(tempfile.gettempdir()) / f"sagemaker-without-telemetry-{os.getuid()}.yaml"
    file.write_text(_TELEMETRY_OFF)
    return str(file)
