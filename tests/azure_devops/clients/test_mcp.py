"""A tour with Microsoft's own MCP server for Azure DevOps, unmodified, which insists on https://dev.azure.com."""

from __future__ import annotations

import base64
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.azure_devops.scripted import prints
from tests.wire import RunningSimulator

YAML = "trigger: none\nsteps: [{script: echo deploy}]\n"
INSTALLED = Path(__file__).parent / "node_modules"
SERVER = INSTALLED / "@azure-devops" / "mcp" / "dist" / "index.js"


def node() -> str:
    """The Node.js of package.json, whose fetch heeds the proxy variables (22.21 on); else the machine's own."""
    kind = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), "")
    installed = INSTALLED / f"node-linux-{kind}" / "bin" / "node"
    return str(installed) if installed.exists() else "node"


class McpServer:
    """The server as a process under `simulator run`, spoken to in JSON lines on its standard streams."""

    def __init__(self, simulator: RunningSimulator, home: Path) -> None:
        token = base64.b64encode(f"operator:{simulator.token('operator')}".encode()).decode()
        run = [sys.executable, "-m", "simulator.cli", "run", "--as", "operator", "--"]
        self._log = (home / "mcp.log").open("w")
        self._process = subprocess.Popen(
            [*run, node(), str(SERVER), "acme", "--authentication", "pat"],
            env={
                **os.environ,
                "HOME": str(home),
                "SIMULATOR_CONSOLE_URL": simulator.console_url,
                "PERSONAL_ACCESS_TOKEN": token,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._asked = 0
        about = {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "t", "version": "1"},
        }
        self.ask("initialize", about)
        self._write({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def tool(self, name: str, /, **arguments: Any) -> str:
        """The text that a tool answers; an error of the tool fails the test."""
        result = self.ask("tools/call", {"name": name, "arguments": arguments})
        text = "\n".join(part.get("text", "") for part in result["content"])
        assert not result.get("isError"), text
        return text

    def json(self, name: str, /, **arguments: Any) -> Any:
        """The JSON in what a tool answers: the server fences what comes from outside with lines of its own."""
        lines = self.tool(name, **arguments).splitlines()
        first = next(number for number, line in enumerate(lines) if line[:1] in ("{", "["))
        return json.JSONDecoder().raw_decode("\n".join(lines[first:]))[0]

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        """The result of a request."""
        self._asked += 1
        self._write({"jsonrpc": "2.0", "id": self._asked, "method": method, "params": params})
        assert self._process.stdout is not None
        for line in self._process.stdout:
            answer = json.loads(line)
            if answer.get("id") == self._asked:
                assert "error" not in answer, answer
                return answer["result"]
        raise AssertionError("the server ended")

    def _write(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._log.close()


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    """A simulator whose steps print what the tour looks for."""
    running = RunningSimulator(engine=prints(deploy="deployed"))
    yield running
    running.stop()


@pytest.fixture
def server(simulator: RunningSimulator, tmp_path: Path) -> Iterator[McpServer]:
    """The MCP server, initialized."""
    made = McpServer(simulator, tmp_path)
    yield made
    made.close()


@pytest.mark.npm
def test_a_tour_from_a_branch_to_the_logs_of_a_run(
    server: McpServer, simulator: RunningSimulator, tmp_path: Path
) -> None:
    assert '"ml"' in server.tool("core_list_projects")
    push(simulator, tmp_path / "copy")
    assert "model_build" in server.tool("repo_repository", action="list", project="ml")
    reviewed(server, pull_request(server))

    pipeline = server.json(
        "pipelines_write",
        action="create_pipeline",
        project="ml",
        name="tour",
        yamlPath="tour.yml",
        repositoryType="AzureReposGit",
        repositoryName="model_build",
    )
    given = {"project": "ml", "pipelineId": pipeline["id"]}
    run = server.json("pipelines_write", action="run_pipeline", **given)
    simulator.rest()

    assert server.json("pipelines_run", action="get", **given, runId=run["id"])["result"] == 1  # Succeeded
    build = {"project": "ml", "buildId": run["id"]}
    logs = server.json("pipelines_build_log", action="list", **build)
    texts = [
        server.tool("pipelines_build_log", action="get_content", **build, logId=log["id"]) for log in logs
    ]
    assert "deployed" in "\n".join(texts)
    again = {"stageName": "__default", "status": "Retry"}
    with pytest.raises(AssertionError, match="it is succeeded"):
        server.tool("pipelines_write", action="update_build_stage", **build, **again)


def pull_request(server: McpServer) -> dict[str, Any]:
    """The place of a pull request from a branch that the server makes."""
    where = {"project": "ml", "repositoryId": "model_build"}
    server.tool("repo_create_branch", **where, branchName="change")
    branches = {"sourceRefName": "refs/heads/change", "targetRefName": "refs/heads/main"}
    made = server.json("repo_pull_request_write", action="create", **where, **branches, title="Change")
    place = {**where, "pullRequestId": made["pullRequestId"]}
    assert server.json("repo_pull_request", action="get", **place)["title"] == "Change"
    return place


def reviewed(server: McpServer, place: dict[str, Any]) -> None:
    """Somebody is asked for a review, the operator votes, and a comment is answered."""
    found = server.json("core_get_identity_ids", searchFilter="Grace Hopper")
    asked = server.json(
        "repo_pull_request_write",
        action="update_reviewers",
        **place,
        reviewerIds=[found[0]["id"]],
        reviewerAction="add",
    )
    assert [each["displayName"] for each in asked] == ["Grace Hopper"]
    server.tool("repo_pull_request_write", action="vote", **place, vote="ApprovedWithSuggestions")
    votes = server.json("repo_pull_request", action="get", **place)["reviewers"]
    assert {each["displayName"]: each["vote"] for each in votes} == {
        "Grace Hopper": 0,
        "Simulator Operator": 5,
    }
    mine = server.json("repo_pull_request", action="list", project="ml", created_by_me=True)
    assert [each["pullRequestId"] for each in mine] == [place["pullRequestId"]]
    thread = server.json("repo_pull_request_thread_write", action="create", **place, content="Why?")
    server.tool(
        "repo_pull_request_thread_write", action="reply", **place, threadId=thread["id"], content="So."
    )
    told = server.tool("repo_pull_request_thread", action="list_comments", **place, threadId=thread["id"])
    assert "Why?" in told
    assert "So." in told


def push(simulator: RunningSimulator, place: Path) -> None:
    """A pipeline's YAML on the main branch, by git."""
    place.mkdir()
    (place / "tour.yml").write_text(YAML)
    token = simulator.token("operator")
    remote = f"{simulator.azure_devops_url}/ml/_git/model_build".replace("http://", f"http://pat:{token}@")
    name = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    for words in (
        ("init", "-q", "-b", "main"),
        ("add", "-A"),
        (*name, "commit", "-q", "-m", "tour"),
        ("push", "-q", remote, "main"),
    ):
        subprocess.run(["git", *words], cwd=place, check=True, capture_output=True)
