"""What the policies say of a pull request, and queueing a build validation again."""

from __future__ import annotations

import re
from urllib.parse import unquote

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints.policy import configurations
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.policies.deciding import NOT_APPLICABLE
from simulator.azure_devops.policies.evaluations import Evaluation
from simulator.azure_devops.policies.types import BUILD
from simulator.azure_devops.pull_requests.settling import settle

OF_ARTIFACT = "c23ddff5-229c-4d04-a80b-0fdce9f360c8"
ONE = "46aecb7a-5d2c-4647-897b-0209505a9fe4"
_ARTIFACT = re.compile(r"vstfs:///CodeReview/CodeReviewId/([^/]+)/(\d+)", re.IGNORECASE)


@endpoint("GET", OF_ARTIFACT, "vso.code")
async def of_artifact(call: Call) -> object:
    """The evaluations of `artifactId` vstfs:///CodeReview/CodeReviewId/{project id}/{pull request}."""
    project, text = call.project(), unquote(call.query.get("artifactid", ""))
    fit = _ARTIFACT.fullmatch(text)
    if fit is None or fit.group(1).lower() != project["id"]:
        raise invalid(f"Invalid argument value.\r\nParameter name: artifactId ({text})")
    row = call.azure.pull_requests.find(fit.group(2))
    if row["project"] != project["id"]:
        raise failure("GitPullRequestNotFoundException")
    row = await settle(call.azure.pull_requests, row)
    found = call.azure.evaluations.of(row)
    if call.query.get("includenotapplicable", "").lower() != "true":
        found = [each for each in found if each.decision.status != NOT_APPLICABLE]
    shown = [_view(call, row, each) for each in found]
    return collection(shown[call.number("$skip", 0) :][: call.number("$top", 1000)])


@endpoint("GET", ONE, "vso.code")
async def one(call: Call) -> object:
    """One evaluation."""
    return _view(call, *_found(call))


@endpoint("PATCH", ONE, "vso.code_write")
async def requeue(call: Call) -> object:
    """Evaluate again; for build validation that queues a new build."""
    row, evaluation = _found(call)
    if evaluation.configuration["type"] == BUILD:
        row = await settle(call.azure.pull_requests, row)
        await call.azure.validation.queue(
            row, evaluation.configuration, call.caller.identity.name, again=True
        )
    return _view(call, *call.azure.evaluations.find(evaluation.id))


def _found(call: Call) -> tuple[Row, Evaluation]:
    project = call.project()
    row, evaluation = call.azure.evaluations.find(call.route["evaluationid"])
    if row["project"] != project["id"]:
        raise failure("PolicyEvaluationNotFoundException", id=call.route["evaluationid"])
    return row, evaluation


def _view(call: Call, row: Row, evaluation: Evaluation) -> Row:
    url = f"{call.url}/{row['project']}/_apis/policy/evaluations/{evaluation.id}"
    value = {
        "configuration": configurations.view(call, evaluation.configuration),
        "artifactId": f"vstfs:///CodeReview/CodeReviewId/{row['project']}/{row['id']}",
        "evaluationId": evaluation.id,
        "startedDate": evaluation.started,
        "status": evaluation.decision.status,
        "_links": {"self": {"href": url}},
    }
    if evaluation.completed:
        value["completedDate"] = evaluation.completed
    if evaluation.decision.context:
        value["context"] = dict(evaluation.decision.context)
    return value
