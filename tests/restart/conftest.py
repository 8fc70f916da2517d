"""A simulator that can be killed, for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.restart.server import Server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Not started yet; whatever a test left running is stopped."""
    made = Server(tmp_path)
    yield made
    made.close()
