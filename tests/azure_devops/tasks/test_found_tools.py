"""Which python or node of a container a version specification takes."""

from __future__ import annotations

import pytest

from simulator.azure_devops.pipelines.agent.container_paths import is_shared
from simulator.azure_devops.pipelines.tasks.found_tools import Tool, choose, versions_of

THERE = [
    Tool("3.9.2", "/usr/bin/python3"),
    Tool("3.12.0rc1", "/opt/python3.12"),
    Tool("3.11.4", "/a"),
    Tool("3.11.4", "/b"),
]


@pytest.mark.parametrize(
    ("specification", "path"),
    [("3.x", "/opt/python3.12"), ("3.11", "/a"), (">=3.9 <3.11", "/usr/bin/python3"), ("2.7", None)],
)
def test_the_newest_that_fits_is_taken_and_the_first_of_equals(specification, path):
    found = choose(THERE, specification)
    assert (found and found.path) == path


def test_versions_are_told_once_newest_first():
    assert versions_of(THERE) == "3.12.0rc1, 3.11.4, 3.9.2"


@pytest.mark.parametrize(
    ("path", "shared"),
    [
        ("/__w/1/s", True),
        ("/home/vsts/work/_temp/x", True),
        ("/__t", True),
        ("/__wide", False),
        ("/etc", False),
    ],
)
def test_the_agent_and_its_containers_share_the_work_folder_and_the_tool_cache(path, shared):
    assert is_shared(path) is shared
