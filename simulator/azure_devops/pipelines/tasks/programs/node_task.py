"""Starts the script of a task that the user has on disk: by the node on PATH, where it is new enough.

The real agent brings a node for each handler; here one must be installed, and the texts of the refusals are ours.
"""

import os
import shutil
import subprocess
import sys

from task_library import debug, fail  # type: ignore[import-not-found]  # beside this file when it runs


def main(wanted: int, script: str) -> None:
    """Becomes node; fails by name where there is none on PATH, or one older than the task's handler asks for."""
    program = shutil.which("node") or ""
    if not program:
        fail(
            f"Node.js {wanted} is what this task runs with, and the simulator's agent has no node on PATH:"
            " install Node.js where the steps run."
        )
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(said.lstrip("v").partition(".")[0]) < wanted:
        fail(f"This task asks for Node.js {wanted}; the node on the agent's PATH is {said}, which is older.")
    debug(f"node {said} runs a handler of Node.js {wanted}")
    os.execv(program, [program, script])


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
