"""Every operation refuses input that its model does not allow, each kind of constraint with AWS's code and words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import httpx
import pytest

from simulator.aws.coverage import state
from simulator.aws.protocol.models import operation_model, service_model
from tests.conformance.generated_inputs import World, broken
from tests.wire import RunningSimulator

CONSTRAINTS = {
    "unknown member", "required", "type", "enum", "pattern", "length", "number", "range", "list", "items",
}  # fmt: skip


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSimulator]:
    simulator = RunningSimulator()
    yield simulator
    simulator.stop()


def ask(client: httpx.Client, key: str, operation: str, request: dict[str, Any]) -> httpx.Response:
    credential = f"Credential={key}/20260101/us-east-1/sagemaker/aws4_request"
    headers = {
        "X-Amz-Target": f"SageMaker.{operation}",
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0",
    }
    return client.post("/", content=json.dumps(request), headers=headers)


def test_each_kind_of_constraint_of_each_operation_is_refused_with_awss_code(running: RunningSimulator):
    key = running.simulator.topology.person("operator").access_key_id
    wrong: list[str] = []
    counted: Counter[str] = Counter()
    with httpx.Client(base_url=running.aws_url, timeout=30) as client:
        for name in service_model("sagemaker").operation_names:
            if state("sagemaker", name) == "refuses":
                continue
            # A Create in every way that its members allow, the others in the two that all have.
            ways = None if name.startswith("Create") else 2
            for case in islice(broken(operation_model("sagemaker", name), World()), ways):
                answer = ask(client, key, name, case.request)
                told = answer.json()
                counted[case.constraint] += 1
                if (answer.status_code, told.get("__type")) != (400, case.code) or case.text not in told[
                    "message"
                ]:
                    wrong.append(f"{name} {case.constraint}: {answer.status_code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong[:20])
    assert set(counted) == CONSTRAINTS, counted


def test_all_that_is_wrong_is_told_at_once(running: RunningSimulator):
    key = running.simulator.topology.person("operator").access_key_id
    request = {"ModelPackageGroupName": "under_score", "Tags": [{"Key": "", "Value": "v"}]}
    with httpx.Client(base_url=running.aws_url, timeout=30) as client:
        told = ask(client, key, "CreateModelPackageGroup", request).json()["message"]
    assert told == (
        "2 validation errors detected: Value 'under_score' at 'modelPackageGroupName' failed to satisfy constraint:"
        " Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}; Value '' at"
        " 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1"
    )
