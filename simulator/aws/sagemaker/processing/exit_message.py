"""What a program leaves under /opt/ml/output for the platform: its exit message and lines for CloudWatch.

Source: developer guide, "Save and Access Metadata Information About Your Processing Job"; Model Monitor, "CloudWatch
Metrics for Bring Your Own Containers".
"""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Any

EXIT_MESSAGE_BYTES = 1024


class NotUtf8(Exception):
    """The message is no UTF-8 text."""


def exit_message(file: Path) -> str:
    """The first KB of the message, empty where there is none; raises NotUtf8."""
    if not file.is_file() or file.is_symlink():
        return ""
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
