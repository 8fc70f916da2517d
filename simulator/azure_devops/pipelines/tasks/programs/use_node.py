"""NodeTool@0 and UseNode@1 in the job's room: takes the node on PATH where it fits, else says what is there."""

import shutil
import subprocess
import sys
from pathlib import Path

from task_library import command, fail, given, say  # type: ignore[import-not-found]  # beside this file when it runs
from use_python_version import fits  # type: ignore[import-not-found]


def main() -> int:
    """Puts the folder of node first on PATH; fails where there is none, or one of another version."""
    wanted = _wanted()
    program = shutil.which("node") or ""
    if not program:
        fail(
            f"Unable to find Node version {wanted}: the simulator's agent has no node on PATH. Install Node.js."
        )
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    version = said.strip().lstrip("v")
    if not fits(wanted.replace(" - ", " ").lower(), version):
        fail(
            f"Unable to find Node version '{wanted}' for platform linux and architecture x64. The node on PATH is"
            f" {version}; no other is simulated."
        )
    say(f"Found tool in cache: node {version} x64")
    command("task.prependpath", str(Path(program).resolve().parent))
    return 0


def _wanted() -> str:
    if given("versionSource").lower() == "fromfile":
        path = Path(given("versionFilePath"))
        if not path.is_file():
            fail(f"Not found versionFilePath: {path}")
        return path.read_text().strip().lstrip("v")
    return given("versionSpec") or given("version") or "x"


if __name__ == "__main__":
    sys.exit(main())
