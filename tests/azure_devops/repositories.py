"""A repository of its own for a test, on a service that its module shares."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from tests.azure_devops.conftest import Git, Served

_NUMBERS = count(1)
MINIMUM_REVIEWERS = "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd"
REQUIRED_REVIEWERS = "fd2167ab-b0be-447a-8ec8-39368250530e"
BUILD = "0609b952-1397-4640-95ec-e00a01b2c241"
STATUS = "cbdc66da-9728-4af8-aada-9a5a32e4a226"
COMMENTS = "c6a1889d-b943-4856-b76f-9e46bb6b0df2"
WORK_ITEMS = "40e92b44-2fe1-4dd6-b3d8-74a9c21d0c6e"
MERGE_STRATEGY = "fa4e907d-c16b-4a4c-9dfa-4916e5d171ab"
ZERO = "0" * 40


@dataclass
class Repository:
    """A new repository of project ml and a working copy of it."""

    served: Served
    git: Git
    name: str
    id: str

    def call(
        self, method: str, path: str, person: str = "grace", status: int | None = None, **more: Any
    ) -> Any:
        """A REST call below the repository; its JSON. `status` is what is expected (None: any below 300)."""
        return call(
            self.served, method, f"ml/_apis/git/repositories/{self.name}/{path}", person, status, **more
        )

    def push(self, branch: str = "main", files: dict[str, str] | None = None, *flags: str) -> str:
        """Commit the files on a branch and push it; the commit's id."""
        self.git("checkout", "-q", "-B", branch)
        commit = self.git.commit(files or {"a.txt": f"{branch}\n"})
        self.git("push", "-q", *flags, "origin", branch)
        return commit

    def request(self, source: str = "change", **more: Any) -> Any:
        """A pull request into main by grace."""
        body = {
            "sourceRefName": f"refs/heads/{source}",
            "targetRefName": "refs/heads/main",
            "title": "Change",
            **more,
        }
        return self.call("POST", "pullrequests", status=201, json=body)

    def get(self, number: int) -> Any:
        """The pull request now."""
        return self.call("GET", f"pullrequests/{number}")

    def complete(self, number: int, status: int | None = None, person: str = "grace", **options: Any) -> Any:
        """Order the completion; what the pull request is afterwards, or the refusal where `status` expects one."""
        seen = self.get(number)["lastMergeSourceCommit"]
        body = {"status": "completed", "lastMergeSourceCommit": seen, "completionOptions": options}
        answer = self.call("PATCH", f"pullrequests/{number}", person, status, json=body)
        return answer if status else self.get(number)

    def vote(self, number: int, person: str, value: int, status: int | None = None) -> Any:
        """Vote as a person."""
        path = f"pullrequests/{number}/reviewers/{identity(self.served, person)}"
        return self.call("PUT", path, person, status, json={"vote": value})

    def policy(self, kind: str, blocking: bool = True, ref: str = "refs/heads/main", **settings: Any) -> Any:
        """A policy on a branch."""
        scope = [{"repositoryId": self.id, "refName": ref, "matchKind": "Exact"}]
        body = {
            "isEnabled": True,
            "isBlocking": blocking,
            "type": {"id": kind},
            "settings": {**settings, "scope": scope},
        }
        return call(self.served, "POST", "ml/_apis/policy/configurations", json=body)

    def evaluations(self, number: int) -> dict[str, Any]:
        """The evaluations of a pull request by the name of their policy."""
        project = self.get(number)["repository"]["project"]["id"]
        artifact = f"vstfs:///CodeReview/CodeReviewId/{project}/{number}"
        found = call(self.served, "GET", "ml/_apis/policy/evaluations", params={"artifactId": artifact})
        return {each["configuration"]["type"]["displayName"]: each for each in found["value"]}


def new(served: Served, place: Path) -> Repository:
    """A repository that nobody else uses, with a first commit on main and a branch `change`."""
    name = f"repository-{next(_NUMBERS)}"
    made = call(served, "POST", "ml/_apis/git/repositories", status=201, json={"name": name})
    git = Git(served, place / name)
    git.directory.mkdir()
    git("init", "-q", "-b", "main")
    git("remote", "add", "origin", git.url(name))
    repository = Repository(served, git, name, made["id"])
    repository.push("main", {"a.txt": "one\n", "sub/b.txt": "x\n"})
    repository.push("change", {"a.txt": "two\n"})
    return repository


def call(
    served: Served, method: str, path: str, person: str = "grace", status: int | None = None, **more: Any
) -> Any:
    """A REST call below the organization."""
    with served.client(person) as client:
        params = {"api-version": "7.1-preview", **more.pop("params", {})}
        answer = client.request(method, path, params=params, **more)
    assert answer.status_code == status if status else answer.is_success, answer.text
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return answer
    return answer.json()


def identity(served: Served, person: str) -> str:
    """The id of a person."""
    found = call(served, "GET", "_apis/connectionData", person)
    return str(found["authenticatedUser"]["id"])
