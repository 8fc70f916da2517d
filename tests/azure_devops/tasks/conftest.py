"""One pair of clouds for a whole file of tests about tasks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.azure_devops.tasks.programs import TaskWorld


@pytest.fixture(scope="module")
def world() -> Iterator[TaskWorld]:
    """Both clouds; each test names its own things."""
    made = TaskWorld()
    yield made
    made.stop()
