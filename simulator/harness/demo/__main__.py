"""Runs the demonstration: `python -m simulator.harness.demo --engine process --out out/demo`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.harness.demo import report
from simulator.harness.demo.causes import chain
from simulator.harness.demo.components import Verdict, verdicts
from simulator.harness.demo.links import LINKS, Demo, Link
from simulator.harness.demo.mutations import MUTATIONS, Mutation
from simulator.harness.demo.progress import Progress
from simulator.harness.demo.simulation import DidNotStart, Simulation
from simulator.harness.demo.telling import telling
from simulator.harness.world import World
from simulator.reality import ledger
from simulator.shipped_folders import shipped


@dataclass(frozen=True)
class Result:
    """What became of one link."""

    link: Link
    passed: bool
    seconds: float
    evidence: str


def main() -> int:
    """Status 0 when every link held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", default="process")
    parser.add_argument("--out", type=Path, default=Path("out/demo"))
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--mutate", choices=sorted(MUTATIONS), help="break one link on purpose")
    parser.add_argument("--without", choices=["trial"], help="leave out what no other link needs")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    try:
        simulation = Simulation(options.engine, options.out / "simulator.log")
    except DidNotStart as error:
        print(f"the simulator did not start: {error}", file=sys.stderr)
        return 1
    print(f"simulator at {simulation.console_url}, engine {options.engine}\n", flush=True)
    try:
        with tempfile.TemporaryDirectory(prefix="simulator-demo-") as scratch:
            fixtures = _fixtures(Path(scratch), options.mutate)
            world = World(simulation.console_url, Path(scratch) / "work", fixtures)
            demo = Demo(world)
            results = run(demo, _links(options.without), MUTATIONS.get(options.mutate))
            facts = world.control.facts(0)
            world.close()
    finally:
        if options.keep:
            left = simulation.leave()
        else:
            left = ""
            simulation.stop()
    document = summary(results, facts, options.engine, time.monotonic() - began, demo)
    report.write(options.out, document, facts, demo.metrics)
    _conclude(results, document, options.out)
    if left:
        print(left)
    return 0 if all(result.passed for result in results) else 1


def _fixtures(scratch: Path, mutation: str | None) -> Path:
    """The shipped fixtures, or a copy of them when a mutation may change it."""
    if not mutation:
        return shipped("fixtures")
    print(f"mutation {mutation}: link {MUTATIONS[mutation].breaks!r} must break\n", flush=True)
    return Path(shutil.copytree(shipped("fixtures"), scratch / "fixtures"))


def _links(without: str | None) -> tuple[Link, ...]:
    return tuple(link for link in LINKS if link.name.split()[0] != without)


def run(demo: Demo, links: tuple[Link, ...] = LINKS, mutation: Mutation | None = None) -> list[Result]:
    """The links in order, until one fails; a mutation acts before the link that it names."""
    progress, results = Progress(len(links)), []
    for link in links:
        if mutation and mutation.before == link.name:
            mutation.act(demo)
        progress.begin(link.name)
        try:
            evidence, passed = link.act(demo), True
        except Exception as error:  # noqa: BLE001  whatever breaks a link is the demonstration's finding
            evidence, passed = f"{type(error).__name__}: {error}", False
        results.append(Result(link, passed, progress.end(passed, evidence), evidence))
        if not passed:
            break
    return results


def summary(
    results: list[Result], facts: list[dict[str, Any]], engine: str, seconds: float, demo: Demo
) -> dict[str, Any]:
    """The document of report.json."""
    passed: dict[str, bool] = {}
    for result in results:
        key = result.link.component
        passed[key] = passed.get(key, True) and result.passed
    ran = {result.link.name for result in results}
    incomplete = {link.component for link in LINKS if link.name not in ran}
    broken = next((result.evidence for result in results if not result.passed), "")
    return {
        "engine": engine,
        "seconds": round(seconds, 1),
        "passed": sum(result.passed for result in results),
        "failed": sum(not result.passed for result in results),
        "skipped": len(LINKS) - len(results),
        "components": [_component(verdict) for verdict in verdicts(passed, incomplete)],
        "chain": chain(facts, broken) if broken else [],
        "ledger": ledger(facts, engine),
        "scenarios": [_scenario(result) for result in results],
    }


def _component(verdict: Verdict) -> dict[str, str]:
    component = verdict.component
    return {
        "name": component.title,
        "status": verdict.status,
        "remark": verdict.remark,
        "proof": component.proof,
    }


def _scenario(result: Result) -> dict[str, Any]:
    return {
        "name": result.link.name,
        "tags": [result.link.component],
        "status": "passed" if result.passed else "failed",
        "seconds": round(result.seconds, 2),
        "story": [(result.link.act.__doc__ or "").strip(), result.evidence],
    }


def _conclude(results: list[Result], document: dict[str, Any], out: Path) -> None:
    print()
    width = max(len(component["name"]) for component in document["components"])
    for component in document["components"]:
        print(f"  {component['name']:{width}}  {component['status']:8}  {component['remark']}")
    print(
        f"\n{document['passed']} links passed, {document['failed']} failed in {document['seconds']} s;"
        f" see {out}/report.html"
    )
    broken = next((result for result in results if not result.passed), None)
    if broken:
        print(
            f"\nthe link that broke: {broken.link.name}\n{telling(broken.evidence)}\n\nremedy: {broken.link.remedy}",
            file=sys.stderr,
        )
        print("\nwhat led there:", *document["chain"], sep="\n  ", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
