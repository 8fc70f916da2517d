"""AWSShellScript@1: signs in, then becomes the script."""

import os
import shlex
import sys
from pathlib import Path

import aws_session  # type: ignore[import-not-found]  # beside this file when it runs


def main() -> None:
    """Replace this program by bash with the credentials in its environment."""
    script, environment = os.environ["INPUT_SCRIPT"], aws_session.environment()
    command = ["bash", script, *shlex.split(os.environ.get("INPUT_ARGUMENTS", ""))]
    if os.environ.get("INPUT_FAILONSTANDARDERROR", "").lower() == "true":
        command = [sys.executable, str(Path(__file__).parent / "fail_on_stderr.py"), *command]
    sys.stdout.flush()
    os.execvpe(command[0], command, environment)


if __name__ == "__main__":
    main()
