"""AWSCLI@1: signs in, then becomes one command of the AWS CLI."""

import os
import shlex
import sys
from pathlib import Path

import aws_session  # type: ignore[import-not-found]  # beside this file when it runs


def main() -> None:
    """Replace this program by `aws` with the credentials in its environment."""
    command = ["aws", aws_session.given("awsCommand")]
    if sub_command := aws_session.given("awsSubCommand"):
        command.append(sub_command)
    command += shlex.split(os.environ.get("INPUT_AWSARGUMENTS", ""))
    environment = aws_session.environment()
    print(f"[command]{shlex.join(command)}", flush=True)
    if aws_session.given("failOnStandardError").lower() == "true":
        command = [sys.executable, str(Path(__file__).parent / "fail_on_stderr.py"), *command]
    os.execvpe(command[0], command, environment)


if __name__ == "__main__":
    main()
