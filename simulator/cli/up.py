"""`simulator up`: both clouds until interrupted."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

from simulator import settings
from simulator.app import Simulator, run
from simulator.cli.commands import CommandFailed, seconds
from simulator.cli.status import shell_lines
from simulator.kernel.errors import NotSimulated, StateUnreadable
from simulator.locked import StateInUse, locked
from simulator.serving import PortTaken
from simulator.topology import TopologyInvalid


def up(options: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; the first lines say where and what to export."""
    chosen = settings.Settings(
        host=options.host,
        aws_port=options.aws_port,
        azure_devops_port=options.azure_devops_port,
        console_port=options.console_port,
        state=None if options.ephemeral else options.state or settings.default_state(),
        engine=options.engine,
        seed=options.seed,
        topology=options.topology,
        tasks=options.tasks,
        backing_endpoint=os.environ.get("SIMULATOR_BACKING_ENDPOINT", ""),
        allowed_hosts=settings.allowed_hosts(os.environ),
        hold_seconds=0.0 if options.conformance else 50.0,
        time_scale=options.time_scale,
        approval_notice_seconds=seconds(options.approval_notice),
    )
    try:
        with locked(chosen.state):
            asyncio.run(_until_told(chosen))
    except (PortTaken, StateInUse, StateUnreadable, TopologyInvalid, NotSimulated) as error:
        raise CommandFailed(str(error)) from error
    return 0


async def _until_told(chosen: settings.Settings) -> None:
    task = asyncio.create_task(run(chosen, _announce))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        _say_stopped()


def _say_stopped() -> None:
    try:
        print("stopped", flush=True)
    except BrokenPipeError:  # whoever started it has gone: `simulator demo --keep`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _called() -> str:
    """This program as a shell finds it."""
    if Path(sys.argv[0]).name != "simulator":
        return f"{sys.executable} -m simulator.cli"
    return "simulator" if shutil.which("simulator") else sys.argv[0]


def _where(console: str) -> str:
    """What tells the other commands of a console at another port than theirs."""
    return "" if urlsplit(console).port == settings.CONSOLE_PORT else f" --console-url {console}"


def _announce(simulator: Simulator) -> None:
    status = simulator.status()
    state = simulator.settings.state or "kept nowhere (--ephemeral)"
    print(f"AWS           {status['aws']}")
    print(f"Azure DevOps  {status['azure_devops']}")
    print(f"console       {status['console']}")
    print(f"engine        {status['engine']}     state  {state}\n")
    called, where = _called(), _where(status["console"])
    print(f'To point this shell\'s clients at it:  eval "$({called} status --shell{where})"')
    print(f"To run anything with no edit at all:  {called} run{where} -- python train.py\n")
    for line in shell_lines(status, "operator"):
        if "SECRET" not in line and "PAT" not in line:
            print(f"  {line}")
    print(flush=True)
