"""Another repository uses the sentences: the plugin is found by its entry point, and speaks to a running simulator."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.wire import RunningSimulator

FEATURE = """
Feature: A repository of somebody else
  Scenario: The landing zone is there
    Then the organization has the accounts dev, automation, staging and production

  Scenario: A sentence of our own
    Then ada may not assume the deploy role of production
    And the organization has the account of our own
"""
TESTS = """
from pytest_bdd import scenarios, then

scenarios("ours.feature")


@then("the organization has the account of our own")
def ours(world):
    assert "ours" in world.accounts
"""


def test_the_sentences_work_in_a_repository_that_only_installed_them(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    (tmp_path / "ours.feature").write_text(FEATURE)
    (tmp_path / "test_ours.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-q", "--simulator-url", simulator.console_url]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert "assert 'ours' in" in done.stdout
