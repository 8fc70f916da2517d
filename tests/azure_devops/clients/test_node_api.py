"""One tour of everything with the unmodified npm package `azure-devops-node-api`, over plain HTTP."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.azure_devops.clients.tour import APPROVED_YAML
from tests.azure_devops.conftest import Git
from tests.azure_devops.scripted import prints

PROGRAM = Path(__file__).parent / "tour.mjs"


@pytest.mark.npm
def test_a_tour_from_a_new_project_to_an_approved_deployment(served: Any, tmp_path: Path) -> None:
    served.engine._scripts[:] = prints(deploy="deployed")._scripts
    known: dict[str, Any] = {}

    def step(name: str) -> dict[str, Any]:
        done = subprocess.run(
            ["node", str(PROGRAM), served.url, served.token("operator"), name, json.dumps(known)],
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        served.rest()
        known.update(json.loads(done.stdout))
        return known

    step("begin")
    assert step("repository")["state"] == "wellFormed"
    copy = Git(served, tmp_path / "tour", person="operator")
    copy.directory.mkdir()
    copy("init", "-q", "-b", "main")
    copy.commit({"azure-pipelines.yml": APPROVED_YAML})
    copy("push", "-q", copy.url("app", "tour/"), "main")
    copy("checkout", "-q", "-b", "change")
    known["tip"] = copy.commit({"README.md": "changed"})
    copy("push", "-q", copy.url("app", "tour/"), "change")
    assert step("pullRequest")["vote"] == 10
    prepared = step("prepare")
    assert (prepared["status"], prepared["group"]) == (3, "settings")
    assert (prepared["check"], prepared["hook"]) == ("Approval", "build.complete")
    step("run")
    (pending,) = served.facts("ApprovalPending")
    known["approval"] = pending.detail["approval"]
    assert step("approve")["status"] == "approved"
    read = step("read")
    assert read["result"] == 2  # BuildResult.Succeeded
    assert "deployed" in read["text"]
