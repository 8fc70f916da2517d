"""What Microsoft's own test organization holds before the extension's integration tests begin."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from simulator.shipped_folders import shipped
from simulator.topology import load
from tests.conformance.suite import Ports

ORGANIZATION = "devops-cli-test-org"
"""From it two tests import; so this is the organization, and they run in it."""
OUTSIDE = "https://github.com/hkasera/snakes-and-ladders.git"
"""What four tests import from outside: a stand-in is put under this address by git's `insteadOf`."""
_PROJECTS = {
    "buildtests": ["buildtests"],
    "TestSupportProject": ["snakes-and-ladders"],
    "PullRequestLiveTest": ["PullRequestLiveTest"],
    "RepoCreateListShowDeleteTests": ["RepoCreateListShowDeleteTests"],
}
_EMPTY: dict[str, Any] = {
    "teams": ["operations"],
    "environments": [],
    "service_connections": [],
    "variable_groups": [],
    "pipelines": [],
}
_REVIEWER = {"name": "v-sbestala", "display": "v-sbestala", "email": "v-sbestala@example.com", "scopes": []}
_NEW = {"name": "new", "display": "new_user_test", "email": "new_user_test@outlook.com", "scopes": []}
_SLOW = "trigger: none\npool: {vmImage: ubuntu-latest}\nsteps: [{script: sleep 20}]\n"
_QUICK = "trigger: none\nsteps: [{script: echo done}]\n"
_BUILD_POLICY = "0609b952-1397-4640-95ec-e00a01b2c241"


def topology(file: Path) -> Path:
    """The fixture's topology as that organization, with its projects and the people whom tests name."""
    found = yaml.safe_load((shipped("fixtures") / "topology.yaml").read_text(encoding="utf-8"))
    found["people"] += [_REVIEWER, _NEW]
    organization = found["azure_devops"]
    organization["organization"] = ORGANIZATION
    organization["projects"] += [
        {**_EMPTY, "name": name, "repositories": held} for name, held in _PROJECTS.items()
    ]
    file.write_text(yaml.safe_dump(found), encoding="utf-8")
    return file


def outside(folder: Path) -> dict[str, str]:
    """A stand-in for the repository that tests import from outside, and what leads the simulator to it."""
    commit(folder, "master", {"README.md": "Snakes and ladders\n"})
    return {
        "SIMULATOR_ALLOWED_HOSTS": "github.com",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{folder}.insteadOf",
        "GIT_CONFIG_VALUE_0": OUTSIDE,
    }


def commit(folder: Path, branch: str, files: Mapping[str, str]) -> None:
    """A commit of these files on a branch, which begins where the folder is."""
    if not (folder / ".git").exists():
        folder.mkdir(parents=True)
        _git(folder, "init", "-q", "-b", branch)
    elif branch not in _git(folder, "branch", "--format=%(refname:short)").split():
        _git(folder, "checkout", "-q", "-b", branch)
    for name, text in files.items():
        (folder / name).write_text(text)
    _git(folder, "add", "-A")
    _git(folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-q", "-m", "Updated")


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


class World:
    """The organization over REST and git, as its administrator."""

    def __init__(self, ports: Ports, place: Path, described: Path) -> None:
        token = load(described).person("operator").personal_access_token
        self._origin = f"http://127.0.0.1:{ports.azure_devops}/{ORGANIZATION}"
        self._remote = self._origin.replace("http://", f"http://x:{token}@")
        self._place = place
        self._client = httpx.Client(
            base_url=self._origin,
            auth=("", token),
            params={"api-version": "7.1-preview.1"},
            timeout=120,
            trust_env=False,
        )

    def fill(self) -> None:
        """Repositories with their branches, two pipelines, two pull requests, a policy, and a pool with an agent."""
        snakes = self._place / "snakes"
        commit(snakes, "main", {"README.md": "Snakes\n", "azure-pipelines.yml": _QUICK})
        commit(snakes, "testbranch", {"README.md": "Snakes and ladders\n"})
        self._push(snakes, "TestSupportProject", "snakes-and-ladders")
        self._builds()
        self._pull_requests()
        self._pool()

    def _push(self, folder: Path, project: str, repository: str) -> None:
        """All branches, `main` first: it becomes the default branch."""
        for branches in (("main",), ("--all",)):
            _git(folder, "push", "-q", f"{self._remote}/{project}/_git/{repository}", *branches)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer; anything but success ends the script."""
        answer = self._client.request(method, path, json=body)
        if answer.status_code >= 300:
            raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def _builds(self) -> None:
        folder = self._place / "buildtests"
        commit(folder, "main", {"slow.yml": _SLOW, "quick.yml": _QUICK})
        self._push(folder, "buildtests", "buildtests")
        for name, path in (("BuildTests Definition1", "slow.yml"), ("Another", "quick.yml")):
            made = self._pipeline("buildtests", "buildtests", name, path)
        self.call("POST", f"/buildtests/_apis/pipelines/{made}/runs", {})

    def _pipeline(self, project: str, repository: str, name: str, path: str) -> int:
        found = self.call("GET", f"/{project}/_apis/git/repositories/{repository}")
        source = {"id": found["id"], "type": "azureReposGit"}
        body = {"name": name, "configuration": {"type": "yaml", "path": path, "repository": source}}
        return int(self.call("POST", f"/{project}/_apis/pipelines", body)["id"])

    def _pull_requests(self) -> None:
        """Two that wait for a build of theirs."""
        name = "PullRequestLiveTest"
        folder = self._place / name
        commit(folder, "main", {"README.md": "Read me\n", "azure-pipelines.yml": _QUICK})
        for number in ("1", "2"):
            commit(folder, f"change{number}", {"README.md": f"Read me, {number}\n"})
        self._push(folder, name, name)
        pipeline = self._pipeline(name, name, "validation", "azure-pipelines.yml")
        repository = self.call("GET", f"/{name}/_apis/git/repositories/{name}")["id"]
        scope = {"repositoryId": repository, "refName": "refs/heads/main", "matchKind": "exact"}
        settings = {"buildDefinitionId": pipeline, "validDuration": 0, "scope": [scope]}
        flags = {"queueOnSourceUpdateOnly": False, "manualQueueOnly": True, "displayName": "validation"}
        policy = {"isEnabled": True, "isBlocking": True, "type": {"id": _BUILD_POLICY}}
        body = {**policy, "settings": {**settings, **flags}}
        self.call("POST", f"/{name}/_apis/policy/configurations", body)
        for number in ("1", "2"):
            branches = {"sourceRefName": f"refs/heads/change{number}", "targetRefName": "refs/heads/main"}
            request = {**branches, "title": "Updated README.md", "description": "Updated README.md"}
            self.call("POST", f"/{name}/_apis/git/repositories/{name}/pullrequests", request)

    def _pool(self) -> None:
        """The pool that organizations of the tests' time had, with an agent in it."""
        made = self.call("POST", "/_apis/distributedtask/pools", {"name": "Hosted", "poolType": "automation"})
        agent = {"name": "Hosted Agent", "version": "4.248.0", "enabled": True, "status": "online"}
        self.call("POST", f"/_apis/distributedtask/pools/{made['id']}/agents", agent)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


@contextmanager
def filled(ports: Ports, place: Path, described: Path) -> Iterator[World]:
    """The organization as the tests expect to find it."""
    world = World(ports, place, described)
    try:
        world.fill()
        yield world
    finally:
        world.close()
