"""azure-cli with the azure-devops extension built from source: a tour, then the extension's own tests in live mode.

    python -m tests.conformance.az_cli CHECKOUT [tests ...] [-k EXPRESSION] [--only tour|tests] [--log FILE]

CHECKOUT is a working tree of Azure/azure-devops-cli-extension. The wheel is built from a copy of it, installed by
`az extension add --source`, and runs unmodified under `simulator run`, for it takes only https://dev.azure.com.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conformance import az_cli_world as world
from tests.conformance.az_cli_tour import tour
from tests.conformance.suite import Ports, accepted, counted, python_with, run_tests, simulator

REQUIREMENTS = (
    "azure-cli==2.91.0", "azure-cli-testsdk==0.3.0", "pytest<9", "pytest-timeout", "mock", "pip", "setuptools<81",
    "wheel",
)  # fmt: skip
TESTS = "azext_devops/tests/latest/integrationtests"
DIFFERENCES = Path(__file__).with_name("az_cli_differences.tsv")
_PLUGIN = Path(__file__).parent


def main(arguments: list[str] | None = None) -> int:
    """Print the tour's steps and the counts of the tests; 0 when nothing failed that has no reason."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkout", type=Path)
    parser.add_argument("tests", nargs="*", default=[TESTS])
    parser.add_argument("-k", dest="expression", default="")
    parser.add_argument("--only", choices=["tour", "tests"], default="")
    parser.add_argument("--engine", default="process")
    parser.add_argument("--timeout", default="300", help="seconds that one test may take")
    parser.add_argument("--log", type=Path, help="a file for what the simulator prints")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = with_extension(chosen.checkout / "azure-devops", folder)
        described = world.topology(folder / "topology.yaml")
        os.environ.update(world.outside(folder / "outside"))
        log = chosen.log or folder / "simulator.log"
        with simulator(chosen.engine, log, described) as ports:
            toured = chosen.only == "tests" or tour(command(ports), environment, folder)
            tested = chosen.only == "tour" or tests(chosen, ports, folder, environment)
    return 0 if toured and tested else 1


def with_extension(source: Path, folder: Path) -> dict[str, str]:
    """Build and install the extension; the variables with which `az` has it and reports nothing home."""
    python = python_with(REQUIREMENTS)
    copy = folder / "source"
    shutil.copytree(source, copy)
    subprocess.run([python, "setup.py", "-q", "bdist_wheel"], cwd=copy, check=True, capture_output=True)
    (wheel,) = (copy / "dist").glob("*.whl")
    environment = {
        "PATH": os.pathsep.join((str(python.parent), os.environ.get("PATH", ""))),
        "HOME": str(folder),
        "AZURE_EXTENSION_DIR": str(folder / "extensions"),
        "AZURE_CONFIG_DIR": str(folder / "config"),
        "AZURE_CORE_COLLECT_TELEMETRY": "no",
    }
    adding = ["az", "extension", "add", "--source", str(wheel), "--yes"]
    subprocess.run(adding, env={**os.environ, **environment}, check=True, capture_output=True)
    return environment


def command(ports: Ports) -> list[str]:
    """What a command of the administrator begins with."""
    run = [sys.executable, "-m", "simulator.cli", "run", "--console-url", ports.console_url]
    return [*run, "--as", "operator", "--"]


def tests(chosen: argparse.Namespace, ports: Ports, folder: Path, environment: dict[str, str]) -> bool:
    """Run the extension's tests as its authors do against the real service; whether each failure has a reason."""
    live = {
        "AZURE_TEST_RUN_LIVE": "True",
        "AZURE_DEVOPS_EXT_TEST_ORG": f"https://dev.azure.com/{world.ORGANIZATION}",
        "PYTHONPATH": str(_PLUGIN),
    }
    words = [str(python_with(REQUIREMENTS)), "-m", "pytest", "-q", "-W", "ignore", "-p", "older_testsdk"]
    words += [*chosen.tests, "--timeout", chosen.timeout, "--tb", "short"]
    words += ["-k", chosen.expression] if chosen.expression else []
    with world.filled(ports, folder / "world", folder / "topology.yaml"):
        whole = [*command(ports), *words]
        results = run_tests(
            whole, chosen.checkout / "azure-devops", folder / "report.xml", {**environment, **live}
        )
    reasons = accepted(DIFFERENCES)
    print(counted(results, reasons, lambda test: test.rsplit("/", 1)[-1].split("::")[0]))
    for each in results:
        if each.status != "passed" and each.test in reasons:
            print(f"{reasons[each.test]}: {each.test}")
    return not any(each.status == "failed" and each.test not in reasons for each in results)


if __name__ == "__main__":
    sys.exit(main())
