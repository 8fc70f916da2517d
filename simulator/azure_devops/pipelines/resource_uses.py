"""What used which resource when: records that jobs leave on service connections and on environments.

They follow from facts: a job that began used the connections that its steps name, and a deployment job the environment.
"""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.language.plan import Job, Stage
from simulator.azure_devops.organization import RUN, Organization, Row
from simulator.azure_devops.pipelines.gates import stage_resources
from simulator.azure_devops.pipelines.results import merge, parse_result
from simulator.azure_devops.pipelines.runs import Runs
from simulator.azure_devops.pipelines.timeline import Timeline
from simulator.kernel.facts import Fact

ENDPOINT_USE = "azure_devops.endpoint_use"
DEPLOYMENT = "azure_devops.deployment"


class ResourceUses:
    """Writes the records as jobs begin and end."""

    def __init__(self, organization: Organization, runs: Runs) -> None:
        self._organization, self._runs, self._kernel = organization, runs, organization.kernel

    def on_fact(self, fact: Fact) -> None:
        """The log's consumer."""
        if fact.kind != "JobStateChanged" or fact.detail["state"] not in ("inProgress", "completed"):
            return
        run = self._organization.numbered(RUN, fact.detail["run"])
        timeline = Timeline(self._kernel, int(str(fact.detail["run"])))
        record = timeline.find(str(fact.detail["record"]))
        if run is None or record is None or record["startTime"] is None:
            return
        names = str(record.get("identifier") or "").split(".")
        if len(names) < 2:
            return
        for stage in self._runs.plan(run["id"]).stages:
            for job in stage.jobs:
                if (stage.name, job.name) == (names[0], names[1]):
                    self._note(run, timeline, stage, job, record)

    def _note(self, run: Row, timeline: Timeline, stage: Stage, job: Job, record: Row) -> None:
        for name in sorted(stage_resources.connections_of(self._organization.tasks, job)):
            found = self._organization.service_endpoint_named(run["project"], name)
            if found is not None:
                self._write(ENDPOINT_USE, found["id"], run, str(record["id"]), record, {})
        if job.environment is None:
            return
        environment = self._organization.environment_named(run["project"], job.environment.name)
        if environment is not None:
            phase = timeline.find(str(record["parentId"])) or record
            attempt = (timeline.find(timeline.record_id(stage.name)) or record)["attempt"]
            more = {
                "stage": stage.name,
                "job": job.name,
                "stageAttempt": attempt,
                "jobAttempt": phase["attempt"],
                "resource": record.get("resource"),
            }
            key = f"{run['id']}.{stage.name}.{job.name}.{attempt}.{phase['attempt']}"
            key += f".{record['resource']}" if record.get("resource") else ""
            self._write(DEPLOYMENT, str(environment["id"]), run, key, record, more)

    def _write(self, kind: str, of: str, run: Row, use: str, record: Row, more: dict[str, Any]) -> None:
        """One record a use: the jobs of one deployment (its hooks, on each machine) are one, with the worst result."""
        known = self._kernel.store.get(kind, f"{of}/{use}")
        row: Row = known or {
            "id": self._organization.next_number(kind),
            "of": of,
            "project": run["project"],
            "run": run["id"],
            "definition": run["definition"],
            "record": record["id"],
            "queued": record["startTime"],
            "started": record["startTime"],
            "finished": None,
            "result": None,
            **more,
        }
        if record["state"] == "completed":
            coming = parse_result(str(record["result"]))
            before = parse_result(str(row["result"])) if row["result"] else None
            if coming is not None:
                worst = merge(before, coming).value
                row |= {"result": worst[0].lower() + worst[1:], "finished": record["finishTime"]}
        self._kernel.store.put(kind, f"{of}/{use}", row)


def owner_view(organization: Organization, row: Row, url: str) -> Row:
    """`definition` and `owner` of a record: the pipeline and its run, with their addresses below `url`."""
    definition = organization.definition(row["project"], row["definition"]) or {"name": ""}
    run = organization.numbered(RUN, row["run"]) or {"name": ""}
    name, base = organization.project(row["project"])["name"], f"{url}/{row['project']}/_apis/build"
    web = f"{url}/{name}/_build"
    return {
        "definition": {
            "_links": {
                "web": {"href": f"{web}/definition?definitionId={row['definition']}"},
                "self": {"href": f"{base}/Definitions/{row['definition']}"},
            },
            "id": row["definition"],
            "name": definition["name"],
        },
        "owner": {
            "_links": {
                "web": {"href": f"{web}/results?buildId={row['run']}"},
                "self": {"href": f"{base}/Builds/{row['run']}"},
            },
            "id": row["run"],
            "name": run["name"],
        },
    }
