"""Whether a push starts a pipeline."""

from __future__ import annotations

import pytest

from simulator.azure_devops.language.plan import Filter, Trigger
from simulator.azure_devops.pipelines.starting.triggers import starts_on_push


def branches(*include: str, exclude: tuple[str, ...] = ()) -> Trigger:
    return Trigger(branches=Filter(include, exclude))


@pytest.mark.parametrize(
    ("trigger", "ref", "expected"),
    [
        (Trigger(implied=True), "refs/heads/anything/at-all", True),
        (Trigger(implied=True), "refs/tags/v1", False),
        (Trigger(enabled=False), "refs/heads/main", False),
        (branches("main"), "refs/heads/main", True),
        (branches("main"), "refs/heads/Main", False),
        (branches("main"), "refs/heads/mainline", False),
        (branches("refs/heads/main"), "refs/heads/main", True),
        (branches("releases/*"), "refs/heads/releases/1/hotfix", True),
        (branches("release?"), "refs/heads/release1", True),
        (branches("*", exclude=("main",)), "refs/heads/main", False),
        (branches(exclude=("wip/*",)), "refs/heads/x", True),
        (branches(exclude=("wip/*",)), "refs/heads/wip/x", False),
        (Trigger(tags=Filter(("v2.*",))), "refs/tags/v2.1", True),
        (Trigger(tags=Filter(("v2.*",))), "refs/tags/v1.0", False),
        (Trigger(tags=Filter(("v2.*",))), "refs/heads/main", False),
        (Trigger(tags=Filter(("v*",)), branches=Filter(("main",))), "refs/heads/main", True),
    ],
)
def test_branch_and_tag_filters(trigger, ref, expected):
    assert starts_on_push(trigger, ref, ["a.txt"]) is expected


@pytest.mark.parametrize(
    ("include", "exclude", "changed", "expected"),
    [
        (("docs",), (), ["docs/a/b.md"], True),
        (("docs/*",), (), ["docs/b.md"], True),
        (("docs",), (), ["documents/b.md"], False),
        (("src/**/*.py",), (), ["src/a/b/c.py"], True),
        (("src/**/*.py",), (), ["src/c.py"], True),
        (("src/*.py",), (), ["src/a/c.py"], False),
        (("Docs",), (), ["docs/a.md"], False),
        ((), ("docs",), ["docs/a.md"], False),
        ((), ("docs",), ["docs/a.md", "src/x"], True),
        (("tools/inner",), ("tools",), ["tools/inner/x"], True),
        (("tools/inner",), ("tools",), ["tools/x"], False),
        (("docs",), ("docs",), ["docs/a.md"], False),
        (("*",), ("README.md",), ["README.md"], False),
        (("/src/",), (), ["src/x"], True),
        (("src",), (), [], False),
        ((), (), [], True),
    ],
)
def test_path_filters(include, exclude, changed, expected):
    trigger = Trigger(paths=Filter(include, exclude))
    assert starts_on_push(trigger, "refs/heads/main", changed) is expected
