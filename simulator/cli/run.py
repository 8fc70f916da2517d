"""`simulator run -- COMMAND`: any tool, unedited, with its clients pointed at the simulator."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from simulator.cli.commands import CommandFailed, control
from simulator.cli.status import variables
from simulator.kernel.errors import NotSimulated
from simulator.runtime.images import Images, ImageUnavailable
from simulator.runtime.reach import client_variables

# What would lead a client past the simulator, or to other keys than those of the chosen person.
_REMOVED = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
_SHORTENED = Path(__file__).parent / "shortened_waits"
_GIT_HELPER = (
    """!f() { test "$1" != get || printf 'username=pat\\npassword=%s\\n' "$AZURE_DEVOPS_PAT"; }; f"""
)


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
    made["SAGEMAKER_USER_CONFIG_OVERRIDE"] = found["sagemaker_config"]
    made["AZURE_DEVOPS_CACHE_DIR"] = found["client_files"]
    if found["hold_seconds"]:
        made["PYTHONPATH"] = os.pathsep.join(
            filter(None, (str(_SHORTENED), os.environ.get("PYTHONPATH", "")))
        )
    return made | _git_credentials(found)


def _git_credentials(found: dict[str, Any]) -> dict[str, str]:
    """git asks these helpers for its password at Azure Repos; the token itself stays in its own variable.

    They come after what the caller's GIT_CONFIG_COUNT already names (git-config(1), GIT_CONFIG_COUNT).
    """
    organization = urlsplit(found["azure_devops"])
    places = ("https://dev.azure.com", f"{organization.scheme}://{organization.netloc}")
    first = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    made = {"GIT_CONFIG_COUNT": str(first + len(places))}
    for number, place in enumerate(places, first):
        made[f"GIT_CONFIG_KEY_{number}"] = f"credential.{place}.helper"
        made[f"GIT_CONFIG_VALUE_{number}"] = _GIT_HELPER
    return made


def _assumed(found: dict[str, Any], keys: dict[str, str], options: argparse.Namespace) -> dict[str, str]:
    wanted = options.account or found["people"][options.person]["account"]
    number = found["accounts"].get(wanted, wanted)
    if not number.isdigit():
        raise CommandFailed(f"there is no account {wanted!r}; expected one of {', '.join(found['accounts'])}")
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
    try:
        folder = images.environment(images.describe(image))
    except (NotSimulated, ImageUnavailable) as error:
        raise CommandFailed(str(error)) from error
    return {"PATH": f"{folder / 'bin'}{os.pathsep}{path}", "VIRTUAL_ENV": str(folder)}
