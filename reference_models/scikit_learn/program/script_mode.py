"""Runs the user's own training script as SageMaker's training toolkit does: SM_ variables, arguments, failure text."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tarfile
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from layout import Layout

PLATFORM_HYPERPARAMETERS = "sagemaker_"  # the SDK's own, never passed to the script
TAIL_LINES = 20


class ScriptFailed(Exception):
    """The user's script ended with another status than 0; the text is for the failure file."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


def decode(hyperparameters: Mapping[str, str]) -> dict[str, Any]:
    """Values as the script knows them: the SDK sends JSON, a plain word stays a word."""
    decoded: dict[str, Any] = {}
    for name, value in hyperparameters.items():
        try:
            decoded[name] = json.loads(value)
        except (TypeError, ValueError):
            decoded[name] = value
    return decoded


def run(layout: Layout, hyperparameters: Mapping[str, str]) -> None:
    """Fetches the code, runs the script; raises ScriptFailed when it does not end with 0."""
    values = decode(hyperparameters)
    program = str(values.get("sagemaker_program") or os.environ["SAGEMAKER_PROGRAM"])
    source = values.get("sagemaker_submit_directory") or os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY")
    if source:
        fetch_code(str(source), layout.code)
    install_requirements(layout.code)
    own = {name: value for name, value in values.items() if not name.startswith(PLATFORM_HYPERPARAMETERS)}
    command = [sys.executable, program, *as_arguments(own)]
    print(f"Invoking user script\n\n{shlex.join(command)}\n", flush=True)
    execute(command, layout.code, os.environ | variables(layout, own, program))


def fetch_code(source: str, directory: Path) -> None:
    """Unpacks sourcedir.tar.gz, from S3 or from a file of this container, into `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    archive = Path(source)
    if source.startswith("s3://"):
        import boto3

        address = urlparse(source)
        archive = directory.parent / "sourcedir.tar.gz"
        boto3.client("s3").download_file(address.netloc, address.path.lstrip("/"), str(archive))
    if archive.is_file():
        with tarfile.open(archive) as tar:
            # Python 3.11.4 and newer; before that (Debian 12 has 3.11.2) the attribute means nothing.
            tar.extraction_filter = getattr(tarfile, "data_filter", None)
            tar.extractall(directory)


def install_requirements(directory: Path) -> None:
    """Installs the user's requirements.txt, if there is one."""
    requirements = directory / "requirements.txt"
    if requirements.is_file():
        subprocess.run([sys.executable, "-m", "pip", "install", "-r", str(requirements)], check=True)


def as_arguments(values: Mapping[str, Any]) -> list[str]:
    """Hyperparameters as `--name value` in the order of their names."""
    arguments: list[str] = []
    for name, value in sorted(values.items()):
        text = value if isinstance(value, str) else json.dumps(value)
        arguments += [f"--{name}" if len(name) > 1 else f"-{name}", text]
    return arguments


def variables(layout: Layout, values: Mapping[str, Any], program: str) -> dict[str, str]:
    """The SM_ variables that a training script reads."""
    resources = layout.read_configuration("resourceconfig")
    channels = sorted(layout.read_configuration("inputdataconfig"))
    host = resources.get("current_host", "algo-1")
    hosts = resources.get("hosts", [host])
    result = {
        "SM_MODEL_DIR": str(layout.model),
        "SM_INPUT_DIR": str(layout.base / "input"),
        "SM_INPUT_CONFIG_DIR": str(layout.configuration),
        "SM_OUTPUT_DIR": str(layout.output),
        "SM_OUTPUT_DATA_DIR": str(layout.output / "data"),
        "SM_OUTPUT_INTERMEDIATE_DIR": str(layout.output / "intermediate"),
        "SM_CHANNELS": json.dumps(channels),
        "SM_HPS": json.dumps(values),
        "SM_USER_ARGS": json.dumps(as_arguments(values)),
        "SM_HOSTS": json.dumps(hosts),
        "SM_CURRENT_HOST": host,
        "SM_NETWORK_INTERFACE_NAME": resources.get("network_interface_name", "eth0"),
        "SM_CURRENT_INSTANCE_TYPE": resources.get("current_instance_type", ""),
        "SM_RESOURCE_CONFIG": json.dumps(resources),
        "SM_INPUT_DATA_CONFIG": json.dumps(layout.read_configuration("inputdataconfig")),
        "SM_NUM_CPUS": str(os.cpu_count() or 1),
        "SM_NUM_GPUS": "0",
        "SM_NUM_NEURONS": "0",
        "SM_LOG_LEVEL": "20",
        "SM_MODULE_DIR": str(layout.code),
        "SM_MODULE_NAME": Path(program).stem,
        "SM_USER_ENTRY_POINT": program,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(layout.code), os.environ.get("PYTHONPATH", "")])),
        "PYTHONUNBUFFERED": "1",
    }
    result |= {f"SM_CHANNEL_{name.upper()}": str(layout.channel(name)) for name in channels}
    result |= {
        f"SM_HP_{name.upper().replace('-', '_')}": value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items()
    }
    return result


def execute(command: list[str], directory: Path, environment: Mapping[str, str]) -> None:
    """Runs the script, shows what it says, keeps the end of its errors for the failure text."""
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    process = subprocess.Popen(
        command, cwd=directory, env=dict(environment), stderr=subprocess.PIPE, text=True, errors="replace"
    )
    assert process.stderr is not None
    for line in process.stderr:
        sys.stderr.write(line)
        sys.stderr.flush()
        tail.append(line.rstrip())
    code = process.wait()
    if code:
        raise ScriptFailed(failure_text(command, code, list(tail)), code)


def failure_text(command: list[str], code: int, tail: list[str]) -> str:
    """What the toolkit writes; the error itself first, since only 1,024 characters are kept."""
    error = next((line for line in reversed(tail) if line.strip()), "")
    trace = "\n".join(tail)
    return (
        f'ExecuteUserScriptError:\nExitCode {code}\nErrorMessage "{error}"\n'
        f'Command "{shlex.join(command)}"\n{trace}'
    )
