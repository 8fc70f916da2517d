"""A public test suite run unmodified against a simulator of its own, and counted."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60.0


@dataclass(frozen=True)
class Result:
    """How one test ended: `passed`, `failed` or `skipped`, and the last line of why."""

    test: str
    status: str
    seconds: float
    why: str = ""


@dataclass(frozen=True)
class Ports:
    """Where a simulator listens."""

    aws: int
    azure_devops: int
    console: int

    @property
    def aws_url(self) -> str:
        """The endpoint of AWS."""
        return f"http://127.0.0.1:{self.aws}"

    @property
    def console_url(self) -> str:
        """The console and the control interface."""
        return f"http://127.0.0.1:{self.console}"


def python_with(requirements: Sequence[str]) -> Path:
    """A Python that has these packages, made once and kept in the user's cache."""
    key = hashlib.sha256("\n".join(requirements).encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    home = cache / "simulator-conformance" / key
    python = home / "bin" / "python"
    if not (home / ".complete").exists():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, home], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *requirements], check=True)
        (home / ".complete").touch()
    return python


@contextmanager
def simulator(engine: str, log: Path, topology: Path | None = None) -> Iterator[Ports]:
    """A simulator on free ports that keeps nothing; what it prints goes to `log`."""
    ports = Ports(*_free_ports(3))
    command = [
        *(sys.executable, "-m", "simulator.cli", "up", "--ephemeral", "--engine", engine),
        *("--aws-port", str(ports.aws), "--azure-devops-port", str(ports.azure_devops)),
        *("--console-port", str(ports.console)),
        *(("--topology", str(topology)) if topology else ()),
    ]
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            _wait_for(ports, process)
            yield ports
        finally:
            process.terminate()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _wait_for(ports: Ports, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{ports.console_url}/_simulator/health", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the simulator did not start; its log says why")


def run_tests(
    command: Sequence[str], checkout: Path, report: Path, environment: Mapping[str, str]
) -> list[Result]:
    """Run pytest as `command` in the checkout and read its JUnit report."""
    whole = [*command, f"--junitxml={report}", "-o", "junit_family=xunit1", "-p", "no:cacheprovider"]
    subprocess.run(whole, cwd=checkout, env={**os.environ, **environment}, check=False)
    if not report.exists():
        raise SystemExit("pytest wrote no report: see what it printed")
    return read(report)


def read(report: Path) -> list[Result]:
    """The results of a JUnit report, with pytest's own test ids."""
    cases = ET.parse(report).getroot().iter("testcase")
    return [_result(case) for case in cases]


def _result(case: ET.Element) -> Result:
    place = case.get("classname", "").replace(".", "/")
    parent = place.rsplit("/", 1)[-1]
    file = case.get("file") or f"{place}.py"
    if not place.startswith(file.removesuffix(".py")):  # where a decorator of another file stands
        file = f"{place.rsplit('/', 1)[0]}.py"
    inside = f"{parent}::" if parent != Path(file).stem else ""
    test = f"{file}::{inside}{case.get('name', '')}"
    for tag, status in (("failure", "failed"), ("error", "failed"), ("skipped", "skipped")):
        found = case.find(tag)
        if found is not None:
            return Result(test, status, float(case.get("time", 0)), _last_line(found))
    return Result(test, "passed", float(case.get("time", 0)))


def _last_line(found: ET.Element) -> str:
    lines = [line for line in (found.get("message") or found.text or "").splitlines() if line.strip()]
    return lines[0].strip() if lines else ""


def accepted(file: Path) -> dict[str, str]:
    """Tests that need not run here, from lines `reason<TAB>test id`; `#` begins a comment."""
    lines = file.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t", 1) for line in lines if line.strip() and not line.startswith("#")]
    return {test: reason for reason, test in pairs}


def counted(results: Sequence[Result], skips: Mapping[str, str], group: Callable[[str], str]) -> str:
    """A table of counts by group of tests, then each test that failed and why."""
    rows = {name: Counter[str]() for name in sorted({group(each.test) for each in results})}
    for each in results:
        status = "accepted" if each.test in skips and each.status != "passed" else each.status
        rows[group(each.test)][status] += 1
    lines = [f"{'suite':<40} {'passed':>7} {'failed':>7} {'accepted':>9} {'skipped':>8} {'of':>5}"]
    for name, count in rows.items():
        figures = [count["passed"], count["failed"], count["accepted"], count["skipped"], count.total()]
        lines.append("{:<40} {:>7} {:>7} {:>9} {:>8} {:>5}".format(name, *figures))
    failures = [each for each in results if each.status == "failed" and each.test not in skips]
    return "\n".join([*lines, "", *(f"FAILED {each.test}: {each.why[:200]}" for each in failures)])
