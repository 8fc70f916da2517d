"""What a program leaves under /opt/ml/output for the platform: its exit message and lines for CloudWatch.

Source: developer guide, "Save and Access Metadata Information About Your Processing Job"; Model Monitor, "CloudWatch
Metrics for Bring Your Own Containers".
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

EXIT_MESSAGE_BYTES = 1024


class NotUtf8(Exception):
    """The message is no UTF-8 text."""


def exit_message(files: Iterable[Path]) -> str:
    """The first KB of the hosts' messages, one after the other; empty where there is none. Raises NotUtf8."""
    text = "".join(_start(file) for file in files if file.is_file() and not file.is_symlink())
    return text.encode()[:EXIT_MESSAGE_BYTES].decode(errors="ignore")


def _start(file: Path) -> str:
    with file.open("rb") as opened:
        start = opened.read(EXIT_MESSAGE_BYTES)
        cut = bool(opened.read(1))
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(start, final=not cut)
    except UnicodeDecodeError as error:
        raise NotUtf8 from error


def metric_lines(file: Path) -> list[Any]:
    """What a monitoring container left for CloudWatch: one JSON document a line, in one file or several."""
    files = sorted(file.iterdir()) if file.is_dir() else [file] if file.is_file() else []
    return [json.loads(line) for each in files for line in each.read_text().splitlines() if line.strip()]
