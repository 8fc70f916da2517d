"""UsePythonVersion@0 in the job's room: takes the image's Python where it fits, else says what is there."""

import os
import platform
import re
import sys
from pathlib import Path


def fits(specification: str, version: str) -> bool:
    """Whether `3.11`, `3.x`, `3.11.7`, `>=3.9` or a list with spaces (all must hold) takes the version."""
    return all(_fits(part, version) for part in specification.split())


def _fits(part: str, version: str) -> bool:
    comparison = re.fullmatch(r"(>=|<=|>|<|==?|~|\^)?v?(.+)", part)
    assert comparison is not None
    operator, wanted = comparison.group(1) or "=", comparison.group(2)
    numbers = [int(number) for number in re.findall(r"\d+", wanted.replace("x", "").replace("*", ""))]
    have = [int(number) for number in version.split(".")]
    head = have[: len(numbers)]
    if operator in ("=", "=="):
        return head == numbers
    if operator == "~":
        return head[:2] == numbers[:2] and have >= numbers
    if operator == "^":
        return have[:1] == numbers[:1] and have >= numbers
    return {">=": have >= numbers, "<=": head <= numbers, ">": head > numbers, "<": have < numbers}[operator]


def main() -> int:
    """Say what was found, put it first on PATH; 1 where nothing fits."""
    specification = os.environ["INPUT_VERSIONSPEC"].strip()
    architecture, version = os.environ["INPUT_ARCHITECTURE"], platform.python_version()
    if architecture != "x64" or not fits(specification, version):
        told = (
            f"Version spec {specification} for architecture {architecture} did not match any version in"
            f" Agent.ToolsDirectory. Versions in the simulator's agent: {version} (x64). No other Python is simulated:"
            " change reference_models/agent, or use versionSpec '3.x'."
        )
        print(f"##vso[task.logissue type=error]{told}")
        return 1
    folder = Path(sys.executable).parent
    print(f"Found tool in cache: Python {version} x64")
    print(f"##vso[task.setvariable variable=pythonLocation]{folder.parent}")
    if os.environ.get("INPUT_ADDTOPATH", "true").lower() == "true":
        print(f"##vso[task.prependpath]{folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
