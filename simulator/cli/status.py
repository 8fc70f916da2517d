"""`simulator status`: where everything is, for people or for a shell."""

from __future__ import annotations

import argparse
import shlex
from typing import Any

from simulator.cli.commands import CommandFailed, control


def status(options: argparse.Namespace) -> None:
    """Print where the clouds are; with --shell, lines to eval."""
    found = control(options, "GET", "status")
    if options.shell:
        print("\n".join(shell_lines(found, options.person)))
        return
    for name in ("aws", "azure_devops", "console", "engine", "region", "now"):
        print(f"{name:14}{found[name]}")
    for name, number in found["accounts"].items():
        print(f"account       {number}  {name}")
    for name, person in found["people"].items():
        print(f"person        {name:14}{person['display']}")
    print(f"running       {', '.join(found['running']) or 'nothing'}")


def shell_lines(found: dict[str, Any], name: str) -> list[str]:
    """`export` lines for one person; raises CommandFailed for a name that the topology does not have."""
    return [f"export {key}={shlex.quote(value)}" for key, value in variables(found, name).items()]


def variables(found: dict[str, Any], name: str) -> dict[str, str]:
    """What a person's shell needs to work against the simulator."""
    if name not in found["people"]:
        raise CommandFailed(f"there is no {name!r}; expected one of {', '.join(found['people'])}")
    person = found["people"][name]
    return {
        "SIMULATOR_CONSOLE_URL": found["console"],
        "AWS_ENDPOINT_URL": found["aws"],
        "AWS_ACCESS_KEY_ID": person["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": person["secret_access_key"],
        "AWS_DEFAULT_REGION": found["region"],
        "AWS_REGION": found["region"],
        "AZURE_DEVOPS_ORG": found["azure_devops"],
        "AZURE_DEVOPS_PAT": person["personal_access_token"],
        "AZURE_DEVOPS_EXT_PAT": person["personal_access_token"],
    }
