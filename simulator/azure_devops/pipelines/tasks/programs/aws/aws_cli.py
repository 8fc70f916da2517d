"""AWSCLI@1: signs in, then runs one command of the AWS CLI and tells its exit code."""

import sys

import aws_session  # type: ignore[import-not-found]  # beside this file when it runs
from child import run  # type: ignore[import-not-found]
from handover import located  # type: ignore[import-not-found]
from task_library import command, fail, flag, given, required  # type: ignore[import-not-found]


def main() -> int:
    """The command's exit code; the task says it in its own words."""
    asked = [required("awsCommand"), required("awsSubCommand")]
    program = located("aws")
    if not program:
        fail(
            "Error: AWS CLI is not installed on this machine.\n"
            "Error: Unable to locate executable file: 'aws'."
        )
    environment = aws_session.environment("AWSCLI", with_region=False)
    run([program, *asked], given("awsArguments"), environment, flag("failOnStandardError"))
    command("task.complete result=Succeeded;", f"{program} exited with return code: 0")
    return 0


if __name__ == "__main__":
    sys.exit(main())
