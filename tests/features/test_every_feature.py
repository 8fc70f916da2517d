"""No feature is left out of the run."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_feature_file_is_run() -> None:
    run = re.findall(r'scenarios\("../../(.+)"\)', (Path(__file__).parent / "test_loop.py").read_text())

    assert sorted(run) == sorted(
        str(file.relative_to(ROOT)) for file in (ROOT / "features").rglob("*.feature")
    )
