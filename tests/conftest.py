"""What every test shares: what needs Docker, a browser or npm skips with the reason, or fails where CI demands it."""

import gc
import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wire import RunningSimulator

NPM_CLIENTS = Path(__file__).parent / "azure_devops" / "clients"
DEMANDED = frozenset(os.environ.get("SIMULATOR_TESTS_DEMAND", "").split())


def _why_no_docker() -> str:
    import docker
    import docker.errors

    with warnings.catch_warnings():
        # Where the engine refuses, Docker's client leaves its socket open; collected here, it warns no test.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            client = docker.from_env(timeout=5)
            client.ping()
            client.close()
        except docker.errors.DockerException as failure:
            return f"no Docker engine answers: {failure}"
        finally:
            gc.collect()
    return ""


def _why_no_browser() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return "" if found else "no chromium on PATH (Debian: apt-get install chromium)"


def _why_no_npm_clients() -> str:
    if not shutil.which("node"):
        return "no node on PATH (Debian: apt-get install nodejs npm)"
    if not (NPM_CLIENTS / "node_modules").is_dir():
        place = NPM_CLIENTS.relative_to(Path(__file__).parents[1])
        return f"its packages are not there (npm install --ignore-scripts --no-package-lock --prefix {place})"
    return ""


NEEDS = {"docker": _why_no_docker, "browser": _why_no_browser, "npm": _why_no_npm_clients}


LONGEST = (
    "tests/demo/test_mutations.py",
    "tests/features/test_loop.py",
    "tests/restart/test_loop.py",
    "tests/reference_models/test_entry_points.py",
    "tests/aws/sagemaker/pipelines/test_real_steps.py",
    "tests/restart/test_works.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run; `SIMULATOR_TESTS_DEMAND="docker browser"` makes the lack a failure.

    Among several workers the longest files begin first, so that none of them runs alone at the end.
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    for need, why_not in NEEDS.items():
        marked = [item for item in items if item.get_closest_marker(need)]
        reason = why_not() if marked else ""
        if reason and need in DEMANDED:
            raise pytest.UsageError(f"SIMULATOR_TESTS_DEMAND names {need}, but {reason}")
        for item in marked if reason else ():
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    """A simulator with the scripted engine, on free ports, whose state is gone with the test."""
    running = RunningSimulator()
    yield running
    running.stop()
