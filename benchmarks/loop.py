"""The loop's wall time over the time in which the user's own processes run: what the simulator adds to the work.

`python benchmarks/loop.py [--engine process|docker|all]`. It asserts nothing; without Docker it says so and goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from simulator.harness.demo.links import LINKS, Demo
from simulator.harness.world import World
from simulator.runtime.images import prepare
from simulator.shipped_folders import shipped

ENGINES = ("process", "docker")
_LONGEST_SECONDS = 900


@dataclass(frozen=True)
class Span:
    """From when to when something took, in epoch seconds."""

    name: str
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """How long."""
        return self.ended - self.began


def busy(spans: Iterable[Span], within: Span) -> float:
    """The seconds of `within` in which at least one of the spans goes on: what runs side by side counts once."""
    total, until = 0.0, within.began
    for span in sorted(spans, key=lambda each: each.began):
        began, ended = max(span.began, until), min(span.ended, within.ended)
        if ended > began:
            total, until = total + ended - began, ended
    return total


def main() -> int:
    """Measure each engine that is there; status 1 only when a link breaks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=(*ENGINES, "all"), default="all")
    chosen = parser.parse_args().engine
    broken = False
    for engine in ENGINES if chosen == "all" else (chosen,):
        if why_not := _missing(engine):
            print(f"engine {engine}: not measured, {why_not}\n")
            continue
        broken = _measure(engine) or broken
    return int(broken)


def _missing(engine: str) -> str:
    if engine == "docker":
        import docker
        import docker.errors

        try:
            docker.from_env(timeout=5).ping()
        except docker.errors.DockerException as error:
            return f"no Docker engine answers: {error}"
    return ""


def _measure(engine: str) -> bool:
    """Take one world along the loop and print what each link took; says whether a link broke."""
    if engine == "process":
        prepare(progress=lambda line: print(line, flush=True))
    with tempfile.TemporaryDirectory(prefix="simulator-loop-") as scratch:
        works = Path(scratch) / "works.jsonl"
        command = [sys.executable, str(Path(__file__).with_name("served.py")), engine, str(works)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            signal.signal(signal.SIGALRM, lambda *_: process.terminate())
            signal.alarm(_LONGEST_SECONDS)
            try:
                links, failure = _go(_console(process), Path(scratch))
            finally:
                signal.alarm(0)
                cpu = _cpu_seconds(process.pid)
                process.terminate()
        _tell(engine, links, [_span(line) for line in works.read_text().splitlines()], cpu)
    if failure:
        print(f"the loop broke at {links[-1].name}: {failure}", file=sys.stderr)
    return bool(failure)


def _console(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _go(console_url: str, scratch: Path) -> tuple[list[Span], str]:
    world = World(console_url, scratch / "work", shipped("fixtures"))
    demo, spans = Demo(world), []
    for link in LINKS:
        began, failure = time.time(), ""
        try:
            link.act(demo)
        except Exception as error:  # noqa: BLE001  whatever breaks the loop, the links before it are measured
            failure = f"{type(error).__name__}: {error}"
        spans.append(Span(link.name, began, time.time()))
        if failure:
            break
    world.close()
    return spans, failure


def _cpu_seconds(pid: int) -> float:
    """What the simulator itself has used of a processor until now, without its children."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _span(line: str) -> Span:
    row = json.loads(line)
    return Span(row["name"], row["began"], row["ended"])


def _tell(engine: str, links: list[Span], works: list[Span], cpu: float) -> None:
    print(f"engine {engine}\n\n{'link':20} {'wall s':>7} {'work s':>7} {'added s':>8}  {'wall/work':>9}")
    for link in links:
        _line(link.name, link.seconds, busy(works, link))
    whole = Span("the whole loop", links[0].began, links[-1].ended)
    _line(whole.name, whole.seconds, busy(works, whole))
    print(f"\n{len(works)} works; the simulator itself used {cpu:.1f} s of a processor.")
    print(
        "work: at least one process of the user's runs, exec to exit as the engine sees it (an endpoint: start to"
    )
    print(
        "first answer). Agent steps count while they wait for the clouds; the trial's script on the host does not.\n"
    )
    longest = sorted(works, key=lambda work: -work.seconds)[:12]
    for work in longest:
        print(f"  {work.seconds:6.1f} s  {work.name}")
    print()


def _line(name: str, wall: float, work: float) -> None:
    ratio = f"{wall / work:9.2f}" if work > 0.05 else f"{'-':>9}"
    print(f"{name:20} {wall:7.2f} {work:7.2f} {wall - work:8.2f}  {ratio}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
