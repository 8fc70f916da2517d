"""Runs the user's own training script by AWS's toolkit, sagemaker-training: SM_ variables, arguments, failure text."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from contract.layout import Layout

FRAMEWORK = "contract.script_mode:train"  # what the toolkit calls back
# The toolkit imports these at its start, and uses them only where processes of several hosts are launched by ssh.
LAUNCHERS = ("paramiko", "gethostname")
TOOLKIT = "sagemaker-training-toolkit"  # in each line of its own log


def run(layout: Layout) -> int:
    """The exit code that the toolkit ends with; it has written `output/success` or `output/failure` by then."""
    layout.output.mkdir(parents=True, exist_ok=True)
    os.environ["SAGEMAKER_BASE_DIR"] = str(layout.base)
    os.environ["SAGEMAKER_TRAINING_MODULE"] = FRAMEWORK
    for name in LAUNCHERS:
        sys.modules.setdefault(name, ModuleType(name))
    from sagemaker_training import trainer

    try:
        trainer.train()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def train() -> None:
    """Fetches the code, installs requirements.txt and runs the script, as AWS's XGBoost and scikit-learn images do.

    One process a host, whatever `sagemaker_mpi_enabled` says: theirs name the toolkit's ProcessRunner too (training.py
    of the public containers); only AWS's deep-learning images launch by MPI. They leave the failure's ErrorMessage
    empty; here it is the last line of the script's standard error.
    """
    from sagemaker_training import entry_point, environment, errors, files, runner

    described: Any = environment.Environment()
    files.download_and_extract(described.module_dir, environment.code_dir)
    with overheard() as said:
        try:
            entry_point.run(
                uri=described.module_dir,
                user_entry_point=script(described.user_entry_point, Path(environment.code_dir)),
                args=described.to_cmd_args(),
                env_vars=described.to_env_vars(),
                runner_type=runner.ProcessRunnerType,
            )
        except errors.ExecuteUserScriptError as failure:
            failed = failure
        else:
            return
    failed.output = failed.output or next((line for line in said if TOOLKIT not in line), "")
    raise failed


def script(name: str, directory: Path) -> str:
    """The file that an entry point names: AWS's XGBoost image runs modules, whose names may lack `.py`."""
    module = f"{name}.py"
    return module if not (directory / name).exists() and (directory / module).exists() else name


@contextlib.contextmanager
def overheard() -> Iterator[deque[str]]:
    """The last line that this process and its children write to standard error, which shows them all the same."""
    tail: deque[str] = deque(maxlen=1)
    shown = os.dup(2)
    reading, writing = os.pipe()

    def listen() -> None:
        with os.fdopen(reading, "rb") as heard, os.fdopen(shown, "wb", buffering=0) as out:
            for line in heard:
                out.write(line)
                if line.strip():
                    tail.append(line.decode(errors="replace").strip())

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    before = os.dup(2)
    os.dup2(writing, 2)
    os.close(writing)
    try:
        yield tail
    finally:
        os.dup2(before, 2)
        os.close(before)
        listener.join(timeout=5)  # a process that the script left behind may hold its end open
