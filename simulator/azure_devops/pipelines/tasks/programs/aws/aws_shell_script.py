"""AWSShellScript@1: signs in, then runs the script with bash."""

import os
import sys

import aws_session  # type: ignore[import-not-found]  # beside this file when it runs
from child import run  # type: ignore[import-not-found]
from handover import located, make_directory  # type: ignore[import-not-found]
from task_library import fail, flag, given  # type: ignore[import-not-found]


def main() -> int:
    """0, or the task ends as failed."""
    script = os.environ["INPUT_SCRIPT"]
    environment = aws_session.environment("AWSShellScript")
    bash = located("bash") or fail(
        "Error: Unable to locate executable file: 'bash'. Please verify either the file path exists or the file can be"
        " found within a directory specified by the PATH environment variable."
    )
    directory = os.environ["INPUT_DIRECTORY"]
    make_directory(directory)
    run([bash, script], given("arguments"), environment, flag("failOnStandardError"), directory)
    return 0


if __name__ == "__main__":
    sys.exit(main())
