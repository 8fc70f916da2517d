"""Custom resources and functions in stacks: requests, answers, physical ids, failures and rollback, over the wire."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from botocore.exceptions import WaiterError

from simulator.runtime.work import Answer
from tests.aws.lambda_.functions import ACCOUNT, ended, role, scripted
from tests.wire import RunningSimulator

FUNCTION = """
  F:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: f
      Runtime: python3.12
      Handler: index.handler
      Role: {role}
      Code: {{ZipFile: "import cfnresponse\\ndef handler(event, context): pass\\n"}}
"""
THING = """
  Thing:
    Type: Custom::Thing
    Properties:
      ServiceToken: !GetAtt F.Arn
      ServiceTimeout: {timeout}
      Size: {size}
      Deep: {{Active: true, List: [1, two]}}
"""
OUTPUT = """
Outputs:
  Id: {Value: !Ref Thing}
  Colour: {Value: !GetAtt Thing.Colour}
  Inner: {Value: !GetAtt Thing.Nested.Name}
"""


class Maker:
    """The function behind the resource: it keeps the requests and answers as the test says."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.url = ""
        self.answers: dict[str, dict[str, Any]] = {}
        self.silent: set[str] = set()
        self.refused_size = ""

    def __call__(self, event: Any) -> Answer:
        self.requests.append(event)
        kind = event["RequestType"]
        if kind not in self.silent:
            refused = event["ResourceProperties"]["Size"] == self.refused_size
            failure = {"Status": "FAILED", "Reason": "too big"} if refused else {}
            self.answer(event, failure or self.answers.get(kind, {}))
        return ended(None)

    def answer(self, event: dict[str, Any], changes: dict[str, Any]) -> None:
        """What a handler puts to the ResponseURL, which a work sees at its own port."""
        body = {
            "Status": "SUCCESS",
            "PhysicalResourceId": event.get("PhysicalResourceId", "thing-1"),
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
            "Data": {"Colour": "red", "Nested": {"Name": "inner"}},
            **changes,
        }
        where = event["ResponseURL"].replace("http://localhost:4566", self.url)
        # The world's own loop calls this function: it must not wait here for what that loop does.
        threading.Thread(target=lambda: httpx.put(where, content=json.dumps(body).encode())).start()


@pytest.fixture
def world() -> Iterator[tuple[RunningSimulator, Maker]]:
    """A simulator whose functions are one Maker."""
    maker = Maker()
    running = RunningSimulator(engine=scripted(maker))
    maker.url = running.aws_url
    yield running, maker
    running.stop()


def _template(simulator: RunningSimulator, size: int = 1, timeout: int = 30, output: str = OUTPUT) -> str:
    execution = f"arn:aws:iam::{ACCOUNT}:role/functions"
    if not any(each["RoleName"] == "functions" for each in simulator.client("iam").list_roles()["Roles"]):
        role(simulator)
    thing = THING.format(size=size, timeout=timeout)
    return f"Resources:{FUNCTION.format(role=execution)}{thing}{output}"


def _create(simulator: RunningSimulator, template: str, **settings: Any) -> dict[str, Any]:
    client = simulator.client("cloudformation")
    client.create_stack(StackName="s", TemplateBody=template, **settings)
    return _settled(simulator, "stack_create_complete")


def _settled(simulator: RunningSimulator, waiter: str) -> dict[str, Any]:
    client = simulator.client("cloudformation")
    with suppress(WaiterError):  # the status tells how it ended
        client.get_waiter(waiter).wait(StackName="s", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    [found] = client.describe_stacks(StackName="s")["Stacks"]
    stack: dict[str, Any] = found
    return stack


def _reasons(simulator: RunningSimulator, logical: str, status: str) -> list[str]:
    events = simulator.client("cloudformation").describe_stack_events(StackName="s")["StackEvents"]
    return [
        event.get("ResourceStatusReason", "")
        for event in events
        if (event["LogicalResourceId"], event["ResourceStatus"]) == (logical, status)
    ]


def test_the_function_makes_the_resource_and_its_data_are_attributes(
    world: tuple[RunningSimulator, Maker],
) -> None:
    simulator, maker = world
    stack = _create(simulator, _template(simulator))
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]} == {
        "Id": "thing-1",
        "Colour": "red",
        "Inner": "inner",
    }
    [request] = maker.requests
    assert (request["RequestType"], request["ResourceType"]) == ("Create", "Custom::Thing")
    assert (request["LogicalResourceId"], request["StackId"]) == ("Thing", stack["StackId"])
    assert request["ResourceProperties"] == {
        "ServiceToken": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f",
        "Size": "1",
        "Deep": {"Active": "true", "List": ["1", "two"]},
    }
    simulator.client("cloudformation").delete_stack(StackName="s")
    simulator.client("cloudformation").get_waiter("stack_delete_complete").wait(
        StackName=stack["StackId"], WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )
    assert [each["RequestType"] for each in maker.requests] == ["Create", "Delete"]
    assert maker.requests[1]["PhysicalResourceId"] == "thing-1"
    assert simulator.client("lambda").list_functions()["Functions"] == []


def test_an_update_with_another_physical_id_deletes_the_old_one(
    world: tuple[RunningSimulator, Maker],
) -> None:
    simulator, maker = world
    _create(simulator, _template(simulator))
    maker.answers["Update"] = {"PhysicalResourceId": "thing-2"}
    simulator.client("cloudformation").update_stack(StackName="s", TemplateBody=_template(simulator, size=2))
    stack = _settled(simulator, "stack_update_complete")
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    simulator.rest()
    kinds = [(each["RequestType"], each.get("PhysicalResourceId")) for each in maker.requests]
    assert kinds == [("Create", None), ("Update", "thing-1"), ("Delete", "thing-1")]
    assert maker.requests[1]["OldResourceProperties"]["Size"] == "1"
    assert maker.requests[2]["ResourceProperties"]["Size"] == "1"


def test_a_failed_create_rolls_back_and_deletes_what_the_answer_names(
    world: tuple[RunningSimulator, Maker],
) -> None:
    simulator, maker = world
    maker.answers["Create"] = {"Status": "FAILED", "Reason": "no luck", "PhysicalResourceId": "half"}
    stack = _create(simulator, _template(simulator))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    [reason] = _reasons(simulator, "Thing", "CREATE_FAILED")
    assert reason == (
        "Received response status [FAILED] from custom resource. "
        f"Message returned: no luck (RequestId: {maker.requests[0]['RequestId']})"
    )
    assert [(each["RequestType"], each.get("PhysicalResourceId")) for each in maker.requests] == [
        ("Create", None),
        ("Delete", "half"),
    ]


def test_a_failed_update_goes_back_by_an_update_with_the_old_properties(
    world: tuple[RunningSimulator, Maker],
) -> None:
    simulator, maker = world
    _create(simulator, _template(simulator))
    maker.refused_size = "2"
    simulator.client("cloudformation").update_stack(StackName="s", TemplateBody=_template(simulator, size=2))
    assert _settled(simulator, "stack_rollback_complete")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    sizes = [each["ResourceProperties"]["Size"] for each in maker.requests if each["RequestType"] == "Update"]
    assert sizes == ["2", "1"]


def test_an_answer_that_never_comes_fails_after_the_service_timeout(
    world: tuple[RunningSimulator, Maker],
) -> None:
    simulator, maker = world
    maker.silent.add("Create")
    stack = _create(simulator, _template(simulator, timeout=1))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    [reason] = _reasons(simulator, "Thing", "CREATE_FAILED")
    expected = (
        "CloudFormation did not receive a response from your Custom Resource. Please check your logs for"
    )
    assert reason.startswith(f"{expected} requestId [{maker.requests[0]['RequestId']}]")


def test_an_attribute_that_the_answer_lacks_is_told_in_awss_words(
    world: tuple[RunningSimulator, Maker],
) -> None:
    simulator, _ = world
    lacking = "\nOutputs:\n  No: {Value: !GetAtt Thing.Nothing}\n"
    stack = _create(simulator, _template(simulator, output=lacking))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    events = simulator.client("cloudformation").describe_stack_events(StackName="s")["StackEvents"]
    told = [event.get("ResourceStatusReason", "") for event in events]
    assert any("Vendor response doesn't contain Nothing key in object" in reason for reason in told)


def test_a_link_takes_only_what_was_signed(world: tuple[RunningSimulator, Maker]) -> None:
    simulator, maker = world
    _create(simulator, _template(simulator))
    link = maker.requests[0]["ResponseURL"].replace("http://localhost:4566", simulator.aws_url)
    assert httpx.put(f"{link[:-4]}0000", content=b"{}").status_code == 403
    assert httpx.get(link).status_code == 403


REAL = """
import cfnresponse
def handler(event, context):
    size = int(event["ResourceProperties"]["Size"])
    print(event["RequestType"])
    cfnresponse.send(event, context, cfnresponse.SUCCESS, {"Double": size * 2}, "real-thing")
"""


def test_a_function_in_a_template_truly_runs_and_answers_by_cfnresponse() -> None:
    simulator = RunningSimulator(engine_name="process")
    try:
        properties = {
            "Runtime": "python3.12",
            "Handler": "index.handler",
            "Role": role(simulator),
            "Code": {"ZipFile": REAL},
        }
        thing = {"ServiceToken": {"Fn::GetAtt": ["F", "Arn"]}, "Size": 21}
        template = {
            "Resources": {
                "F": {"Type": "AWS::Lambda::Function", "Properties": properties},
                "Thing": {"Type": "AWS::CloudFormation::CustomResource", "Properties": thing},
            },
            "Outputs": {"Double": {"Value": {"Fn::GetAtt": ["Thing", "Double"]}}},
        }
        stack = _create(simulator, json.dumps(template))
        assert stack["StackStatus"] == "CREATE_COMPLETE"
        assert stack["Outputs"] == [{"OutputKey": "Double", "OutputValue": "42"}]
    finally:
        simulator.stop()
