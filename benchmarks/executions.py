"""200 executions of a six-step pipeline, 50 at a time: how long, how much memory, the loop's longest turn.

`python benchmarks/executions.py [--executions 200] [--at-once 50]`, from a checkout. The simulator runs in a process of
its own with the scripted engine; every turn of its event loop is timed, as asyncio's debug mode would time it, and what
of it was spent computing: on a busy machine the rest is other people's. Status 1 when an execution is not right; the
figures are printed, not asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

sys.path.insert(0, str(Path(__file__).parent.parent))

from simulator.app import Listeners, Simulator
from simulator.kernel.garbage import short_collections
from simulator.settings import Settings
from simulator.topology import load
from tests.aws.sagemaker.pipelines import crowd

SLOW_SECONDS = 0.1


class Turns:
    """The turns of this process's event loop that took longest."""

    def __init__(self) -> None:
        self.slow: list[tuple[float, float, str]] = []
        self.longest = self.computing = 0.0

    def watch(self) -> None:
        """Time every callback from now on."""
        plain = asyncio.Handle._run  # noqa: SLF001  there is no public place to stand

        def timed(handle: Any) -> None:
            task = getattr(handle._callback, "__self__", None)  # noqa: SLF001
            what = repr(task if isinstance(task, asyncio.Task) else handle)[:300]
            began, computed = time.perf_counter(), time.thread_time()
            plain(handle)
            took, computing = time.perf_counter() - began, time.thread_time() - computed
            self.longest, self.computing = max(self.longest, took), max(self.computing, computing)
            if took > SLOW_SECONDS:
                self.slow.append((took, computing, what))

        asyncio.Handle._run = timed  # type: ignore[method-assign]  # noqa: SLF001


def memory_mib() -> float:
    """The resident memory of this process."""
    line = next(
        each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmRSS")
    )
    return int(line.split()[1]) / 1024


async def serve() -> None:
    """Serve until stdin says more; at each line say how the loop and the memory are."""
    settings = Settings(aws_port=0, azure_devops_port=0, console_port=0, seed=1, engine="scripted")
    simulator = Simulator(settings, Listeners.open(settings), crowd.engine())
    await simulator.start()
    turns = Turns()
    print(f"http://127.0.0.1:{simulator.listeners.port('aws')}", flush=True)
    turns.watch()
    while (await asyncio.to_thread(sys.stdin.readline)).strip():
        said = {
            "longest": turns.longest, "computing": turns.computing, "slow": turns.slow, "memory": memory_mib()
        }  # fmt: skip
        print(json.dumps(said), flush=True)
        turns.slow, turns.longest, turns.computing = [], 0.0, 0.0
    await simulator.close()


def main() -> int:
    """Serve in a child, drive it from here, print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--executions", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        with short_collections():
            asyncio.run(serve())
        return 0
    child = subprocess.Popen(
        [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin
    assert child.stdout
    try:
        return drive(child, child.stdout.readline().strip(), chosen.executions, chosen.at_once)
    finally:
        child.stdin.close()
        child.wait(30)


def drive(child: subprocess.Popen[str], url: str, executions: int, at_once: int) -> int:
    """Two rounds: what the second adds to the memory is what executions leave behind."""
    person = load().person("operator")
    session = boto3.Session(person.access_key_id, person.secret_access_key, region_name="us-east-1")
    config = Config(max_pool_connections=at_once, retries={"max_attempts": 0}, read_timeout=120)
    sagemaker: Any = session.client("sagemaker", endpoint_url=url, config=config)
    crowd.prepare(session.client("s3", endpoint_url=url), sagemaker)
    crowd.run_all(sagemaker, 2, 2)
    _ask(child)
    bad = 0
    for _ in range(2):
        began = time.perf_counter()
        wrong = crowd.run_all(sagemaker, executions, at_once)
        took, said = time.perf_counter() - began, _ask(child)
        bad += len(wrong)
        print(
            f"{executions} executions, {at_once} at a time: {took:.1f} s, {len(wrong)} not right,"
            f" longest turn of the loop {said['longest'] * 1000:.0f} ms"
            f" ({said['computing'] * 1000:.0f} ms computing), resident {said['memory']:.0f} MiB"
        )
        for text in wrong[:3]:
            print(" ", text)
        for seconds, computing, what in sorted(said["slow"], reverse=True)[:5]:
            print(f"  {seconds * 1000:.0f} ms, {computing * 1000:.0f} ms computing: {what}")
    return int(bad > 0)


def _ask(child: subprocess.Popen[str]) -> Any:
    assert child.stdin
    assert child.stdout
    child.stdin.write("how\n")
    child.stdin.flush()
    return json.loads(child.stdout.readline())


if __name__ == "__main__":
    sys.exit(main())
