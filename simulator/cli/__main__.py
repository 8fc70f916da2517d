"""The command line: one parser, one function a command."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from simulator.cli import commands
from simulator.settings import AWS_PORT, AZURE_DEVOPS_PORT, CONSOLE_PORT, ENGINES

_ENVIRONMENT = (
    "From the environment: SIMULATOR_ALLOWED_HOSTS, hosts outside that programs may reach, separated by commas;"
    " SIMULATOR_BACKING_ENDPOINT, who keeps the leaf services (S3, IAM, SQS, ...) instead."
)


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(
        prog="simulator", description="Amazon SageMaker and Azure DevOps on this machine."
    )
    kinds = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _up(kinds.add_parser("up", help="start both clouds and the console", epilog=_ENVIRONMENT))
    _run(kinds.add_parser("run", help="run any command with its clients pointed at the simulator"))
    status = _client(kinds.add_parser("status", help="where everything is"))
    status.add_argument("--shell", action="store_true", help="lines to eval: endpoint, keys, token")
    status.add_argument("--as", dest="person", default="operator", help="whose keys (default: operator)")
    log = _client(kinds.add_parser("log", help="what happened, as facts"))
    log.add_argument("--follow", "-f", action="store_true", help="go on as facts come")
    log.add_argument("--json", action="store_true", help="one JSON object a line")
    advance = _client(kinds.add_parser("advance", help="move virtual time forward, firing what is due"))
    advance.add_argument("duration", help="such as 24h, 90m, 30s, 7d")
    approve = _client(
        kinds.add_parser("approve", help="approve or reject what waits at an Azure DevOps gate")
    )
    approve.add_argument("--as", dest="person", default="grace", help="who decides (default: grace)")
    approve.add_argument("--reject", action="store_true")
    approve.add_argument("--comment", default="")
    for name, text in (
        ("reset", "forget everything"),
        ("snapshot", "keep the state"),
        ("restore", "go back to it"),
    ):
        command = _client(kinds.add_parser(name, help=f"{text} (of a stopped simulator)"))
        command.add_argument("--state", type=Path, help="the state directory")
        if name != "reset":
            command.add_argument("file", type=Path, help="the snapshot, a .tar.gz file")
    demo = kinds.add_parser("demo", help="the whole loop, from a push to production, drift and back")
    demo.add_argument("--engine", choices=ENGINES[:2], default="process")
    demo.add_argument("--out", type=Path, default=Path("out/demo"), help="where the report goes")
    demo.add_argument("--keep", action="store_true", help="leave the simulator running afterwards")
    demo.add_argument(
        "--mutate", metavar="NAME", help="break one link on purpose; any other word lists the names"
    )
    demo.add_argument("--without", metavar="PART", help="leave a part out: trial")
    return top


def main(arguments: list[str] | None = None) -> int:
    """The exit status of the command; errors that the user can mend are one line on stderr."""
    options = parser().parse_args(arguments)
    try:
        return int(commands.COMMANDS[options.command](options) or 0)
    except commands.CommandFailed as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _client(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    console = os.environ.get("SIMULATOR_CONSOLE_URL", f"http://localhost:{CONSOLE_PORT}")
    command.add_argument("--console-url", default=console, help=f"the running simulator (default: {console})")
    return command


def _up(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--aws-port", type=_port, default=AWS_PORT, help="0: any that is free (default: %(default)s)"
    )
    command.add_argument(
        "--azure-devops-port", type=_port, default=AZURE_DEVOPS_PORT, help="default: %(default)s"
    )
    command.add_argument("--console-port", type=_port, default=CONSOLE_PORT, help="default: %(default)s")
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    command.add_argument("--state", type=Path, help="where state lives (default: the user's state directory)")
    command.add_argument("--ephemeral", action="store_true", help="keep nothing")
    command.add_argument(
        "--engine",
        choices=ENGINES,
        default="process",
        help="what work runs in: closed rooms of this machine (default), containers, or nothing (for tests)",
    )
    command.add_argument("--seed", type=int, help="make ids repeat")
    command.add_argument(
        "--topology", type=Path, help="the company to play (default: fixtures/topology.yaml)"
    )
    command.add_argument(
        "--tasks", type=Path, help="a folder of your own pipeline tasks: task.json and what node runs"
    )
    command.add_argument(
        "--approval-notice",
        default="7d",
        help="how long a model may wait before a notice goes to SNS (default: 7d)",
    )
    command.add_argument(
        "--time-scale", type=float, default=1.0, help="run virtual time faster: 60 makes an hour of a minute"
    )
    command.add_argument(
        "--conformance", action="store_true", help="hold no answer back: clients wait as on AWS"
    )


def _port(text: str) -> int:
    if text.isdecimal() and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port; expected 1 to 65535, or 0 for any that is free")


def _run(command: argparse.ArgumentParser) -> None:
    _client(command)
    command.add_argument("--as", dest="person", default="operator", help="whose keys (default: operator)")
    command.add_argument("--account", help="an account of the topology; with --role, a role to assume there")
    command.add_argument("--role", help="the name of a role to assume")
    command.add_argument(
        "--image", help="also put the Python environment of a reference image first, e.g. agent"
    )
    command.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND ...")


if __name__ == "__main__":
    sys.exit(main())
