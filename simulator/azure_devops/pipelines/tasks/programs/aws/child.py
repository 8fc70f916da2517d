"""A program that a task runs to its end, as the tool runner of azure-pipelines-task-lib does."""

import subprocess
import sys
from collections.abc import Mapping

from handover import hand_over, is_handed_over  # type: ignore[import-not-found]  # beside this file when it runs
from task_library import fail, say  # type: ignore[import-not-found]


def run(
    command: list[str],
    more: str,
    environment: Mapping[str, str],
    fail_on_stderr: bool,
    directory: str | None = None,
    *,
    silent: bool = False,
) -> None:
    """Run it, with `more` as the rest of its line; what it writes to standard error comes between its output.

    A `silent` one is not shown, nor what it writes to standard output.

    Ends the task where the exit code is not 0, or where there was standard error and that is a failure.
    """
    whole = [*command, *arguments(more)]
    if not silent:
        say(f"[command]{' '.join(whole)}")
    if is_handed_over():
        hand_over(whole, environment, fail_on_stderr, directory)
    stdout = subprocess.DEVNULL if silent else None
    stderr = subprocess.PIPE if fail_on_stderr else subprocess.STDOUT
    with subprocess.Popen(
        whole, env=dict(environment), cwd=directory, stdout=stdout, stderr=stderr
    ) as process:
        written = False
        for line in process.stderr or ():
            written = True
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
    if process.returncode:
        fail(f"Error: The process '{command[0]}' failed with exit code {process.returncode}")
    if written:
        fail(
            f"Error: The process '{command[0]}' failed because one or more lines were written to the STDERR stream"
        )


def exit_code(command: list[str], environment: Mapping[str, str], directory: str) -> int:
    """Run it, shown, to its exit code."""
    say(f"[command]{' '.join(command)}")
    done = subprocess.run(
        command, env=dict(environment), cwd=directory, stderr=subprocess.STDOUT, check=False
    )
    return done.returncode


def arguments(text: str) -> list[str]:
    """A line's arguments: blanks part them, double quotes hold them together, `\\"` inside them is a quote.

    Unlike in a shell a single quote means nothing. Source: ToolRunner.line of azure-pipelines-task-lib.
    """
    found, word, quoted, escaped, between = list[str](), "", False, False, True
    for letter in text:
        if letter == " " and not quoted:
            found += [] if between else [word]
            word, between = "", True
            continue
        between = False
        if letter == '"' and not escaped:
            quoted = not quoted
        elif letter == "\\" and quoted and not escaped:
            escaped = True
        else:
            word += f"\\{letter}" if escaped and letter != '"' else letter
            escaped = False
    return found if between else [*found, word.strip()]
