"""Public repositories that deploy to AWS with Azure Pipelines, pushed unchanged and run to their end or a refusal.

    python -m tests.conformance.public_repositories FOLDER    # holds a clone of each as OWNER+NAME, or OWNER+NAME/repo

The table beside this file says of each, at its commit, which connections, groups and variables its YAML names, how the
run ends, and a text that its log (or the refusal) then holds. Works run in closed rooms (the process engine).
"""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.azure_devops.tasks.programs import TaskWorld
from tests.conformance.aws_shell_script import ROLE, roles
from tests.wire import RunningSimulator

TABLE = Path(__file__).parent / "public_repositories.tsv"


@dataclass(frozen=True)
class Entry:
    """A row of the table; `connections` are `name=form` (oidc, role), the others names, all by blanks."""

    repository: str
    commit: str
    path: str
    connections: str
    groups: str
    environments: str
    variables: str
    result: str
    reason: str


class PublicWorld(TaskWorld):
    """Both clouds with works in closed rooms."""

    def __init__(self) -> None:
        self.environments = []
        self.simulator = RunningSimulator(engine_name="process")
        self.azure = httpx.Client(
            base_url=f"{self.simulator.azure_devops_url}/ml/_apis/",
            auth=("", self.simulator.token("operator")),
            params={"api-version": "7.1-preview.1"},
            timeout=120,
            trust_env=False,
        )

    def stop(self) -> None:
        """Stop serving."""
        self.azure.close()
        self.simulator.stop()

    def take(self, entry: Entry, checkout: Path) -> str:
        """Push the commit to a repository of its own; the repository's id."""
        name = entry.repository.replace("/", "-")
        there = self.azure.get(f"git/repositories/{name}")
        made = there if there.status_code == 200 else self.azure.post("git/repositories", json={"name": name})
        assert made.status_code in (200, 201), made.text
        host = self.simulator.azure_devops_url.replace(
            "http://", f"http://x:{self.simulator.token('operator')}@"
        )
        push = ["git", "-C", str(checkout), "push", "-q", f"{host}/ml/_git/{name}"]
        subprocess.run([*push, f"{entry.commit}:refs/heads/main"], check=True)
        return str(made.json()["id"])

    def prepare(self, entry: Entry, forms: dict[str, dict[str, str]]) -> None:
        """The connections, groups and environments that the YAML names, open to all pipelines."""
        for name, _, form in (text.partition("=") for text in entry.connections.split()):
            listed = self.azure.get("serviceendpoint/endpoints", params={"endpointNames": name}).json()
            if not listed["value"]:
                self.connection(name, **forms[form])
        for name in entry.groups.split():
            project = {"projectReference": {"name": "ml"}, "name": name}
            body = {
                "name": name,
                "type": "Vsts",
                "variables": {"AWS_REGION": {"value": "us-east-1"}},
                "variableGroupProjectReferences": [project],
            }
            url = f"{self.simulator.azure_devops_url}/_apis/distributedtask/variablegroups"
            made = self.azure.post(url, json=body)
            assert made.status_code == 200, made.text
            self.permit("variablegroup", str(made.json()["id"]))
        for name in entry.environments.split():
            self.azure.post("distributedtask/environments", json={"name": name})  # or it is there already
            found = self.azure.get("distributedtask/environments", params={"name": name}).json()["value"]
            self.permit("environment", str(found[0]["id"]))

    def end(self, entry: Entry, repository: str) -> tuple[str, str]:
        """Make the pipeline and run it: its result (`refused` where it is not even queued) and what was said."""
        configuration = {
            "type": "yaml",
            "path": entry.path,
            "repository": {"id": repository, "type": "azureReposGit"},
        }
        named = f"{entry.repository} {entry.path}".replace("/", "-")
        made = self.azure.post("pipelines", json={"name": named, "configuration": configuration})
        assert made.status_code in (200, 201), made.text
        self._variables(made.json()["id"], entry.variables.split())
        queued = self.azure.post(f"pipelines/{made.json()['id']}/runs", json={})
        if queued.status_code != 200:
            return "refused", str(queued.json()["message"])
        return self.ended(queued.json()["id"], timeout_seconds=1200)

    def _variables(self, definition: int, names: list[str]) -> None:
        """Variables of the pipeline that the YAML expects somebody to have set in the web."""
        if names:
            row = self.azure.get(f"build/definitions/{definition}").json()
            values = {name: {"value": "us-east-1" if "REGION" in name else "test"} for name in names}
            answer = self.azure.put(f"build/definitions/{definition}", json={**row, "variables": values})
            assert answer.status_code == 200, answer.text


def main(folder: Path) -> int:
    """Run each; print what came, and how many are as the table says."""
    with TABLE.open() as file:
        entries = [Entry(**row) for row in csv.DictReader(file, delimiter="\t")]
    world = PublicWorld()
    try:
        forms = _forms(world)
        good = 0
        for entry in entries:
            checkout = folder / entry.repository.replace("/", "+")
            checkout = checkout / "repo" if (checkout / "repo").is_dir() else checkout
            world.prepare(entry, forms)
            result, said = world.end(entry, world.take(entry, checkout))
            as_said = result == entry.result and entry.reason in said
            good += as_said
            print(
                f"{'as said' if as_said else 'OTHER':8}{result:10}{entry.repository} {entry.path}", flush=True
            )
            told = [line for line in said.splitlines() if "##[error]" in line or result == "refused"]
            for line in (*told[:4], *(said.splitlines()[-40:] if not as_said else ())):
                print(f"        {line}", flush=True)
        print(f"{good} of {len(entries)} end as the table says")
    finally:
        world.stop()
    return 0 if good == len(entries) else 1


def _forms(world: PublicWorld) -> dict[str, dict[str, str]]:
    person = world.simulator.simulator.topology.person("azure-devops")
    _, oidc = roles(world)
    keys = {"username": person.access_key_id, "password": person.secret_access_key, "assumeRoleArn": ROLE}
    return {"oidc": {"assumeRoleArn": oidc, "useOIDC": "true"}, "role": keys}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
