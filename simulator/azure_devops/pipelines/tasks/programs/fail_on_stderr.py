"""Runs a command, writes its standard error between its output, and fails when there was any (`failOnStderr`)."""

import subprocess
import sys


def main() -> int:
    """The command's exit code; 1 where it was 0 and the command wrote to standard error."""
    with subprocess.Popen(sys.argv[1:], stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        written = False
        for line in process.stderr:
            written = True
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
    if written and process.returncode == 0:
        print(
            "##vso[task.logissue type=error]Bash wrote one or more lines to the standard error stream.",
            flush=True,
        )
        return 1
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
