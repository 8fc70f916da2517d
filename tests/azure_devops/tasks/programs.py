"""A pipeline whose tasks' programs run as plain processes of this machine, against both clouds over the wire."""

from __future__ import annotations

import asyncio
import base64
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx

from simulator.runtime.engine_scripted import Script, ScriptedEngine
from tests.wire import RunningSimulator

FAILED = "##vso[task.complete result=Failed;]the program ended with exit code {}\n"
NO_COMMIT = "0" * 40


class TaskWorld:
    """Both clouds, and a pipeline to run steps in."""

    def __init__(self, **settings: Any) -> None:
        self.engine = engine = ScriptedEngine()
        engine.script("agent", Script(effect=self._perform))
        self.simulator = RunningSimulator(engine=engine, **settings)
        self.environments: list[dict[str, str]] = []
        self._tools = tempfile.TemporaryDirectory()
        self.azure = httpx.Client(
            base_url=f"{self.simulator.azure_devops_url}/ml/_apis/",
            auth=("", self.simulator.token("operator")),
            params={"api-version": "7.1-preview.1"},
            timeout=120,
            trust_env=False,
        )

    def stop(self) -> None:
        self.azure.close()
        self.simulator.stop()
        self._tools.cleanup()

    def tool(self, name: str, script: str) -> None:
        """A program on the PATH of the steps."""
        file = Path(self._tools.name) / name
        file.write_text(f"#!/bin/bash\n{script}\n")
        file.chmod(0o755)

    def connection(self, name: str, **parameters: str) -> dict[str, object]:
        """A new service connection of type AWS."""
        project = {"projectReference": {"name": "ml"}, "name": name}
        body = {
            "name": name,
            "type": "AWS",
            "url": "https://aws.amazon.com/",
            "authorization": {"scheme": "UsernamePassword", "parameters": parameters},
            "serviceEndpointProjectReferences": [project],
        }
        url = f"{self.simulator.azure_devops_url}/_apis/serviceendpoint/endpoints"
        answer = self.azure.post(url, json=body, params={"api-version": "7.1-preview.4"})
        assert answer.status_code == 200, answer.text
        made = dict(answer.json())
        self.permit("endpoint", str(made["id"]))
        return made

    def permit(self, kind: str, identifier: str) -> None:
        """Open a resource to all pipelines."""
        body = {"allPipelines": {"authorized": True}}
        answer = self.azure.patch(f"pipelines/pipelinePermissions/{kind}/{identifier}", json=body)
        assert answer.status_code == 200, answer.text

    def run(self, steps: str, files: dict[str, str] | None = None, **body: object) -> tuple[str, str]:
        """Push the steps as a pipeline, run it to its end: its result and its log."""
        yaml = f"trigger: none\nsteps:\n{steps}"
        self.push({"azure-pipelines.yml": yaml, **(files or {})})
        answer = self.azure.post("pipelines/1/runs", json=body)
        assert answer.status_code == 200, answer.text
        return self.ended(answer.json()["id"])

    def ended(self, run: int, timeout_seconds: float = 60) -> tuple[str, str]:
        """Wait for a run's end: its result and its log."""
        self.simulator.until(
            lambda fact: fact["kind"] == "RunCompleted" and fact["detail"]["run"] == run, timeout_seconds
        )
        found = self.azure.get(f"build/builds/{run}").json()
        logs = self.azure.get(f"build/builds/{run}/logs").json()["value"]
        text = {"accept": "text/plain"}
        return found["result"], "".join(
            self.azure.get(f"build/builds/{run}/logs/{log['id']}", headers=text).text for log in logs
        )

    def push(self, files: dict[str, str | bytes]) -> str:
        """Commit files to main of model_build by REST; the commit's id."""
        base = "git/repositories/model_build"
        refs = self.azure.get(f"{base}/refs", params={"filter": "heads/main"}).json()["value"]
        tip = refs[0]["objectId"] if refs else NO_COMMIT
        there = set()
        if refs:
            found = self.azure.get(f"{base}/items", params={"recursionLevel": "full"}).json()["value"]
            there = {item["path"] for item in found}
        changes = [self._change(name, text, f"/{name}" in there) for name, text in files.items()]
        body = {
            "refUpdates": [{"name": "refs/heads/main", "oldObjectId": tip}],
            "commits": [{"comment": "change", "changes": changes}],
        }
        answer = self.azure.post(f"{base}/pushes", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["commits"][0]["commitId"])

    @staticmethod
    def _change(name: str, content: str | bytes, there: bool) -> dict[str, object]:
        raw = content if isinstance(content, bytes) else content.encode()
        new = {"content": base64.b64encode(raw).decode(), "contentType": "base64encoded"}
        return {"changeType": "edit" if there else "add", "item": {"path": f"/{name}"}, "newContent": new}

    async def _perform(self, work) -> str:
        """Run the work's command here, with the paths of a job mapped to where its files are."""
        # The innermost first: a mount may lie in another.
        mounts = sorted(work.mounts, key=lambda mount: -len(mount.target))
        places = {mount.target: str(mount.source) for mount in mounts}
        ports = {
            "localhost:4567": f"localhost:{self.simulator.simulator.listeners.port('azure_devops')}",
        }

        def here(text: str) -> str:
            for inside, outside in {**places, **ports}.items():
                text = text.replace(inside, outside)
            return text

        program = [here(word) for word in work.command]
        program[0] = sys.executable if program[0] == "python3" else program[0]
        environment = {
            **{name: here(value) for name, value in work.environment.items()},
            "PATH": f"{self._tools.name}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "AWS_ENDPOINT_URL": self.simulator.aws_url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self.environments.append(environment)
        done = await asyncio.create_subprocess_exec(
            *program,
            env=environment,
            cwd=here(work.working_directory),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await done.communicate()
        return printed.decode() + (FAILED.format(done.returncode) if done.returncode else "")
