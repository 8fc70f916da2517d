"""What the simulator adds to pipelines: an empty step, an empty job, and 100 runs queued at once.

`python benchmarks/runs.py [--runs 100] [--steps 40]`, from a checkout. The scripted engine does no work, so all that is
measured is ours; `--engine process` adds what a closed room costs, for real programs. The peer of a step is a process
that does nothing (`true`), started in the same run: the figure is a ratio, which means the same on any machine. The
figures are printed, not asserted; status 1 when a run does not succeed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from simulator.runtime.engine_process import ProcessEngine
from simulator.runtime.images import Images
from simulator.runtime.reach import Reach
from simulator.topology import load
from tests.azure_devops import conftest
from tests.azure_devops.conftest import Git, Served, working_copy
from tests.azure_devops.scripted import prints

_STEP = "          - script: echo {number}\n"
_JOB = "      - job: J{number}\n        steps:\n          - checkout: none\n"


def pipeline(jobs: int, steps: int) -> str:
    """So many jobs one after another, each of so many steps that do nothing."""
    text = "trigger: none\nstages:\n  - stage: S\n    jobs:\n"
    for job in range(jobs):
        text += _JOB.format(number=job)
        if job:
            text = text.replace(
                f"      - job: J{job}\n", f"      - job: J{job}\n        dependsOn: J{job - 1}\n"
            )
        text += "".join(_STEP.format(number=number) for number in range(steps))
    return text


def timed_run(served: Served, git: Git, client: Any, yaml: str, count: int = 1) -> float:
    """Seconds from the first request to the end of the last of `count` runs."""
    git.commit({"azure-pipelines.yml": yaml})
    git("push", "-q", "origin", "main")
    served.hear()
    began = time.perf_counter()
    numbers = [client.post("ml/_apis/pipelines/1/runs", json={}).json()["id"] for _ in range(count)]
    served.rest()
    took = time.perf_counter() - began
    results = [client.get(f"ml/_apis/build/builds/{number}").json()["result"] for number in numbers]
    if set(results) != {"succeeded"}:
        sys.exit(f"runs ended {sorted(set(results))}")
    return took


def process_seconds(count: int) -> float:
    """Seconds of one process that does nothing."""
    began = time.perf_counter()
    for _ in range(count):
        subprocess.run(["true"], check=True)
    return (time.perf_counter() - began) / count


def service(kind: str, place: Path) -> Served:
    """A service at `place` with the engine of that kind."""
    if kind == "scripted":
        return Served(load(), place / "state", engine=prints())
    images = Images(Path(conftest.__file__).parent / "images", place / "images")

    def make(port: int) -> ProcessEngine:
        return ProcessEngine(place / "works", Reach(1, port), images)

    return Served(load(), place / "state", make_engine=make)


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("--runs", type=int, default=100)
    reader.add_argument("--steps", type=int, default=40)
    reader.add_argument("--engine", choices=("scripted", "process"), default="scripted")
    given = reader.parse_args()
    with tempfile.TemporaryDirectory() as place:
        served = service(given.engine, Path(place))
        served.start()
        git = working_copy(served, Path(place))
        with served.client("ada") as client:
            timed_run(served, git, client, pipeline(1, 1))
            least = timed_run(served, git, client, pipeline(1, 1) + "# least\n")
            step = (timed_run(served, git, client, pipeline(1, 1 + given.steps)) - least) / given.steps
            job = (timed_run(served, git, client, pipeline(21, 1)) - least) / 20
            many = timed_run(served, git, client, pipeline(1, 1) + "# many\n", given.runs)
        served.stop()
    peer = process_seconds(50)
    print(f"a process that does nothing  {peer * 1000:8.1f} ms  1.0")
    print(f"an empty step                {step * 1000:8.1f} ms  {step / peer:.1f}")
    print(f"an empty job (of one step)   {job * 1000:8.1f} ms  {job / peer:.1f}")
    print(f"a run alone (one job)        {least * 1000:8.1f} ms  {least / peer:.1f}")
    print(f"{given.runs} runs at once: {many:.2f} s, {many / given.runs / least:.2f} of a run alone, each")


if __name__ == "__main__":
    main()
